/*
 * What the writer of the crash test puts, and what its reader expects: keys that tell which request they belong to, and
 * values that tell whether they are whole.
 */

/** Every request with a number that this divides is a transaction of {@link partsOfTxn} keys. */
const TXN_EVERY = 10;

/** The keys of a transaction; all of them or none must be there. */
export const partsOfTxn: readonly string[] = ["/a", "/b", "/c"];

/** The keys that request `number` of the writer with this prefix puts, at one revision. */
export function keysOf(prefix: string, number: number): string[] {
  const key = `${prefix}${String(number).padStart(7, "0")}`;
  return number % TXN_EVERY === 0 ? partsOfTxn.map((part) => key + part) : [key];
}

/** The number of the request that put `key`. */
export function numberOf(prefix: string, key: string): number {
  return Number(key.slice(prefix.length).split("/")[0]);
}

/** A value for `key`: the key, filler of a length that depends on it, and a checksum over both. */
export function valueOf(key: string): string {
  const filler = "x".repeat(checksum(key) % 1500);
  const text = `${key}|${filler}|`;
  return text + checksum(text).toString(16);
}

/** FNV-1a, 32 bits. */
function checksum(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
