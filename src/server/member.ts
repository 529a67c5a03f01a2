import { errors, EtcdError, Registry } from "../base/mod.ts";
import { LeaseMetrics, Lessor } from "../lease/mod.ts";
import {
  KeySpace,
  type KeyText,
  type LongRangeResult,
  type RangeChunk,
  type RangeQuery,
  type RangeResult,
  registerKeySpaceMetrics,
  type TxnOp,
  type TxnResult,
} from "../mvcc/mod.ts";
import {
  type Clock,
  type Consensus,
  type Logger,
  type Random,
  type StorageAdapter,
  StorageError,
} from "../ports/mod.ts";
import { WatchHub } from "../watch/mod.ts";
import { AlarmBook, type AlarmOp, encodeAlarmOp } from "./space/alarms.ts";
import { type ClientCommand, CommandCode, type CommandDecoder, EntryMaker } from "./command.ts";
import { Compactor } from "./space/compactor.ts";
import type { MemberIdentity } from "./identity.ts";
import { LeaseKeeper } from "./lease/keeper.ts";
import { registerMemberMetrics } from "./measure/member_metrics.ts";
import { MemberStore } from "./member_store.ts";
import { CompactionMetrics, LogMetrics, RequestMetrics } from "./measure/metrics.ts";
import { leaseOverheadBytes, Quota, type QuotaOptions } from "./space/quota.ts";
import { runInSlices, streamInSlices } from "./slices.ts";
import { SoloLog, type SoloLogOptions } from "./solo_log.ts";
import { KeySpaceMachine } from "./state_machine.ts";
import { ApplyTimings, ReadTimings, type TimingOptions } from "./measure/timings.ts";

/** What a {@link Member} is made of. */
export interface MemberParts {
  storage: StorageAdapter;
  clock: Clock;
  logger: Logger;
  random: Random;
  identity: MemberIdentity;
  /** Reads commands back from the log. */
  decode: CommandDecoder;
  /** Where the member registers its metrics; nowhere to be seen when absent. */
  registry?: Registry;
  /** The member cannot be trusted any more: its process should end with this error. Called once at most. */
  onFatal(error: unknown): void;
}

/** Settings of a {@link Member}. */
export interface MemberOptions {
  log?: Partial<SoloLogOptions>;
  /** Bytes of records that the keyspace keeps in memory. */
  cacheBytesMax?: number;
  /** Revisions that a slice of a compaction removes at most; default 1000. */
  compactionBatchLimit?: number;
  /** Rest between two slices of a compaction; default 5. */
  compactionRestMs?: number;
  /** What takes longer to apply or to read is logged; default 100. */
  warningApplyMs?: number;
  quota?: QuotaOptions;
  /** Leases live for at least this long; default 2, which etcd derives from the default of `--election-timeout`. */
  leaseTtlSecondsMin?: number;
}

/** See {@link MemberOptions.leaseTtlSecondsMin}. */
const leaseTtlSecondsMinDefault = 2;

/** etcd's default of `--warning-apply-duration`. */
const warningApplyDefaultMs = 100;

/** Who waits for a read. Either method is called once, perhaps before the read's method returns. */
export interface Reader<Result> {
  /** When its request came, on the monotonic clock. */
  readonly arrivalMs: number;
  finished(result: Result): void;
  failed(error: EtcdError): void;
  /** Asked between slices of long reads: true gives the read up, and then neither method is called. */
  isGone(): boolean;
}

/** Who takes a read's results piece by piece. */
export interface StreamReader<Piece> extends Reader<void> {
  /** Takes a piece; false asks to wait until the function that `member.rangeStream` returned is called. */
  take(piece: Piece): boolean;
}

/** The answer to a range over few or over many keys. */
export type AnyRange = RangeResult | LongRangeResult;

/** Ranges over at most this many keys are read in one go. */
const shortRangeKeysMax = 256;

