import { assert } from "../base/mod.ts";
import type { StorageAdapter, WriteBatch } from "../ports/mod.ts";
import { Compaction, type CompactionPause } from "./compaction.ts";
import { KeySpaceCounts } from "./counts.ts";
import { type HashResult, hashRevision, hashSteps } from "./hash.ts";
import { type HistoryCursor, openHistory, readHistory } from "./history.ts";
import { keyRange } from "./key.ts";
import { KeyIndex } from "./key_index.ts";
import { range, type RangeSource, rangeSteps, readRevision } from "./range.ts";
import { rangeChunks } from "./range_stream.ts";
import { RecordList } from "./record_list.ts";
import { RecordStore } from "./record_store.ts";
import { restoreIndex } from "./restore.ts";
import { checkPut, checkTxn, evaluatePath, Writer } from "./txn.ts";
import type {
  AppliedEvent,
  AppliedListener,
  DeleteRangeOp,
  DeleteRangeResult,
  HistoryEvent,
  LeaseBook,
  LongRangeResult,
  PutOp,
  PutResult,
  RangeChunk,
  RangeQuery,
  RangeResult,
  TxnOp,
  TxnResult,
} from "./types.ts";

/** How a keyspace is opened. */
export interface KeySpaceOptions {
  /** Told which keys belong to which lease, also of the keys found in the storage. */
  leases: LeaseBook;
  /** Bytes of records kept in memory, with an estimate of what the host adds; default 32 MiB. */
  cacheBytesMax?: number;
  /** Keys that a step of a sliced read, and half of those that one of compaction, looks at at most; default 2048. */
  sliceKeysMax?: number;
  /** Revisions that a step of compaction removes at most, above 0; default 1000, as etcd's `--compaction-batch-limit`. */
  compactionBatchLimit?: number;
}

const CACHE_BYTES_MAX = 32 * 1024 * 1024;
/** About two milliseconds of reading. */
const SLICE_KEYS_MAX = 2048;
const COMPACTION_BATCH_LIMIT = 1000;

/** What all parts of a keyspace share. */
class State implements RangeSource {
  revision = 1;
  constructor(
    readonly storage: StorageAdapter,
    readonly index: KeyIndex,
    readonly records: RecordStore,
    readonly compaction: Compaction,
    readonly sliceKeysMax: number,
    readonly counts: KeySpaceCounts,
  ) {}
  get compactRevision(): number {
    return this.compaction.compactRevision;
  }
}

/**
 * etcd's keyspace: every key with its whole history since the last compaction, on a {@link StorageAdapter}. Calls change the memory only;
 * {@link takeEffects} moves what has changed into the batch of the member's next storage write, together with the applied index. Behaviour is that of etcd's
 * `storage/mvcc` and `etcdserver/txn`. Keys are not checked for being empty, nor transactions for touching a key twice: that is the API's.
 */
export class KeySpace {
  readonly #state: State;
  readonly #leases: LeaseBook;
  readonly #writer: Writer;
  #listener: AppliedListener | undefined;
  #effectsTaken = false;

  private constructor(state: State, leases: LeaseBook) {
    this.#state = state;
    this.#leases = leases;
    this.#writer = new Writer(state, leases);
  }

  /**
   * Rebuilds the index from the storage and returns the keyspace. A step takes a few milliseconds, but for those that put all keys in order: some tenths of a second per
   * million keys.
   */
  static *open(storage: StorageAdapter, options: KeySpaceOptions): Generator<undefined, KeySpace> {
    const index = new KeyIndex();
    const sliceKeysMax = options.sliceKeysMax ?? SLICE_KEYS_MAX;
    const counts = new KeySpaceCounts();
    const { revision, nextSequence, liveBytes } = yield* restoreIndex(storage, { index, leases: options.leases });
    const records = new RecordStore(storage, {
      cacheBytesMax: options.cacheBytesMax ?? CACHE_BYTES_MAX,
      nextSequence,
      liveBytes,
    });
    const compaction = new Compaction(storage, { index, records, counts }, {
      sliceKeysMax: 2 * sliceKeysMax,
      sliceRemovedMax: options.compactionBatchLimit ?? COMPACTION_BATCH_LIMIT,
    });
    const state = new State(storage, index, records, compaction, sliceKeysMax, counts);
    state.revision = Math.max(1, revision, compaction.compactRevision);
    return new KeySpace(state, options.leases);
  }

