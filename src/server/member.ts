import { errors, EtcdError, Registry } from "../base/mod.ts";
import { LeaseMetrics, Lessor } from "../lease/mod.ts";
import { KeySpace, type KeyText, registerKeySpaceMetrics } from "../mvcc/mod.ts";
import type { Clock, Consensus, Logger, Random, StorageAdapter } from "../ports/mod.ts";
import { WatchHub } from "../watch/mod.ts";
import { type ClientCommand, CommandCode, type CommandDecoder, EntryMaker, type ReplicatedState } from "./command.ts";
import { MemberHealth } from "./health.ts";
import type { MemberIdentity } from "./identity.ts";
import { LeaseKeeper } from "./lease/keeper.ts";
import { registerMemberMetrics } from "./measure/member_metrics.ts";
import { CompactionMetrics, LogMetrics, RequestMetrics } from "./measure/metrics.ts";
import { ApplyTimings, type TimingOptions } from "./measure/timings.ts";
import { MemberStore } from "./member_store.ts";
import { MemberReads } from "./reads.ts";
import { SoloLog, type SoloLogOptions } from "./solo_log.ts";
import { AlarmBook, type AlarmOp, encodeAlarmOp } from "./space/alarms.ts";
import { Compactor } from "./space/compactor.ts";
import { leaseOverheadBytes, Quota, type QuotaOptions } from "./space/quota.ts";
import { KeySpaceMachine } from "./state_machine.ts";

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

/** What the log's entries change, as storage has it, and who guards its size. */
interface MemberState extends ReplicatedState {
  members: MemberStore;
  quota: Quota;
}

/** What {@link Member.open} has brought up to date and hands to the member. */
interface Opened {
  state: MemberState;
  log: Consensus<ClientCommand>;
  health: MemberHealth;
  timing: TimingOptions;
  registry: Registry;
}

