import { errors } from "../base/mod.ts";
import type { NumberedRow, StorageAdapter } from "../ports/mod.ts";
import { RecordKind, recordOfRow, rowKind, rowOfRecord, rowRevision, rowSub } from "./record.ts";
import type { RecordStore } from "./record_store.ts";
import type { HistoryEvent } from "./types.ts";

/** A place in the history: what comes next to somebody who reads it in order. */
export interface HistoryCursor {
  /** No event before this sequence number is wanted. */
  sequence: number;
  /** Main revision of the next event; that of the next change to come when there is none yet. */
  revision: number;
}

/** What the history is read from. */
export interface HistorySource {
  readonly storage: StorageAdapter;
  readonly records: RecordStore;
  readonly revision: number;
  readonly compactRevision: number;
}

/** At most `limit` rows from `sequence` on, those that are not in the storage yet included. */
function rowsFrom({ storage, records }: HistorySource, sequence: number, limit: number): NumberedRow[] {
  const rows = sequence < records.overlayFirst
    ? storage.scanNumbered("history", { from: sequence, to: records.overlayFirst, limit })
    : [];
  const end = records.nextSequence;
  for (let next = Math.max(sequence, records.overlayFirst); next < end && rows.length < limit; next++) {
    rows.push({ key: next, value: rowOfRecord(records.get(next)) });
  }
  return rows;
}

/** The place of the first event at or after `revision`. Throws etcd's error when it has been compacted. */
export function openHistory(source: HistorySource, revision: number): HistoryCursor {
  if (revision < source.compactRevision) throw errors.compacted();
  let low = revision > source.revision ? source.records.nextSequence : 1;
  let high = source.records.nextSequence;
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2);
    const row = rowsFrom(source, middle, 1).at(0);
    if (row !== undefined && rowRevision(row.value) < revision) low = row.key + 1;
    else high = middle;
  }
  return { sequence: low, revision };
}

/** Rows that are read at once before their size is known, and at least. */
const FIRST_ROWS = 16;

/**
 * The next events, at most `eventsMax`, and moves the cursor behind them. Ends early, after at least one event, when they have about `bytesMax`
 * bytes. Throws etcd's error when events that the cursor has not passed were compacted.
 */
export function readHistory(
  source: HistorySource,
  cursor: HistoryCursor,
  { eventsMax, bytesMax = Infinity }: { eventsMax: number; bytesMax?: number },
): HistoryEvent[] {
  if (cursor.revision < source.compactRevision) throw errors.compacted();
  const rows: NumberedRow[] = [];
  let bytes = 0;
  let limit = FIRST_ROWS;
  // One more than is answered: the cursor tells its revision.
  while (rows.length <= eventsMax && (bytes < bytesMax || rows.length < 2)) {
    const from = rows.length === 0 ? cursor.sequence : rows[rows.length - 1].key + 1;
    const more = rowsFrom(source, from, Math.min(limit, eventsMax + 1 - rows.length));
    if (more.length === 0) break;
    for (const row of more) {
      rows.push(row);
      bytes += row.value.length;
    }
    const affordable = Math.floor((bytesMax - bytes) * rows.length / bytes);
    limit = Math.max(FIRST_ROWS, Math.min(affordable, eventsMax));
  }
  const isCut = rows.length > eventsMax || (rows.length > 1 && bytes >= bytesMax);
  const next = isCut ? rows.pop() : undefined;
  cursor.sequence = next?.key ?? source.records.nextSequence;
  cursor.revision = next === undefined ? Math.max(cursor.revision, source.revision + 1) : rowRevision(next.value);
  return rows.map(readHistoryRow);
}

/** What a row of the bucket "history" says. Throws when it is none. */
export function readHistoryRow({ key, value }: NumberedRow): HistoryEvent {
  const isTombstone = rowKind(value) === RecordKind.Tombstone;
  return { sequence: key, revision: rowRevision(value), sub: rowSub(value), isTombstone, kv: recordOfRow(value) };
}