/** One member: the log, the state machine behind it, and reads of its keyspace. */
export class Member {
  readonly identity: MemberIdentity;
  readonly keyspace: KeySpace;
  readonly alarms: AlarmBook;
  readonly quota: Quota;
  /** Who belongs to the cluster. */
  readonly members: MemberStore;
  /** Who grants, renews and ends leases. */
  readonly leases: LeaseKeeper;
  /** Who watches the keyspace. */
  readonly watches: WatchHub;
  readonly #parts: MemberParts;
  readonly #log: Consensus<ClientCommand>;
  readonly #compactor: Compactor;
  readonly #metrics: RequestMetrics;
  readonly #timings: ReadTimings;
  readonly #onServingChange = new Set<() => void>();
  #fault: unknown;
  #isFatal = false;
  #isClosed = false;

  /** Opens what is in storage and applies what its log has beyond it, in slices between which the caller may yield. */
  static *open(parts: MemberParts, options: MemberOptions = {}): Generator<void, Member> {
    const { storage, logger, clock } = parts;
    const { cacheBytesMax, compactionBatchLimit, warningApplyMs = warningApplyDefaultMs } = options;
    const registry = parts.registry ?? new Registry();
    const alarms = new AlarmBook(storage, registry);
    const members = new MemberStore(storage);
    // Before the keyspace, which tells the leases their keys.
    const lessor = yield* Lessor.open<KeyText>(storage, { clock, metrics: new LeaseMetrics(registry) });
    const keyspace = yield* KeySpace.open(storage, { leases: lessor, cacheBytesMax, compactionBatchLimit });
    const timing = { clock, logger, metrics: new RequestMetrics(registry), warningApplyMs };
    const timings = new ApplyTimings(timing);
    /** The parts below call back into the member that is made of them. */
    const made: { member?: Member } = {};
    const quota = new Quota({
      memberId: parts.identity.memberId,
      alarms,
      logger,
      registry,
      usedBytes: () => keyspace.liveBytes + lessor.size * leaseOverheadBytes,
      proposeAlarm: (op, settled) => made.member!.#proposeAlarm(op, settled),
    }, options.quota);
    const machine = new KeySpaceMachine({
      storage,
      keyspace,
      alarms,
      members,
      quota,
      lessor,
      decode: parts.decode,
      logger,
      timings,
      // What is compacted while the log is replayed is begun below.
      onCompact: (answer) => {
        if (made.member !== undefined) made.member.#compactor.start(answer);
      },
      onRunEnd: () => made.member?.watches.endRun(),
    });
    const log = yield* SoloLog.open<ClientCommand>(
      {
        storage,
        machine,
        clock,
        logger,
        metrics: new LogMetrics(registry),
        onFailed: ({ command, arrivalMs }) => {
          timings.failed(command, arrivalMs);
          quota.settle(command);
        },
        onFault: (error) => made.member?.reportFault(error),
      },
      parts.identity,
      options.log,
    );
    lessor.lead();
    const member = made.member = new Member(parts, {
      keyspace,
      alarms,
      quota,
      members,
      watches: new WatchHub({ keyspace, clock, registry }),
      lessor,
      leaseTtlSecondsMin: options.leaseTtlSecondsMin ?? leaseTtlSecondsMinDefault,
      compactionRestMs: options.compactionRestMs,
      log,
      timing,
      compaction: new CompactionMetrics(registry),
    });
    registerKeySpaceMetrics(registry, { keyspace, storage });
    registerMemberMetrics(registry, { identity: parts.identity, members, consensus: log });
    if (keyspace.isCompactionPending) member.#compactor.start();
    quota.open();
    return member;
  }

