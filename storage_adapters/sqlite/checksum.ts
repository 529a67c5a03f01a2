import { crc32 } from "node:zlib";
import type { NamedBucket, NumberedBucket } from "../../src/ports/mod.ts";

/** Bucket numbers go into checksums: never change one. */
const bucketNumber = { log: 1, history: 2, meta: 3, lease: 4, auth: 5, alarm: 6, member: 7 } as const satisfies Record<
  NumberedBucket | NamedBucket,
  number
>;

const highPart = 2 ** 32;

/**
 * The checksum of a numbered row: a CRC-32 of the value that starts from bucket and key, so that a row read from another's place is
 * noticed. A signed 32-bit number, which SQLite stores in 4 bytes.
 */
export function numberedChecksum(bucket: NumberedBucket, key: number, value: Uint8Array): number {
  const high = Math.imul((key / highPart) | 0, 0x9e3779b1);
  const seed = (key | 0) ^ high ^ Math.imul(bucketNumber[bucket], 0x85ebca6b);
  return crc32(value, seed >>> 0) | 0;
}

/** The checksum of a named row, over bucket, key, the border between key and value, and value. */
export function namedChecksum(bucket: NamedBucket, key: Uint8Array, value: Uint8Array): number {
  const seed = key.length ^ Math.imul(bucketNumber[bucket], 0x85ebca6b);
  return crc32(value, crc32(key, seed >>> 0)) | 0;
}
