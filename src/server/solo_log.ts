import { assert, errors, type EtcdError } from "../base/mod.ts";
import {
  type Clock,
  type Consensus,
  type Logger,
  type Proposal,
  type StateMachine,
  type StorageAdapter,
  StorageError,
  type Timer,
  WriteBatch,
} from "../ports/mod.ts";

import type { LogMetrics } from "./measure/metrics.ts";

/** Bounds and intervals of a {@link SoloLog}. */
export interface SoloLogOptions {
  /** Entries in one batch; what is beyond waits for the next. */
  batchEntriesMax: number;
  /** Bytes of entries in one batch. */
  batchBytesMax: number;
  /** Bytes of entries that may wait; beyond it a proposal fails with `too many requests`. */
  pendingBytesMax: number;
  /**
   * Effects wait for a batch to carry them until those of more than so many bytes of entries do. Until then the log alone has what was
   * put, so that a lone client's batch touches the last page of the log and no other; a start applies those entries again.
   */
  effectsLagBytesMax: number;
  /** Effects that no proposal carries along are stored after this long. */
  idleStoreDelayMs: number;
  /** A proposal that has waited this long for storage fails with `request timed out`; it may still be applied. */
  requestTimeoutMs: number;
}

/** The values that a member uses. */
export const soloLogDefaults: SoloLogOptions = {
  batchEntriesMax: 4096,
  batchBytesMax: 8 << 20,
  pendingBytesMax: 256 << 20,
  effectsLagBytesMax: 4096,
  idleStoreDelayMs: 20,
  requestTimeoutMs: 7000,
};

/** What a {@link SoloLog} works with. */
export interface SoloLogParts<P extends Proposal> {
  storage: StorageAdapter;
  machine: StateMachine<P>;
  clock: Clock;
  logger: Logger;
  metrics: LogMetrics;
  /** A proposal is about to be failed. */
  onFailed?(proposal: P): void;
  /** Called once when storage has failed; from then on every proposal is refused. */
  onFault(error: unknown): void;
}

const termKey = new TextEncoder().encode("log/term");
/** Rows read at a time when the log is replayed. */
const replayChunkRows = 1000;

/**
 * The log of a cluster with one voter: an entry is committed when it is durable here. All proposals that arrive while a batch
 * is being made durable form the next one, together with the effects of what was applied since, in one atomic write. Entries
 * whose effects are in the same write leave the log with it.
 */
export class SoloLog<P extends Proposal> implements Consensus<P> {
  readonly term: number;
  readonly leader: bigint;
  readonly #parts: SoloLogParts<P>;
  readonly #options: SoloLogOptions;
  #termStored = false;
  /** Lowest index that is in storage; `#lastIndex + 1` when none is. */
  #firstIndex: number;
  /** Highest index that has been given to an entry. */
  #lastIndex: number;
  #committed: number;
  /** Never above `#committed`. */
  #applied: number;
  #waiting: P[] = [];
  #waitingBytes = 0;
  /** Proposals of the batch that is being made durable. */
  #inFlight: readonly P[] = [];
  /** Whether the proposals in flight have been told that they took too long. */
  #inFlightAbandoned = false;
  #batchStartedMs = 0;
  #watchdog: Timer | undefined;
  #idleStore: Timer | undefined;
  /** Whether a batch is being written. A write of effects alone begins and ends within one call. */
  #isWriting = false;
  /** Settles when the present, or else the last, writing has ended. */
  #written: Promise<void> = Promise.resolve();
  #scheduled = false;
  /** Called after the next batch. */
  #onStored: (() => void)[] = [];
  /** Highest index whose effects are in storage. Never above `#applied`. */
  #storedIndex: number;
  /** Bytes of the entries between `#storedIndex` and `#applied`. */
  #unstoredBytes = 0;
  #fault: EtcdError | undefined;

