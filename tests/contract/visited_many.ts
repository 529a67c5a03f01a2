import type { NumberedBucket, StorageAdapter } from "../../src/ports/mod.ts";

/** What `visitNumberedMany` hands out, kept. */
export function visitedMany(
  storage: StorageAdapter,
  bucket: NumberedBucket,
  keys: readonly number[],
): (Uint8Array | undefined)[] {
  const values: (Uint8Array | undefined)[] = [];
  storage.visitNumberedMany(bucket, keys, (value) => values.push(value?.slice()));
  return values;
}
