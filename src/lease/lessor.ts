import { assert, errors } from "../base/mod.ts";
import type { Clock, StorageAdapter, WriteBatch } from "../ports/mod.ts";
import { ExpiryQueue } from "./expiry_queue.ts";
import { KeyBook } from "./key_book.ts";
import { leadMsOf, Lease, LeaseState } from "./lease.ts";
import { LeaseClock } from "./lease_clock.ts";
import { deleteLease, putClock, putLease, readClock, readLeases } from "./lease_rows.ts";
import type { LeaseMetrics } from "./metrics.ts";

/** Leases that are looked at in one go, most of which have been renewed: some milliseconds. */
const looksMax = 4096;

/** What a {@link Lessor} is opened with. */
export interface LessorOptions {
  clock: Pick<Clock, "monotonicMs">;
  metrics: LeaseMetrics;
}

/** Who hears of leases that come and go, after each change. It must not change any lease. */
export interface LeaseListener {
  granted(lease: Lease): void;
  gone(lease: Lease): void;
}

/** What {@link Lessor.renew} says. */
export type Renewal =
  /** The lease has its full time to live again. */
  | "renewed"
  /** It would live longer than storage knows: first a renewal has to go through the log. */
  | "unstored"
  /** Its time is over: it is about to be ended. */
  | "over";

/**
 * The leases of a member. What `apply...` and {@link remove} change is replicated: the same commands bring every member to the same state,
 * and {@link takeEffects} stores it. What a holder was promised beyond that is known to the leader alone, in memory: a lease's exact
 * end, which is never after the stored one. So a renewal needs a write only when it passes the stored end, and a leader that
 * takes over, or starts again, ends no lease before the promised time, and later by no more than the lead and what the clock of
 * the one before had not stored. Keys are told as the keyspace's `LeaseBook`.
 */
export class Lessor<Key extends string> {
  readonly clock: LeaseClock;
  readonly metrics: LeaseMetrics;
  readonly #leases = new Map<bigint, Lease>();
  readonly #keys = new KeyBook<Key>();
  readonly #queue = new ExpiryQueue();
  readonly #dirty: Lease[] = [];
  #storedClockMs: number;
  #listener: LeaseListener | undefined;

  private constructor(clock: LeaseClock, metrics: LeaseMetrics) {
    this.clock = clock;
    this.metrics = metrics;
    this.#storedClockMs = clock.appliedMs;
  }

