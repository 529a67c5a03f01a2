import { assert } from "../base/mod.ts";

/** Field 2 of a message with a length in front: `kvs` of `etcdserverpb.RangeResponse`. */
const FIELD_TAG = 0x12;
/** Tag and length take no more than this. */
const HEAD_BYTES_MAX = 6;
const PIECE_BYTES_MIN = 4 * 1024;
const PIECE_BYTES_MAX = 256 * 1024;

/**
 * Records as the `kvs` of a RangeResponse, in its wire form: nothing is left to do but to send the pieces. Made for many records: it copies
 * them into few large buffers, where a view per record would cost the host several hundred bytes and its garbage collector long pauses.
 */
export class RecordList implements Iterable<Uint8Array> {
  readonly #pieces: Uint8Array[] = [];
  #piece: Uint8Array = new Uint8Array(0);
  /** Bytes used of `#piece`. */
  #used = 0;
  #bytes = 0;
  #length = 0;
  #lastBytes = 0;

  /** Records in the list. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of all pieces. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The last record that was added, a view. There must be one. */
  get last(): Uint8Array {
    assert(this.#length > 0, "An empty list has no last record");
    return this.#piece.subarray(this.#used - this.#lastBytes, this.#used);
  }

  /** Adds a copy of `record`. */
  push(record: Uint8Array): void {
    const count = record.length;
    if (this.#used + count + HEAD_BYTES_MAX > this.#piece.length) this.#beginPiece(count + HEAD_BYTES_MAX);
    const piece = this.#piece;
    let at = this.#used;
    piece[at++] = FIELD_TAG;
    let rest = count;
    while (rest > 127) {
      piece[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    piece[at++] = rest;
    piece.set(record, at);
    this.#bytes += at + count - this.#used;
    this.#used = at + count;
    this.#lastBytes = count;
    this.#length++;
  }

  /** Ends the list and gives out its bytes, which are the caller's. */
  take(): Uint8Array[] {
    this.#endPiece();
    this.#piece = new Uint8Array(0);
    return this.#pieces;
  }

  /** The records, as views. */
  *[Symbol.iterator](): Generator<Uint8Array, void> {
    for (const piece of [...this.#pieces, this.#piece.subarray(0, this.#used)]) {
      for (let at = 0; at < piece.length;) {
        let count = 0;
        for (let shift = 0;; shift += 7) {
          const byte = piece[++at];
          count |= (byte & 127) << shift;
          if (byte < 128) break;
        }
        at += 1 + count;
        yield piece.subarray(at - count, at);
      }
    }
  }

  #beginPiece(bytesMin: number): void {
    this.#endPiece();
    this.#piece = new Uint8Array(
      Math.max(bytesMin, Math.min(PIECE_BYTES_MAX, Math.max(PIECE_BYTES_MIN, this.#bytes))),
    );
  }

  #endPiece(): void {
    if (this.#used > 0) this.#pieces.push(this.#piece.subarray(0, this.#used));
    this.#used = 0;
  }
}
