import { assert, errors } from "../base/mod.ts";
import type { NumberedRange, StorageAdapter, WriteBatch } from "../ports/mod.ts";
import type { KeySpaceCounts } from "./counts.ts";
import type { KeyText } from "./key.ts";
import type { KeyIndex } from "./key_index.ts";
import type { RecordStore } from "./record_store.ts";
import { SequenceSet } from "./sequence_set.ts";

const encoder = new TextEncoder();
const COMPACT_REVISION_KEY = encoder.encode("mvcc/compactRevision");
const COMPACTED_REVISION_KEY = encoder.encode("mvcc/compactedRevision");

/** What the deletions that wait for the next storage write may cost, in rows; at this, compaction waits too. About half a millisecond. */
const PENDING_COST_MAX = 1024;
/** What it costs, in rows, to go to a place in the storage: its page must be read, and written again. */
const PLACE_COST = 15;

/**
 * Why a step of compaction gave control back: there is more to do in memory; or a reader of an older revision holds it back; or the deletions so far
 * must be taken to the storage first.
 */
export type CompactionPause = "working" | "pinned" | "storage";

/**
 * Two steps: a revision is declared compacted at once, and what only its past can see is removed bit by bit afterwards, also after a restart. The index is
 * walked first, in the order of keys; then the history's rows go in the order in which they were written, so that neighbours go together: a page of
 * the storage is written once, not once for each of its rows.
 */
export class Compaction {
  /** Reads below this revision are refused; -1 before the first compaction, as in etcd. */
  compactRevision: number;
  /** What nobody can see who reads at this revision or later has been removed. At most {@link compactRevision}. */
  compactedRevision: number;
  /** As {@link compactedRevision}, for what the storage says. At most that. */
  removedRevision: number;
  readonly #index: KeyIndex;
  readonly #records: RecordStore;
  /** How many readers read at which older revision. */
  readonly #pins = new Map<number, number>();
  /** Rows that the index has forgotten and the storage still has. */
  readonly #removed = new SequenceSet();
  /** What of it goes with the next storage write. */
  #pendingRuns: NumberedRange[] = [];
  #pendingRows = 0;
  #pendingCost = 0;
  /** Bytes of the rows whose removal is in the batch of the last {@link takeEffects}. */
  #takenBytes = 0;
  /** The {@link compactedRevision} of that batch. */
  #takenRevision: number;
  #revisionsChanged = false;
  #running = false;
  /** A step looks at this many keys at most. */
  readonly #sliceKeysMax: number;
  /** A step removes at most this many revisions. */
  readonly #sliceRemovedMax: number;
  readonly #counts: KeySpaceCounts;

  constructor(
    storage: StorageAdapter,
    parts: { index: KeyIndex; records: RecordStore; counts: KeySpaceCounts },
    options: { sliceKeysMax: number; sliceRemovedMax: number },
  ) {
    assert(options.sliceRemovedMax > 0, "A step of compaction must be allowed to remove something");
    this.#index = parts.index;
    this.#records = parts.records;
    this.#sliceKeysMax = options.sliceKeysMax;
    this.#sliceRemovedMax = options.sliceRemovedMax;
    this.#counts = parts.counts;
    this.compactRevision = readNumber(storage, COMPACT_REVISION_KEY);
    this.compactedRevision = readNumber(storage, COMPACTED_REVISION_KEY);
    this.removedRevision = this.#takenRevision = this.compactedRevision;
  }

  /** Declares `revision` compacted. Throws etcd's errors when it is already, or is not reached yet. */
  start(revision: number, newest: number): void {
    if (revision <= this.compactRevision) throw errors.compacted();
    if (revision > newest) throw errors.futureRev();
    this.compactRevision = revision;
    this.#revisionsChanged = true;
  }

  /** Whether there is something left to remove. */
  get isPending(): boolean {
    return this.compactedRevision < this.compactRevision;
  }

