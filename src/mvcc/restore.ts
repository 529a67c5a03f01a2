import { assert } from "../base/mod.ts";
import type { StorageAdapter } from "../ports/mod.ts";
import type { KeyText } from "./key.ts";
import type { KeyIndex } from "./key_index.ts";
import { KeyValueHead } from "./key_value.ts";
import { RECORD_HEADER_BYTES, RecordKind, rowKind, rowRevision } from "./record.ts";
import type { LeaseBook } from "./types.ts";

/** Rows that are read in one step. */
const ROWS_PER_STEP = 1024;

/** What {@link restoreIndex} has found. */
export interface RestoredHistory {
  /** Main revision of the newest event; 0 without any. */
  revision: number;
  /** Sequence number of the next event. */
  nextSequence: number;
  /** Bytes of all rows, those included that are compacted and not removed yet. */
  liveBytes: number;
}

/**
 * Rebuilds the index from the history, and attaches keys to their leases. A row says create revision and version itself, so that it does
 * not matter which earlier ones compaction has removed.
 */
export function* restoreIndex(
  storage: StorageAdapter,
  { index, leases }: { index: KeyIndex; leases: LeaseBook },
): Generator<undefined, RestoredHistory> {
  const kv = new KeyValueHead();
  const attached = new Map<KeyText, bigint>();
  let revision = 0;
  let nextSequence = 1;
  let liveBytes = 0;
  for (;;) {
    const rows = storage.scanNumbered("history", { from: nextSequence, limit: ROWS_PER_STEP });
    for (const row of rows) {
      const isTombstone = rowKind(row.value) === RecordKind.Tombstone;
      kv.read(row.value, RECORD_HEADER_BYTES);
      liveBytes += row.value.length;
      const main = rowRevision(row.value);
      assert(main >= revision, `History row ${row.key} is of revision ${main}, after one of revision ${revision}`);
      revision = main;
      index.find(kv.key);
      index.restore({ sequence: row.key, revision, createRevision: kv.createRevision, version: kv.version });
      assert(isTombstone === (kv.version === 0), `History row ${row.key} contradicts itself`);
      if (kv.lease !== 0n) attached.set(index.key, kv.lease);
      else if (attached.size > 0) attached.delete(index.key);
    }
    if (rows.length > 0) nextSequence = rows[rows.length - 1].key + 1;
    if (rows.length < ROWS_PER_STEP) break;
    yield;
  }
  yield* index.finishRestore();
  for (const [key, lease] of attached) {
    if (leases.has(lease)) leases.attach(lease, key);
  }
  return { revision, nextSequence, liveBytes };
}