  /** Main revision of the newest change; 1 when nothing was ever changed. */
  get revision(): number {
    return this.#state.revision;
  }

  /** Reads below this revision are refused; -1 before the first compaction. */
  get compactRevision(): number {
    return this.#state.compactRevision;
  }

  /** Keys that have a value. */
  get liveKeys(): number {
    return this.#state.index.liveKeys;
  }

  /** Events in the history that have not been removed. */
  get events(): number {
    return this.#state.index.events;
  }

  /**
   * Bytes of the history's rows, each with its header of 12 bytes and its encoded KeyValue. A row counts from the change that makes it
   * until the storage has removed it: rows that are compacted and not removed yet are part of it, also after a restart.
   */
  get liveBytes(): number {
    return this.#state.records.liveBytes;
  }

  /** What has been done since the keyspace was opened; a live object. */
  get counts(): Readonly<KeySpaceCounts> {
    return this.#state.counts;
  }

  /** Sliced reads that have begun and not ended. */
  get openReads(): number {
    return this.#state.compaction.pinCount;
  }

  /** Answers a Range at once. Throws compacted and futureRev. */
  range(query: RangeQuery): RangeResult {
    this.#state.counts.ranges++;
    return range(this.#state, query);
  }

  /** Live keys in a range at the newest revision, to tell long ranges from short ones; costs a descent. */
  countNewest(key: Uint8Array, rangeEnd?: Uint8Array): number {
    return this.#state.index.countNewest(keyRange(key, rangeEnd));
  }

  /**
   * Answers a Range in steps of about two milliseconds, between which the keyspace may change: it reads the state at the
   * first step, and compaction waits for it. Call `return()` when it is given up.
   */
  *rangeSlices(query: RangeQuery): Generator<undefined, LongRangeResult> {
    this.#state.counts.ranges++;
    const revision = readRevision(this.#state, query.revision);
    const source = { ...this.#snapshot() };
    this.#state.compaction.pin(revision);
    try {
      const records = new RecordList();
      const task = { query, revision, sliceKeysMax: this.#state.sliceKeysMax };
      const { count, more, revision: newest } = yield* rangeSteps(source, task, records);
      return { records, count, more, revision: newest };
    } finally {
      this.#state.compaction.unpin(revision);
    }
  }

  /**
   * Answers a RangeStream piece by piece, each near `chunkBytes`; undefined where a step brought no piece yet. Reading and giving up
   * are as with {@link rangeSlices}. The query must have the default order and no revision filters.
   */
  *rangeStream(query: RangeQuery, { chunkBytes }: { chunkBytes: number }): Generator<RangeChunk | undefined, void> {
    this.#state.counts.ranges++;
    const revision = readRevision(this.#state, query.revision);
    const source = { ...this.#snapshot() };
    this.#state.compaction.pin(revision);
    try {
      yield* rangeChunks(source, { query, revision, sliceKeysMax: this.#state.sliceKeysMax, chunkBytes });
    } finally {
      this.#state.compaction.unpin(revision);
    }
  }

  /**
   * Hashes what anybody can see who reads at a revision from the compact revision up to `revision` (0: the newest), in steps of about a
   * millisecond: etcd's HashKV, with a hash of detcd's own. It is the same on every member and on every storage, whether or not what is
   * compacted has been removed, and changes when any byte of an event or its revision does. Compaction waits for it. Throws compacted and
   * futureRev. Call `return()` when it is given up.
   */
  *hashSlices(revision: number): Generator<undefined, HashResult> {
    const { compaction, sliceKeysMax } = this.#state;
    const source = { ...this.#snapshot(), removedRevision: () => compaction.removedRevision };
    const upTo = hashRevision(source, revision);
    const { compactRevision } = source;
    compaction.pin(compactRevision);
    try {
      return yield* hashSteps(source, { revision: upTo, sliceKeysMax });
    } finally {
      compaction.unpin(compactRevision);
    }
  }

  /** What a reader sees who reads on while the keyspace changes: the newest revision stays the one of now. */
  #snapshot(): RangeSource {
    const { index, records, revision, compactRevision } = this.#state;
    return { index, records, revision, compactRevision };
  }

  /** The encoded KeyValue that `key` had at `revision`, or undefined, also when that has been compacted. */
  keyValueAt(key: Uint8Array, revision: number): Uint8Array | undefined {
    if (revision < this.compactRevision || revision > this.revision || revision < 1) return undefined;
    const sequence = this.#state.index.sequenceAt(key, revision);
    return sequence === 0 ? undefined : this.#state.records.get(sequence);
  }

  /** The encoded KeyValue of an event that has not been removed. */
  recordAt(sequence: number): Uint8Array {
    return this.#state.records.get(sequence);
  }

  /** Puts one key. Throws leaseNotFound and, for ignore_value and ignore_lease, keyNotFound; then nothing has changed. */
  put(op: PutOp): PutResult {
    checkPut(this.#state, { put: op, leases: this.#leases });
    return this.#write((writer) => writer.put(op));
  }

  /** Deletes the live keys of a range. Without any, the revision stays. */
  deleteRange(op: DeleteRangeOp): DeleteRangeResult {
    return this.#write((writer) => writer.deleteRange(op));
  }

  /**
   * Carries out a transaction: all changes in one revision, none when nothing is written. Throws what its operations throw, and for its ranges compacted and
   * futureRev, judged on the state before it; then nothing has changed.
   */
  txn(op: TxnOp): TxnResult {
    const path = evaluatePath(this.#state, op);
    checkTxn(this.#state, { txn: op, path, leases: this.#leases });
    const { counts } = this.#state;
    const before = counts.ranges + counts.puts + counts.deletes;
    const outcome = this.#write((writer) => writer.execute(op, path));
    if (counts.ranges + counts.puts + counts.deletes > before + 1) counts.txns++;
    return { revision: this.revision, succeeded: outcome.succeeded, responses: outcome.responses };
  }

  #write<Result>(work: (writer: Writer) => Result): Result {
    const writer = this.#writer;
    const events: AppliedEvent[] | undefined = this.#listener === undefined ? undefined : [];
    writer.begin(events);
    const result = work(writer);
    const changed = writer.changes > 0;
    writer.end();
    if (changed) {
      this.#state.revision++;
      assert(Number.isSafeInteger(this.#state.revision), "Revisions have run out");
      if (events !== undefined) this.#listener?.(this.#state.revision, events);
    }
    return result;
  }

  /** Sets who is told of each new revision, or nobody. */
  setListener(listener: AppliedListener | undefined): void {
    this.#listener = listener;
  }

  /** Declares all revisions before `revision` compacted. Throws compacted and futureRev. Removal is {@link compactionSlices}'. */
  compact(revision: number): void {
    this.#state.compaction.start(revision, this.#state.revision);
  }

  /** Whether compaction has something left to remove; so it may be after a restart. */
  get isCompactionPending(): boolean {
    return this.#state.compaction.isPending;
  }

  /** Removes what compactions have left, in steps of a few milliseconds. One at a time. */
  compactionSlices(): Generator<CompactionPause, void> {
    return this.#state.compaction.slices();
  }

  /** The place in the history of the first event at or after `revision`. Throws compacted. */
  openHistory(revision: number): HistoryCursor {
    return openHistory(this.#state, revision);
  }

  /**
   * The next events, at most `eventsMax` and, but for the first, about `bytesMax` bytes, not cut at revisions; moves the cursor. Throws compacted when the
   * cursor was overtaken.
   */
  readHistory(cursor: HistoryCursor, limits: { eventsMax: number; bytesMax?: number }): HistoryEvent[] {
    return readHistory(this.#state, cursor, limits);
  }

  /** Puts everything that has changed since the last call into `batch`, which must be applied before anything else is called but reads. */
  takeEffects(batch: WriteBatch): void {
    assert(!this.#effectsTaken, "Effects were taken again before those taken were stored");
    this.#effectsTaken = true;
    this.#state.records.takeEffects(batch);
    this.#state.compaction.takeEffects(batch);
  }

  /** Says that the batch of the last {@link takeEffects} is in the storage. */
  effectsStored(): void {
    assert(this.#effectsTaken, "No effects were taken");
    this.#effectsTaken = false;
    this.#state.records.effectsStored();
    this.#state.compaction.effectsStored();
  }
}
