import { assert } from "../../src/base/mod.ts";
import {
  type Clock,
  type NamedBucket,
  type NamedRow,
  type NumberedBucket,
  type NumberedRange,
  type NumberedRow,
  type Random,
  type Scan,
  type StorageAdapter,
  StorageError,
  type StorageFault,
  type StorageSize,
  type Timer,
  WriteBatch,
} from "../../src/ports/mod.ts";
import { copyOps, inverseOf } from "./undo.ts";

/** Where an error can be put. `read` stands for all reads. */
export type FaultyOperation = "read" | "apply" | "sync";

/** An error that the adapter throws in place of doing the operation. */
export interface FaultRule {
  /** Which calls it strikes. */
  operation: FaultyOperation;
  /** What they throw. */
  fault: StorageFault;
  /** At this call of the operation, counted from 1 since the adapter was made or restarted. */
  atCall?: number;
  /** At any call, with this probability from 0 to 1. */
  probability?: number;
}

/** What goes wrong, and how often. Everything absent works. */
export interface FaultPlan {
  /** Decides by chance; hand in a seeded one to see the same again. */
  random: Random;
  /** At a crash, a random prefix of the batches since the last sync survives in place of none. */
  unsyncedMaySurvive?: boolean;
  /** With this probability a crash leaves the first lost batch half done, which no honest store does: what stands on it must notice. */
  tornBatchProbability?: number;
  /** With this probability a sync reports success and makes nothing durable, like a disk whose cache lies. */
  lostSyncProbability?: number;
  /** How long a sync takes, in milliseconds, uniformly in [`min`, `max`]. */
  syncLatencyMs?: { min: number; max: number; clock: Clock };
  /** Errors to throw. */
  errors?: readonly FaultRule[];
}

/** A store that fails as its plan says, and can crash. */
export interface FaultyStorage extends StorageAdapter {
  /**
   * Simulates a power cut: batches that no sync has covered vanish, syncs that are under way reject, and every later call fails with
   * `closed`.
   */
  crash(): void;
  /** After a {@link crash}: a new adapter on what has survived, with the same plan. Counts of calls begin anew. */
  restart(): Promise<FaultyStorage>;
}

/** A batch that a crash would take back. */
interface Unsynced {
  /** Number of the batch, counted from 1. */
  number: number;
  /** Puts everything that the batch touched back to what it was before. */
  inverse: WriteBatch;
  /** The batch itself, kept only when it may be torn. */
  torn: WriteBatch | undefined;
}

const millionth = 1_000_000;

class Faulty implements FaultyStorage {
  readonly name: string;
  readonly #inner: StorageAdapter;
  readonly #plan: FaultPlan;
  readonly #calls = { read: 0, apply: 0, sync: 0 };
  readonly #unsynced: Unsynced[] = [];
  #applied = 0;
  #state: "open" | "crashed" | "closed" = "open";
  /** After an error of `apply` or `sync`: no more writes. */
  #failure: StorageError | undefined;
  /** Settles, never rejects, when the inner store has no restore under way. */
  #restoring: Promise<void> = Promise.resolve();
  /** What rejects the calls that are under way, at a crash. */
  readonly #pending = new Set<(error: Error) => void>();
  readonly #timers = new Set<Timer>();

  constructor(inner: StorageAdapter, plan: FaultPlan) {
    this.name = `faulty(${inner.name})`;
    this.#inner = inner;
    this.#plan = plan;
  }

  getNumbered(bucket: NumberedBucket, key: number): Uint8Array | undefined {
    this.#meet("read");
    return this.#inner.getNumbered(bucket, key);
  }

  getNumberedMany(bucket: NumberedBucket, keys: readonly number[]): (Uint8Array | undefined)[] {
    this.#meet("read");
    return this.#inner.getNumberedMany(bucket, keys);
  }

  visitNumberedMany(
    bucket: NumberedBucket,
    keys: readonly number[],
    visit: (value: Uint8Array | undefined) => void,
  ): void {
    this.#meet("read");
    this.#inner.visitNumberedMany(bucket, keys, visit);
  }

  scanNumbered(bucket: NumberedBucket, scan: Scan<number>): NumberedRow[] {
    this.#meet("read");
    return this.#inner.scanNumbered(bucket, scan);
  }

  numberedBytes(bucket: NumberedBucket, ranges: readonly NumberedRange[]): number {
    this.#meet("read");
    return this.#inner.numberedBytes(bucket, ranges);
  }

  getNamed(bucket: NamedBucket, key: Uint8Array): Uint8Array | undefined {
    this.#meet("read");
    return this.#inner.getNamed(bucket, key);
  }

  scanNamed(bucket: NamedBucket, scan: Scan<Uint8Array>): NamedRow[] {
    this.#meet("read");
    return this.#inner.scanNamed(bucket, scan);
  }