  /** Readers that hold a revision. */
  get pinCount(): number {
    let count = 0;
    for (const readers of this.#pins.values()) count += readers;
    return count;
  }

  /** Keeps what a reader at `revision` can see until {@link unpin}. */
  pin(revision: number): void {
    this.#pins.set(revision, (this.#pins.get(revision) ?? 0) + 1);
  }

  /** Undoes one {@link pin}. */
  unpin(revision: number): void {
    const readers = this.#pins.get(revision);
    assert(readers !== undefined, "A revision was unpinned that was not pinned");
    if (readers === 1) this.#pins.delete(revision);
    else this.#pins.set(revision, readers - 1);
  }

  /** Removes step by step until nothing is left to remove. One at a time. */
  *slices(): Generator<CompactionPause, void> {
    assert(!this.#running, "Compaction is already running");
    this.#running = true;
    try {
      while (this.isPending) {
        let target = this.compactRevision;
        for (const pinned of this.#pins.keys()) target = Math.min(target, pinned);
        if (target <= this.compactedRevision) {
          yield "pinned";
          continue;
        }
        yield* this.#pass(target);
        this.compactedRevision = target;
        this.#revisionsChanged = true;
      }
    } finally {
      this.#running = false;
    }
  }

  *#pass(target: number): Generator<CompactionPause, void> {
    let from: KeyText | undefined = "" as KeyText;
    while (from !== undefined) {
      const removed: number[] = [];
      from = this.#index.compactSlice(
        from,
        { target, visitedMax: this.#sliceKeysMax, removedMax: this.#sliceRemovedMax },
        removed,
      );
      this.#counts.compactedRevisions += removed.length;
      for (const sequence of removed) this.#removed.add(sequence);
      yield "working";
    }
    while (!this.#removed.isEmpty) {
      while (this.#pendingRows >= this.#sliceRemovedMax || this.#pendingCost >= PENDING_COST_MAX) yield "storage";
      this.#pendRun();
    }
  }

  #pendRun(): void {
    const affordable = Math.max(1, PENDING_COST_MAX - this.#pendingCost - PLACE_COST);
    const run = this.#removed.takeRun(Math.min(affordable, this.#sliceRemovedMax - this.#pendingRows));
    if (run === undefined) return;
    this.#pendingRuns.push(run);
    this.#pendingRows += run.to - run.from;
    this.#pendingCost += PLACE_COST + run.to - run.from;
  }

  /** Puts what has changed since the last call into the batch of the next storage write. */
  takeEffects(batch: WriteBatch): void {
    this.#takenBytes = this.#records.bytesOf(this.#pendingRuns);
    for (const { from, to } of this.#pendingRuns) {
      if (to - from === 1) batch.deleteNumbered("history", from);
      else batch.deleteNumberedRange("history", from, to);
    }
    this.#pendingRuns = [];
    this.#pendingRows = 0;
    this.#pendingCost = 0;
    this.#takenRevision = this.compactedRevision;
    if (this.#revisionsChanged) {
      batch.putNamed("meta", COMPACT_REVISION_KEY, encoder.encode(String(this.compactRevision)));
      batch.putNamed("meta", COMPACTED_REVISION_KEY, encoder.encode(String(this.compactedRevision)));
      this.#revisionsChanged = false;
    }
  }

  /** Says that the batch of the last {@link takeEffects} is in the storage. */
  effectsStored(): void {
    this.#records.noteRemoved(this.#takenBytes);
    this.#takenBytes = 0;
    this.removedRevision = this.#takenRevision;
  }
}

/**
 * Declares, in a store that no keyspace has open, everything before `revision` compacted. A keyspace that is opened then goes on after that
 * revision, also where it is higher than any in the history.
 */
export function declareCompacted(batch: WriteBatch, revision: number): void {
  assert(Number.isSafeInteger(revision), "Revisions have run out");
  batch.putNamed("meta", COMPACT_REVISION_KEY, encoder.encode(String(revision)));
}

function readNumber(storage: StorageAdapter, key: Uint8Array): number {
  const value = storage.getNamed("meta", key);
  if (value === undefined) return -1;
  const number = Number(new TextDecoder().decode(value));
  assert(Number.isSafeInteger(number), "The stored compact revision is not a number");
  return number;
}
