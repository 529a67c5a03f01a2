import { concatBytes } from "../base/mod.ts";
import type { NamedBucket, NamedRow, StorageAdapter } from "./storage.ts";

const justAfter = Uint8Array.of(0);

/**
 * Calls `visit` with every row of a named bucket, in key order, `pageRows` in a step. Of rows that are written between two steps those behind the
 * page that was read last are seen.
 */
export function* visitNamed(
  storage: StorageAdapter,
  bucket: NamedBucket,
  { pageRows, visit }: { pageRows: number; visit(row: NamedRow): void },
): Generator<undefined, void> {
  let from: Uint8Array | undefined;
  for (;;) {
    const rows = storage.scanNamed(bucket, { from, limit: pageRows });
    rows.forEach(visit);
    if (rows.length < pageRows) return;
    from = concatBytes([rows[rows.length - 1].key, justAfter]);
    yield;
  }
}