  /** Reads the leases that are in storage, in steps of a few milliseconds. Their keys are told with {@link attach}. */
  static *open<Key extends string>(storage: StorageAdapter, options: LessorOptions): Generator<undefined, Lessor<Key>> {
    const lessor = new Lessor<Key>(new LeaseClock(options.clock, readClock(storage)), options.metrics);
    yield* readLeases(storage, (lease) => lessor.#leases.set(lease.id, lease));
    return lessor;
  }

  /** Sets who is told of leases that come and go. */
  setListener(listener: LeaseListener | undefined): void {
    this.#listener = listener;
  }

  /** How many leases there are. */
  get size(): number {
    return this.#leases.size;
  }

  /** The lease with an id. */
  get(id: bigint): Lease | undefined {
    return this.#leases.get(id);
  }

  /** All leases, those that end first in front, and equal ones in the order of their grants. Only on the leader. */
  byExpiry(): Lease[] {
    return [...this.#leases.values()].sort((a, b) => a.expiryMs - b.expiryMs);
  }

  /** Whether the lease exists. */
  has(id: bigint): boolean {
    return this.#leases.has(id);
  }

  /** The id of the lease that the key is attached to, 0 for none. */
  leaseOf(key: Key): bigint {
    return this.#keys.leaseOf(key)?.id ?? 0n;
  }

  /** Attaches a key that is attached to none to an existing lease. */
  attach(id: bigint, key: Key): void {
    const lease = this.#leases.get(id);
    assert(lease !== undefined, `a key was attached to lease ${id}, which does not exist`);
    this.#keys.attach(lease, key);
  }

  /** Undoes {@link attach}. */
  detach(id: bigint, key: Key): void {
    const lease = this.#leases.get(id);
    assert(lease !== undefined, `a key was detached from lease ${id}, which does not exist`);
    this.#keys.detach(lease, key);
  }

  /** The keys of a lease, in their order. */
  keysOf(lease: Lease): Key[] {
    return this.#keys.keysOf(lease);
  }

  /** Grants a lease. Throws leaseExist. */
  applyGrant({ timeMs, id, ttlSeconds }: { timeMs: number; id: bigint; ttlSeconds: number }): Lease {
    this.clock.observe(timeMs);
    if (this.#leases.has(id)) throw errors.leaseExist();
    const storedExpiryMs = timeMs + ttlSeconds * 1000 + leadMsOf(ttlSeconds);
    const lease = new Lease(id, { ttlSeconds, renewedMs: timeMs, storedExpiryMs });
    this.#leases.set(id, lease);
    this.#markDirty(lease);
    this.metrics.granted.increment();
    this.metrics.ttlSeconds.observe(ttlSeconds);
    if (this.clock.isRunning) this.#lead(lease);
    this.#listener?.granted(lease);
    return lease;
  }

  /**
   * Moves the stored ends of leases to what a renewal at `timeMs` asks for, with a lead of at least `leadMsMin`. Those that are gone are
   * left out. Without any ids it only stores the clock.
   */
  applyRenew({ timeMs, leadMsMin, ids }: { timeMs: number; leadMsMin: number; ids: readonly bigint[] }): void {
    this.clock.observe(timeMs);
    for (const id of ids) {
      const lease = this.#leases.get(id);
      if (lease === undefined) continue;
      const storedExpiryMs = timeMs + lease.ttlMs + Math.max(leadMsOf(lease.ttlSeconds), leadMsMin);
      lease.renewedMs = Math.max(lease.renewedMs, timeMs);
      lease.storedExpiryMs = Math.max(lease.storedExpiryMs, storedExpiryMs);
      this.#markDirty(lease);
    }
  }

  /**
   * The lease, if an end that was proposed at `timeMs` holds: not when a renewal has come before it in the log. The leader that proposed it
   * had promised nothing beyond.
   */
  endedAt(id: bigint, timeMs: number): Lease | undefined {
    const lease = this.#leases.get(id);
    return lease !== undefined && lease.renewedMs + lease.ttlMs <= timeMs ? lease : undefined;
  }

  /** Takes a lease away that has no keys any more. */
  remove(lease: Lease): void {
    assert(lease.keyCount === 0, `lease ${lease.id} was removed before its keys`);
    this.#leases.delete(lease.id);
    lease.state = LeaseState.Gone;
    if (lease.queuedAt >= 0) this.#queue.remove(lease);
    this.#markDirty(lease);
    this.metrics.revoked.increment();
    this.#listener?.gone(lease);
  }

  /** Puts everything that has changed since the last call into `batch`. */
  takeEffects(batch: WriteBatch): void {
    for (const lease of this.#dirty) {
      lease.isDirty = false;
      if (lease.state !== LeaseState.Gone) {
        putLease(batch, lease);
        lease.isStored = true;
      } else if (lease.isStored && !this.#leases.has(lease.id)) deleteLease(batch, lease);
    }
    this.#dirty.length = 0;
    const { appliedMs } = this.clock;
    if (appliedMs !== this.#storedClockMs) putClock(batch, appliedMs);
    this.#storedClockMs = appliedMs;
  }

  #markDirty(lease: Lease): void {
    if (lease.isDirty) return;
    lease.isDirty = true;
    this.#dirty.push(lease);
  }

  /** Begins to lead: the clock runs, and leases end. */
  lead(): void {
    this.clock.start();
    for (const lease of this.#leases.values()) this.#lead(lease);
  }

  #lead(lease: Lease): void {
    lease.expiryMs = Math.min(lease.storedExpiryMs, this.clock.nowMs + lease.ttlMs);
    this.#queue.add(lease, lease.expiryMs);
  }

  /** Renews a lease, if that is possible without a write. */
  renew(lease: Lease): Renewal {
    const nowMs = this.clock.nowMs;
    if (lease.state === LeaseState.Ending) return "over";
    if (lease.state === LeaseState.Live && lease.expiryMs <= nowMs) return "over";
    return this.#extend(lease, nowMs) ? "renewed" : "unstored";
  }

  /** Gives a lease its full time to live, though its time may be over: false, and nothing has changed, when storage does not know enough of it. */
  extend(lease: Lease): boolean {
    return this.#extend(lease, this.clock.nowMs);
  }

  #extend(lease: Lease, nowMs: number): boolean {
    const expiryMs = nowMs + lease.ttlSeconds * 1000;
    if (expiryMs > lease.storedExpiryMs) return false;
    lease.expiryMs = expiryMs;
    return true;
  }

  /** A renewal of a live lease goes into the log: it does not end until {@link settle}. */
  beginRenewal(lease: Lease): void {
    assert(lease.state === LeaseState.Live, `lease ${lease.id} cannot be renewed in state ${lease.state}`);
    lease.state = LeaseState.Renewing;
  }

  /** What was on its way through the log for a lease has come to its end. The lease ends `retryMs` from now at the earliest. */
  settle(lease: Lease, { retryMs }: { retryMs: number }): void {
    if (lease.state === LeaseState.Gone) return;
    lease.state = LeaseState.Live;
    if (lease.queuedAt < 0) this.#queue.add(lease, Math.max(lease.expiryMs, this.clock.nowMs + retryMs));
  }

  /** A reading of the clock before which no lease ends; Infinity without leases. */
  get nextExpiryMs(): number {
    return this.#queue.nextMs;
  }

  /**
   * Leases whose time is over, as many as keep within the bounds, where the last may go beyond `keysMax`. They are on their way out until
   * {@link settle}. More may be due when {@link nextExpiryMs} is not after now.
   */
  takeDue({ leasesMax, keysMax }: { leasesMax: number; keysMax: number }): Lease[] {
    const { nowMs } = this.clock;
    const queue = this.#queue;
    const due: Lease[] = [];
    let keys = 0;
    for (let looks = 0; looks < looksMax && due.length < leasesMax && keys < keysMax; looks++) {
      const lease = queue.first;
      if (lease === undefined || lease.queuedMs > nowMs) break;
      if (lease.expiryMs > nowMs) {
        queue.putOffFirst(lease.expiryMs);
        continue;
      }
      queue.remove(lease);
      // One that is being renewed comes back when that is settled.
      if (lease.state === LeaseState.Renewing) continue;
      lease.state = LeaseState.Ending;
      keys += lease.keyCount;
      due.push(lease);
    }
    return due;
  }
}
