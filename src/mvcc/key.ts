/**
 * A key as the index holds it: one Latin-1 character per byte, so that the host keeps it at one byte per character and its
 * order, by character, is the order of etcd's keys, by unsigned byte.
 */
export type KeyText = string & { readonly __brand: "KeyText" };

/** Above this many bytes a key is converted in pieces, so that no call has too many arguments. */
const PIECE_BYTES_MAX = 1024;

/** The text of a key's bytes. */
export function keyText(key: Uint8Array): KeyText {
  const length = key.length;
  if (length <= PIECE_BYTES_MAX) return textOfPiece(key, 0, length) as KeyText;
  let text = "";
  for (let at = 0; at < length; at += PIECE_BYTES_MAX) {
    text += textOfPiece(key, at, Math.min(at + PIECE_BYTES_MAX, length));
  }
  return text as KeyText;
}

function textOfPiece(key: Uint8Array, from: number, to: number): string {
  const codes: number[] = new Array(to - from);
  for (let i = from; i < to; i++) codes[i - from] = key[i];
  return String.fromCharCode.apply(null, codes);
}

/** The bytes of a key's text, in a new array. */
export function keyBytes(text: KeyText): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  writeKey(text, bytes, 0);
  return bytes;
}

/** Writes the bytes of a key's text into `target` from `at` on; there must be room. */
export function writeKey(text: KeyText, target: Uint8Array, at: number): void {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i);
}

/** The smallest key above `text`. */
export function keyAfter(text: KeyText): KeyText {
  return (text + "\0") as KeyText;
}

/** The keys that a request means: one key, or all in [`from`, `to`). */
export interface KeyRange {
  readonly from: KeyText;
  /** Exclusive end; undefined when the range has none. Of no meaning when `single`. */
  readonly to: KeyText | undefined;
  /** Only the key `from`. */
  readonly single: boolean;
}

/** Reads `key` and `range_end` as etcd does: an empty end means the one key, an end of one zero byte means no end. */
export function keyRange(key: Uint8Array, rangeEnd: Uint8Array | undefined): KeyRange {
  const from = keyText(key);
  if (rangeEnd === undefined || rangeEnd.length === 0) return { from, to: undefined, single: true };
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return { from, to: undefined, single: false };
  return { from, to: keyText(rangeEnd), single: false };
}
