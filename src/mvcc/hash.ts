import { errors } from "../base/mod.ts";
import type { KeyIndex } from "./key_index.ts";
import { readKey } from "./key_value.ts";
import { RecordKind, recordOfRow, rowKind, rowRevision } from "./record.ts";
import type { RecordStore } from "./record_store.ts";
import { RowHash } from "./row_hash.ts";

/** What {@link hashSteps} answers. */
export interface HashResult {
  /** The hash, from 0 to 2^32-1. */
  hash: number;
  /** Main revision up to which events are in it. */
  revision: number;
  /** Main revision whose state and what came after it are in it; -1 when nothing was ever compacted. */
  compactRevision: number;
}

/** What is hashed. */
export interface HashSource {
  readonly index: KeyIndex;
  readonly records: RecordStore;
  readonly compactRevision: number;
  /** The newest revision. */
  readonly revision: number;
  /** What nobody can see who reads at this revision or later is in no row any more. */
  removedRevision(): number;
}

/** Sequence numbers that a step looks at, at most. */
const SPAN_MAX = 1024;
const FIRST_SPAN = 64;
/** Bytes of rows that a step should hash. */
const STEP_BYTES = 256 * 1024;

/** The revision up to which to hash. Throws etcd's errors for compacted and future revisions; 0 is the newest. */
export function hashRevision(source: HashSource, asked: number): number {
  if (asked > 0 && asked < source.compactRevision) throw errors.compacted();
  if (asked > source.revision) throw errors.futureRev();
  return asked === 0 ? source.revision : asked;
}

/**
 * Hashes, in the order of their revisions, the rows that somebody can see who reads at a revision from the compact revision up to `revision`: of each
 * key what compaction keeps, and everything later. Whether compaction has already removed the rest makes no difference. Compaction must not go
 * beyond the source's compact revision before the last step.
 */
export function* hashSteps(
  source: HashSource,
  { revision, sliceKeysMax }: { revision: number; sliceKeysMax: number },
): Generator<undefined, HashResult> {
  const { index, records, compactRevision } = source;
  const hash = new RowHash();
  const spanMax = Math.min(SPAN_MAX, sliceKeysMax);
  let span = Math.min(FIRST_SPAN, spanMax);
  let bytes = 0;
  let isPast = false;
  /** Rows at or below this revision may be there although nobody can see them. */
  let doubtful = 0;
  const visit = (sequence: number, row: Uint8Array) => {
    bytes += row.length;
    const main = rowRevision(row);
    isPast ||= main > revision;
    if (isPast) return;
    if (main <= doubtful) {
      if (index.eventAt(readKey(recordOfRow(row)), compactRevision) !== sequence) return;
      if (rowKind(row) === RecordKind.Tombstone && main < compactRevision) return;
    }
    hash.add(row);
  };
  for (let next = 1; next < records.nextSequence && !isPast;) {
    bytes = 0;
    doubtful = source.removedRevision() < compactRevision ? compactRevision : -1;
    next = records.visitRows(next, span, visit);
    const fitting = bytes === 0 ? SPAN_MAX : Math.floor(STEP_BYTES * span / bytes);
    span = Math.max(1, Math.min(spanMax, fitting, 4 * span));
    yield;
  }
  return { hash: hash.value, revision, compactRevision };
}
