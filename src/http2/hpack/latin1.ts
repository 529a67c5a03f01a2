const sliceBytes = 4096;

/** The bytes `start` to `end` as a string, each byte one character. */
export function latin1FromBytes(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= sliceBytes) return sliceToString(bytes, start, end);
  let text = "";
  for (let at = start; at < end; at += sliceBytes) text += sliceToString(bytes, at, Math.min(end, at + sliceBytes));
  return text;
}

function sliceToString(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}

/** Writes `text` into `out` from `at`, the low eight bits of each character; gives the position after it. */
export function latin1IntoBytes(text: string, out: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) out[at++] = text.charCodeAt(i);
  return at;
}