  /**
   * Opens the log that is in storage. Every entry in it was written by the only voter and is therefore committed: those that
   * the state machine's stored effects lack are applied before this returns, in slices between which the caller may yield.
   */
  static *open<P extends Proposal>(
    parts: SoloLogParts<P>,
    identity: { memberId: bigint },
    options: Partial<SoloLogOptions> = {},
  ): Generator<void, SoloLog<P>> {
    const log = new SoloLog(parts, identity, { ...soloLogDefaults, ...options });
    for (;;) {
      const rows = parts.storage.scanNumbered("log", { from: log.#applied + 1, limit: replayChunkRows });
      for (const { key: index, value } of rows) {
        assert(index === log.#applied + 1, `the log has no entry ${log.#applied + 1}, the next one is ${index}`);
        log.#lastIndex = log.#committed = log.#applied = index;
        log.#unstoredBytes += value.length;
        parts.machine.apply(index, value, undefined);
      }
      parts.machine.endRun();
      if (rows.length < replayChunkRows) break;
      yield;
    }
    parts.metrics.leaderChanges.increment();
    log.#scheduleIdleStore();
    return log;
  }

  private constructor(parts: SoloLogParts<P>, identity: { memberId: bigint }, options: SoloLogOptions) {
    this.#parts = parts;
    this.#options = options;
    this.leader = identity.memberId;
    const storedTerm = parts.storage.getNamed("meta", termKey);
    this.term = storedTerm === undefined ? 2 : readUint64(storedTerm) + 1;
    const [first] = parts.storage.scanNumbered("log", { limit: 1 });
    this.#lastIndex =
      this.#committed =
      this.#applied =
      this.#storedIndex =
        parts.machine.storedIndex;
    this.#firstIndex = first === undefined ? this.#lastIndex + 1 : first.key;
  }

  get committedIndex(): number {
    return this.#committed;
  }

  get appliedIndex(): number {
    return this.#applied;
  }

  get pendingProposals(): number {
    return this.#waiting.length + this.#inFlight.length;
  }

  propose(proposal: P): void {
    if (this.#fault !== undefined) return this.#failOne(proposal, this.#fault);
    const bytes = proposal.entry.length;
    if (this.#waitingBytes + bytes > this.#options.pendingBytesMax) {
      return this.#failOne(proposal, errors.requestTooManyRequests());
    }
    this.#waiting.push(proposal);
    this.#waitingBytes += bytes;
    this.#schedule();
  }

  /** Whatever was acknowledged has been applied before it was, so a read may be made at once. */
  readIndex(ready: (error?: EtcdError) => void): void {
    ready();
  }

  storeEffects(stored: () => void): void {
    if (this.#fault !== undefined) return;
    this.#onStored.push(stored);
    // In a turn of its own, so that who stores again and again lets others work.
    if (!this.#isWriting) this.#parts.clock.nextTurn(() => this.#begin());
  }

  async close(): Promise<void> {
    const alreadyFailed = this.#fault !== undefined;
    this.#fault ??= errors.stopped();
    this.#failWaiting(this.#fault);
    await this.#written;
    this.#watchdog?.cancel();
    this.#idleStore?.cancel();
    if (alreadyFailed) return;
    this.#storeBatch([]);
    await this.#parts.storage.sync();
  }

  /** Once the input that is being handled has been: all that one read of a connection brings goes into one batch. */
  #schedule(): void {
    if (this.#scheduled || this.#isWriting) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#begin();
    });
  }

  #begin(): void {
    if (!this.#isWriting && this.#hasWork) this.#written = this.#writeAll();
  }

  #scheduleIdleStore(): void {
    if (this.#idleStore !== undefined || this.#fault !== undefined || this.#storedIndex === this.#applied) return;
    this.#idleStore = this.#parts.clock.after(this.#options.idleStoreDelayMs, () => {
      this.#idleStore = undefined;
      if (this.#isWriting || this.#fault !== undefined) return;
      try {
        this.#storeBatch([]);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /** Writes batch after batch until nothing waits. Never rejects. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    this.#armWatchdog();
    try {
      while (this.#hasWork && this.#fault === undefined) {
        const batch = this.#takeBatch();
        const isCut = this.#waiting.length > 0;
        this.#inFlight = batch;
        this.#batchStartedMs = this.#parts.clock.monotonicMs();
        this.#storeBatch(batch);
        if (batch.length === 0) continue;
        const { clock, storage, metrics } = this.#parts;
        const syncStartedMs = clock.monotonicMs();
        await storage.sync();
        metrics.syncSeconds.observe((clock.monotonicMs() - syncStartedMs) / 1000);
        this.#applyBatch(batch);
        if (!isCut && this.#isMoreComing(batch.length)) await this.#afterInput();
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#isWriting = false;
    this.#scheduleIdleStore();
  }

  /**
   * Whether to look for input before the next batch. Where fewer wait than two batches like the last one would take, others have probably sent
   * theirs already: with them the batch, whose pages and sync cost the same for few as for many, is larger.
   */
  #isMoreComing(lastBatchEntries: number): boolean {
    return this.#waiting.length > 0 && this.#waiting.length < 2 * lastBatchEntries;
  }

  #afterInput(): Promise<void> {
    const { clock } = this.#parts;
    this.#batchStartedMs = clock.monotonicMs(); // the watchdog's time is the next batch's
    return new Promise((resolve) => clock.afterInput(resolve));
  }

  get #hasWork(): boolean {
    return this.#waiting.length > 0 || this.#onStored.length > 0;
  }

  /** Takes the longest run of waiting proposals that fits a batch; at least one. */
  #takeBatch(): P[] {
    const { batchEntriesMax, batchBytesMax } = this.#options;
    const waiting = this.#waiting;
    let count = 0;
    let bytes = 0;
    while (count < waiting.length && count < batchEntriesMax) {
      bytes += waiting[count].entry.length;
      if (count > 0 && bytes > batchBytesMax) {
        bytes -= waiting[count].entry.length;
        break;
      }
      count++;
    }
    this.#waitingBytes -= bytes;
    if (count === waiting.length) {
      this.#waiting = [];
      return waiting;
    }
    return waiting.splice(0, count);
  }

  /** One atomic write: the new entries, and, when it is time, effects of what has been applied with the removal of their entries. */
  #storeBatch(proposals: readonly P[]): void {
    const { machine } = this.#parts;
    const batch = new WriteBatch();
    const withEffects = proposals.length === 0 || this.#onStored.length > 0 ||
      this.#unstoredBytes > this.#options.effectsLagBytesMax;
    if (withEffects) machine.takeEffects(batch);
    if (withEffects && this.#firstIndex <= this.#applied) {
      batch.deleteNumberedRange("log", this.#firstIndex, this.#applied + 1);
    }
    for (const { entry } of proposals) {
      writeUint64(entry, this.term);
      batch.putNumbered("log", ++this.#lastIndex, entry);
    }
    if (!this.#termStored) {
      const term = new Uint8Array(8);
      writeUint64(term, this.term);
      batch.putNamed("meta", termKey, term);
    }
    if (!batch.isEmpty) this.#applyMeasured(batch, proposals);
    this.#termStored = true;
    if (withEffects) this.#effectsStored();
  }

  #effectsStored(): void {
    this.#parts.machine.effectsStored();
    this.#firstIndex = this.#applied + 1;
    this.#storedIndex = this.#applied;
    this.#unstoredBytes = 0;
    if (this.#onStored.length > 0) {
      for (const stored of this.#onStored.splice(0)) stored();
    }
  }

  #applyMeasured(batch: WriteBatch, proposals: readonly P[]): void {
    const { storage, clock, metrics } = this.#parts;
    const startedMs = clock.monotonicMs();
    storage.apply(batch);
    const seconds = (clock.monotonicMs() - startedMs) / 1000;
    metrics.commitSeconds.observe(seconds);
    if (proposals.length === 0) return;
    metrics.writeSeconds.observe(seconds);
    for (const { entry } of proposals) metrics.writtenBytes.value += entry.length;
  }

  #applyBatch(batch: readonly P[]): void {
    this.#committed = this.#lastIndex;
    const { machine } = this.#parts;
    for (const proposal of batch) {
      this.#unstoredBytes += proposal.entry.length;
      machine.apply(++this.#applied, proposal.entry, this.#inFlightAbandoned ? undefined : proposal);
    }
    machine.endRun();
    this.#inFlight = [];
    this.#inFlightAbandoned = false;
  }

  /** Ends the wait of proposals that storage keeps waiting for too long. Disarms itself when nothing waits. */
  #armWatchdog(): void {
    if (this.#watchdog !== undefined) return;
    const { clock } = this.#parts;
    this.#watchdog = clock.after(this.#options.requestTimeoutMs, () => {
      this.#watchdog = undefined;
      if (!this.#isWriting) return;
      if (clock.monotonicMs() - this.#batchStartedMs >= this.#options.requestTimeoutMs) {
        this.#failInFlight(errors.timeout());
        this.#failWaiting(errors.timeout());
      }
      this.#armWatchdog();
    });
  }

  #failInFlight(error: EtcdError): void {
    if (this.#inFlightAbandoned) return;
    this.#inFlightAbandoned = true;
    for (const proposal of this.#inFlight) this.#failOne(proposal, error);
  }

  #failWaiting(error: EtcdError): void {
    this.#waitingBytes = 0;
    for (const proposal of this.#waiting.splice(0)) this.#failOne(proposal, error);
  }

  #failOne(proposal: P, error: EtcdError): void {
    this.#parts.metrics.proposalsFailed.increment();
    this.#parts.onFailed?.(proposal);
    proposal.failed(error);
  }

  /** Storage has failed: nothing more is acknowledged. */
  #fail(error: unknown): void {
    if (!(error instanceof StorageError)) {
      this.#parts.logger.error("broken invariant in the log", { error: String(error) });
    }
    this.#fault = error instanceof StorageError && error.fault === "noSpace" ? errors.noSpace() : errors.stopped();
    this.#failInFlight(this.#fault);
    this.#failWaiting(this.#fault);
    this.#parts.onFault(error);
  }
}

function readUint64(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(0) * 2 ** 32 + view.getUint32(4);
}

function writeUint64(bytes: Uint8Array, value: number): void {
  const high = Math.floor(value / 2 ** 32);
  for (let i = 0; i < 4; i++) {
    bytes[i] = high >>> (24 - 8 * i);
    bytes[4 + i] = value >>> (24 - 8 * i);
  }
}