  apply(batch: WriteBatch): void {
    this.#assertWritable();
    this.#meet("apply");
    const inverse = inverseOf(batch, this.#inner);
    const torn = (this.#plan.tornBatchProbability ?? 0) > 0 ? copyOps(batch) : undefined;
    this.#inner.apply(batch);
    this.#applied++;
    this.#unsynced.push({ number: this.#applied, inverse, torn });
  }

  sync(): Promise<void> {
    try {
      this.#assertWritable();
      this.#meet("sync");
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#unlessCrashed(this.#syncInner(this.#applied));
  }

  async #syncInner(upTo: number): Promise<void> {
    if (this.#plan.syncLatencyMs !== undefined) await this.#delay(this.#plan.syncLatencyMs);
    await this.#inner.sync();
    this.#assertWritable();
    if (!this.#happens(this.#plan.lostSyncProbability)) this.#forgetTo(upTo);
  }

  #delay({ min, max, clock }: { min: number; max: number; clock: Clock }): Promise<void> {
    const delayMs = min + (max - min) * this.#plan.random.below(millionth) / millionth;
    return new Promise((resolve) => {
      const timer = clock.after(delayMs, () => {
        this.#timers.delete(timer);
        resolve();
      });
      this.#timers.add(timer);
    });
  }

  /** The outcome of `work`, or a rejection when a crash comes first. */
  #unlessCrashed<Result>(work: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      work.then(resolve, reject).finally(() => this.#pending.delete(reject));
    });
  }

  /** Batches up to number `upTo` cannot be lost any more. */
  #forgetTo(upTo: number): void {
    let durable = 0;
    while (durable < this.#unsynced.length && this.#unsynced[durable].number <= upTo) durable++;
    this.#unsynced.splice(0, durable);
  }

  size(): StorageSize {
    this.#assertOpen();
    return this.#inner.size();
  }

  async defragment(): Promise<void> {
    this.#assertWritable();
    await this.#unlessCrashed(this.#inner.defragment());
  }

  snapshot(): AsyncIterable<Uint8Array> {
    this.#assertOpen();
    return this.#whileOpen(this.#inner.snapshot());
  }

  async *#whileOpen(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of chunks) {
      this.#assertOpen();
      yield chunk;
    }
  }

  async restore(snapshot: AsyncIterable<Uint8Array>): Promise<void> {
    this.#assertWritable();
    const restored = this.#inner.restore(this.#whileOpen(snapshot));
    this.#restoring = restored.catch(() => {});
    await this.#unlessCrashed(restored);
    this.#unsynced.length = 0;
  }

  async close(): Promise<void> {
    if (this.#state === "closed") return;
    this.#state = "closed";
    for (const timer of this.#timers) timer.cancel();
    for (const reject of this.#pending) reject(this.#closedError());
    await this.#inner.close();
  }

  crash(): void {
    this.#assertOpen();
    const { random, tornBatchProbability, unsyncedMaySurvive = false } = this.#plan;
    const survivors = unsyncedMaySurvive ? random.below(this.#unsynced.length + 1) : 0;
    const lost = this.#unsynced.slice(survivors);
    for (let i = lost.length - 1; i >= 0; i--) this.#inner.apply(lost[i].inverse);
    const torn = lost[0]?.torn;
    if (torn !== undefined && torn.ops.length > 1 && this.#happens(tornBatchProbability)) {
      const half = new WriteBatch();
      half.ops.push(...torn.ops.slice(0, 1 + random.below(torn.ops.length - 1)));
      this.#inner.apply(half);
    }
    this.#state = "crashed";
    for (const timer of this.#timers) timer.cancel();
    for (const reject of this.#pending) reject(this.#closedError());
  }

  async restart(): Promise<FaultyStorage> {
    assert(this.#state === "crashed", "only a crashed store can be restarted");
    this.#state = "closed";
    await this.#restoring;
    await this.#inner.sync();
    return new Faulty(this.#inner, this.#plan);
  }

  /** Counts a call, and throws what the plan has for it. */
  #meet(operation: FaultyOperation): void {
    this.#assertOpen();
    const call = ++this.#calls[operation];
    for (const rule of this.#plan.errors ?? []) {
      if (rule.operation !== operation) continue;
      if (rule.atCall !== call && !this.#happens(rule.probability)) continue;
      const error = new StorageError(rule.fault, `Cannot ${operation}: injected fault "${rule.fault}" at call ${call}`);
      if (operation !== "read") this.#failure ??= error;
      throw error;
    }
  }

  #happens(probability: number | undefined): boolean {
    if (probability === undefined || probability <= 0) return false;
    return this.#plan.random.below(millionth) < probability * millionth;
  }

  #assertWritable(): void {
    this.#assertOpen();
    if (this.#failure === undefined) return;
    const text = `Cannot write: the store has failed: ${this.#failure.message}`;
    throw new StorageError(this.#failure.fault, text, { cause: this.#failure });
  }

  #assertOpen(): void {
    if (this.#state !== "open") throw this.#closedError();
  }

  #closedError(): StorageError {
    const why = this.#state === "closed" ? "it has been closed" : "a simulated crash has ended it";
    return new StorageError("closed", `Cannot use storage: ${why}`);
  }
}

/**
 * Wraps any adapter in one that fails as `plan` says. Belongs in tests and simulations.
 *
 * @example
 * ```ts ignore
 * const disk = faulty(memory(), { random, lostSyncProbability: 0.01 });
 * disk.crash();
 * const afterwards = await disk.restart();
 * ```
 */
export function faulty(inner: StorageAdapter, plan: FaultPlan): FaultyStorage {
  return new Faulty(inner, plan);
}