/** One member: a log, the state that its entries change, and who reads, watches and guards that state. */
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
  /** Who reads the keyspace on behalf of clients. */
  readonly reads: MemberReads;
  /** Whether the member serves, and where faults are reported. */
  readonly health: MemberHealth;
  readonly #parts: MemberParts;
  readonly #log: Consensus<ClientCommand>;
  readonly #compactor: Compactor;

  /** Opens what is in storage and applies what its log has beyond it, in slices between which the caller may yield. */
  static *open(parts: MemberParts, options: MemberOptions = {}): Generator<void, Member> {
    const { storage, logger, clock, registry = new Registry() } = parts;
    /** There is none while the log is replayed. */
    let member: Member | undefined = undefined;
    const health = new MemberHealth(parts);
    const state = yield* openState(parts, {
      ...options,
      registry,
      proposeAlarm: (op, settled) => member!.#proposeAlarm(op, settled),
    });
    const timing: TimingOptions = {
      clock,
      logger,
      metrics: new RequestMetrics(registry),
      warningApplyMs: options.warningApplyMs ?? warningApplyDefaultMs,
    };
    const timings = new ApplyTimings(timing);
    const machine = new KeySpaceMachine({
      ...state,
      storage,
      decode: parts.decode,
      logger,
      timings,
      // What is compacted while the log is replayed is begun below.
      onCompact: (answer) => {
        if (member !== undefined) member.#compactor.start(answer);
      },
      onRunEnd: () => member?.watches.endRun(),
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
          state.quota.settle(command);
        },
        onFault: (error) => health.report(error),
      },
      parts.identity,
      options.log,
    );
    state.lessor.lead();
    member = new Member(parts, options, { state, log, health, timing, registry });
    if (state.keyspace.isCompactionPending) member.#compactor.start();
    state.quota.open();
    return member;
  }

  private constructor(
    parts: MemberParts,
    options: MemberOptions,
    { state, log, health, timing, registry }: Opened,
  ) {
    const { storage, clock, logger, identity } = parts;
    const { keyspace, lessor, alarms, members, quota } = state;
    const onFault = (error: unknown) => health.report(error);
    this.#parts = parts;
    this.#log = log;
    this.identity = identity;
    this.health = health;
    this.keyspace = keyspace;
    this.alarms = alarms;
    this.quota = quota;
    this.members = members;
    this.reads = new MemberReads({ keyspace, consensus: log, health, timing });
    this.watches = new WatchHub({ keyspace, clock, registry });
    this.leases = new LeaseKeeper({
      ...parts,
      lessor,
      consensus: { propose: (command) => this.propose(command), readIndex: (ready) => log.readIndex(ready) },
      ttlSecondsMin: options.leaseTtlSecondsMin ?? leaseTtlSecondsMinDefault,
      onFault,
    });
    this.#compactor = new Compactor({
      keyspace,
      restMs: options.compactionRestMs,
      clock,
      logger,
      metrics: new CompactionMetrics(registry),
      size: () => storage.size(),
      storeEffects: (stored) =>
        log.storeEffects(() => {
          stored();
          quota.look();
        }),
      sync: () => storage.sync(),
      onFault,
    });
    registerKeySpaceMetrics(registry, { keyspace, storage });
    registerMemberMetrics(registry, { identity, members, consensus: log });
  }

  /** The consensus behind this member, for its status. */
  get consensus(): Pick<
    Consensus<ClientCommand>,
    "term" | "leader" | "committedIndex" | "appliedIndex" | "pendingProposals"
  > {
    return this.#log;
  }

  /** Hands in a command; it hears its outcome. */
  propose(command: ClientCommand): void {
    if (this.quota.admits(command)) this.#log.propose(command);
  }

  /** Makes durable what has been changed beside the log, such as {@link members}. */
  async storeEffects(): Promise<void> {
    const { health } = this;
    if (!health.isServing) throw errors.stopped();
    const ended = Promise.withResolvers<never>();
    const forget = health.onChange(() => health.isServing || ended.reject(errors.stopped()));
    try {
      await Promise.race([new Promise<void>((stored) => this.#log.storeEffects(stored)), ended.promise]);
      await this.#parts.storage.sync();
    } catch (error) {
      if (error instanceof EtcdError) throw error;
      health.report(error);
      throw errors.stopped();
    } finally {
      forget();
    }
  }

  /** Stores what has been applied and fails whatever still waits. Storage stays open: it belongs to who opened it. */
  async close(): Promise<void> {
    this.health.close();
    this.#compactor.close();
    this.watches.close();
    const clockStored = this.leases.close();
    if (clockStored !== undefined) await clockStored;
    await this.#log.close();
  }

  #proposeAlarm(alarm: AlarmOp, settled: () => void): void {
    const entry = new EntryMaker().make(CommandCode.alarm, encodeAlarmOp(alarm));
    const arrivalMs = this.#parts.clock.monotonicMs();
    this.#log.propose({ entry, command: { kind: "alarm", alarm }, arrivalMs, answer: settled, failed: settled });
  }
}

/** Reads from storage what the log's entries change. */
function* openState(
  { storage, clock, logger, identity }: MemberParts,
  options: MemberOptions & { registry: Registry; proposeAlarm(op: AlarmOp, settled: () => void): void },
): Generator<void, MemberState> {
  const { registry, proposeAlarm, cacheBytesMax, compactionBatchLimit } = options;
  const alarms = new AlarmBook(storage, registry);
  const members = new MemberStore(storage);
  // Before the keyspace, which tells the leases their keys.
  const lessor = yield* Lessor.open<KeyText>(storage, { clock, metrics: new LeaseMetrics(registry) });
  const keyspace = yield* KeySpace.open(storage, { leases: lessor, cacheBytesMax, compactionBatchLimit });
  const usedBytes = () => keyspace.liveBytes + lessor.size * leaseOverheadBytes;
  const { memberId } = identity;
  const quota = new Quota({ memberId, alarms, logger, registry, usedBytes, proposeAlarm }, options.quota);
  return { keyspace, lessor, alarms, members, quota };
}