  private constructor(
    parts: MemberParts,
    {
      keyspace,
      watches,
      alarms,
      quota,
      members,
      lessor,
      leaseTtlSecondsMin,
      compactionRestMs,
      log,
      timing,
      compaction,
    }: {
      keyspace: KeySpace;
      alarms: AlarmBook;
      quota: Quota;
      members: MemberStore;
      watches: WatchHub;
      lessor: Lessor<KeyText>;
      leaseTtlSecondsMin: number;
      compactionRestMs: number | undefined;
      log: Consensus<ClientCommand>;
      timing: TimingOptions;
      compaction: CompactionMetrics;
    },
  ) {
    this.#parts = parts;
    this.identity = parts.identity;
    this.#metrics = timing.metrics;
    this.#timings = new ReadTimings(timing);
    this.keyspace = keyspace;
    this.alarms = alarms;
    this.quota = quota;
    this.members = members;
    this.watches = watches;
    this.#log = log;
    this.leases = new LeaseKeeper({
      ...parts,
      lessor,
      consensus: { propose: (command) => this.propose(command), readIndex: (ready) => log.readIndex(ready) },
      ttlSecondsMin: leaseTtlSecondsMin,
      onFault: (error) => this.reportFault(error),
    });
    this.#compactor = new Compactor({
      keyspace,
      restMs: compactionRestMs,
      clock: parts.clock,
      logger: parts.logger,
      metrics: compaction,
      size: () => parts.storage.size(),
      storeEffects: (stored) =>
        log.storeEffects(() => {
          stored();
          quota.look();
        }),
      sync: () => parts.storage.sync(),
      onFault: (error) => this.reportFault(error),
    });
  }

  /** The consensus behind this member, for its status. */
  get consensus(): Pick<
    Consensus<ClientCommand>,
    "term" | "leader" | "committedIndex" | "appliedIndex" | "pendingProposals"
  > {
    return this.#log;
  }

  /** Whether reads and writes are served. */
  get isServing(): boolean {
    return this.#fault === undefined && !this.#isClosed;
  }

  /** Calls back when {@link isServing} has changed, until the returned function is called. */
  onChange(callback: () => void): () => void {
    this.#onServingChange.add(callback);
    return () => this.#onServingChange.delete(callback);
  }

  /** Hands in a command; it hears its outcome. */
  propose(command: ClientCommand): void {
    if (this.quota.admits(command)) this.#log.propose(command);
  }

  /** Makes durable what has been changed beside the log, such as {@link members}. */
  async storeEffects(): Promise<void> {
    if (!this.isServing) throw errors.stopped();
    const ended = Promise.withResolvers<never>();
    const forget = this.onChange(() => this.isServing || ended.reject(errors.stopped()));
    try {
      await Promise.race([new Promise<void>((stored) => this.#log.storeEffects(stored)), ended.promise]);
      await this.#parts.storage.sync();
    } catch (error) {
      if (error instanceof EtcdError) throw error;
      this.reportFault(error);
      throw errors.stopped();
    } finally {
      forget();
    }
  }

  #proposeAlarm(alarm: AlarmOp, settled: () => void): void {
    const entry = new EntryMaker().make(CommandCode.alarm, encodeAlarmOp(alarm));
    const arrivalMs = this.#parts.clock.monotonicMs();
    this.#log.propose({ entry, command: { kind: "alarm", alarm }, arrivalMs, answer: settled, failed: settled });
  }

  /** Reads a range: of the state that includes all that was acknowledged before, or of this member's own. */
  range(query: RangeQuery, { serializable }: { serializable: boolean }, reader: Reader<AnyRange>): void {
    if (serializable) this.#range(query, reader);
    else this.#whenReady(reader, () => this.#range(query, reader));
  }

  /**
   * Reads a range piece by piece, each near `chunkBytes`, at one revision. Call the function that is returned when the reader,
   * having refused more, wants more.
   */
  rangeStream(
    query: RangeQuery,
    options: { serializable: boolean; chunkBytes: number },
    reader: StreamReader<RangeChunk>,
  ): () => void {
    let resume = () => {};
    const begin = () => {
      resume = streamInSlices(this.keyspace.rangeStream(query, { chunkBytes: options.chunkBytes }), {
        clock: this.#parts.clock,
        take: (chunk) => chunk === undefined || reader.take(chunk),
        finished: () => reader.finished(),
        failed: (error) => this.#failRead(error, reader),
        isGone: () => reader.isGone(),
      });
    };
    if (options.serializable) begin();
    else this.#whenReady(reader, begin);
    return () => resume();
  }

  /** Carries out a transaction that only reads. */
  readTxn(txn: TxnOp, { serializable }: { serializable: boolean }, reader: Reader<TxnResult>): void {
    const read = () => this.#readTxn(txn, reader);
    if (serializable) read();
    else this.#whenReady(reader, read);
  }

  /** Resolves when a linearizable read could be made. */
  probe(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#fault !== undefined) reject(this.#fault);
      else this.#readIndex((error) => error === undefined ? resolve() : reject(error));
    });
  }

  /** Notes a failure of storage or a broken invariant: from now on writes are refused, and where reads are in doubt the member ends. */
  reportFault(error: unknown): void {
    this.#fault ??= error;
    this.#noteServingChange();
    const isContained = error instanceof StorageError && error.fault !== "corrupt";
    this.#parts.logger.error(
      isContained ? "storage has failed; writes are refused" : "the member cannot go on",
      { error: String(error) },
    );
    if (isContained || this.#isFatal) return;
    this.#isFatal = true;
    this.#parts.onFatal(error);
  }

  /** Stores what has been applied and fails whatever still waits. Storage stays open: it belongs to who opened it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#noteServingChange();
    this.#compactor.close();
    this.watches.close();
    const clockStored = this.leases.close();
    if (clockStored !== undefined) await clockStored;
    await this.#log.close();
  }

  #noteServingChange(): void {
    for (const callback of this.#onServingChange) callback();
  }

  #whenReady(reader: Reader<never>, read: () => void): void {
    this.#readIndex((error) => error === undefined ? read() : reader.failed(error));
  }

  #readIndex(ready: (error?: EtcdError) => void): void {
    this.#log.readIndex((error) => {
      if (error !== undefined) this.#metrics.readIndexesFailed.increment();
      ready(error);
    });
  }

  #range(query: RangeQuery, reader: Reader<AnyRange>): void {
    if (this.#isShort(query)) return this.#rangeNow(query, reader);
    const end = this.#timings.beginLong(query, reader.arrivalMs);
    runInSlices(this.keyspace.rangeSlices(query), {
      clock: this.#parts.clock,
      finished: (result) => {
        end(result.records.length);
        reader.finished(result);
      },
      failed: (error) => {
        end(-1);
        this.#failRead(error, reader);
      },
      isGone: () => reader.isGone(),
    });
  }

  #isShort(query: RangeQuery): boolean {
    const { rangeEnd } = query;
    if (rangeEnd === undefined || rangeEnd.length === 0) return true;
    if ((query.revision ?? 0) > 0) return false;
    return this.keyspace.countNewest(query.key, rangeEnd) <= shortRangeKeysMax;
  }

  #rangeNow(query: RangeQuery, reader: Reader<AnyRange>): void {
    this.#timings.begin();
    let result: RangeResult;
    try {
      result = this.keyspace.range(query);
    } catch (error) {
      this.#timings.endRange(query, reader.arrivalMs, -1);
      return this.#failRead(error, reader);
    }
    this.#timings.endRange(query, reader.arrivalMs, result.kvs.length);
    reader.finished(result);
  }

  #readTxn(txn: TxnOp, reader: Reader<TxnResult>): void {
    this.#timings.begin();
    let result: TxnResult;
    try {
      result = this.keyspace.txn(txn);
    } catch (error) {
      this.#timings.endTxn(txn, reader.arrivalMs, -1);
      return this.#failRead(error, reader);
    }
    this.#timings.endTxn(txn, reader.arrivalMs, result.responses.length);
    reader.finished(result);
  }

  #failRead(error: unknown, reader: Reader<never>): void {
    if (error instanceof EtcdError) return reader.failed(error);
    reader.failed(errors.corrupt());
    this.reportFault(error);
  }
}
