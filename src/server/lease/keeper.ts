import { errors, type EtcdError } from "../../base/mod.ts";
import { type Lease, LeaseState, type Lessor, ttlSecondsMax } from "../../lease/mod.ts";
import type { KeyText } from "../../mvcc/mod.ts";
import type { Clock, Consensus, Logger, Random, Timer } from "../../ports/mod.ts";
import { type ClientCommand, CommandCode, type CommandResult, EntryMaker } from "../command.ts";
import { encodeLeaseCommand, type LeaseCommand, type LeaseCommandResult } from "./command.ts";

/** What a {@link LeaseKeeper} works with. */
export interface LeaseKeeperParts {
  lessor: Lessor<KeyText>;
  consensus: Pick<Consensus<ClientCommand>, "propose" | "readIndex">;
  clock: Clock;
  logger: Logger;
  random: Random;
  /** Shorter times to live are granted as this. */
  ttlSecondsMin: number;
  /** A broken invariant has come to light. */
  onFault(error: unknown): void;
}

/** Who waits for a lease to be granted or revoked. One of the two is called, perhaps before the keeper's method returns. */
export interface LeaseWaiter<Result> {
  /** When its request came, on the monotonic clock. */
  readonly arrivalMs: number;
  answer(result: Result): void;
  failed(error: EtcdError): void;
}

/** Who waits for a renewal. */
export interface RenewalWaiter {
  /** The lease's time to live; 0 when there is no such lease. */
  renewed(ttlSeconds: number): void;
  failed(error: EtcdError): void;
}

/** A lease that was granted. */
export interface GrantedLease {
  id: bigint;
  ttlSeconds: number;
  revision: number;
}

/** How a lease stands. */
export interface LeaseStatus {
  /** Whole seconds that are left; 0 for one whose end has come and is being carried out. */
  remainingSeconds: number;
  grantedSeconds: number;
  /** Its keys in their order, where they were asked for. */
  keys: readonly KeyText[];
}

/** Ids in one entry of renewals. */
const renewalsMax = 4096;
/**
 * Bounds of one entry of leases that end: what is applied in one go, about a millisecond's work. Larger ones end no more leases per
 * second, and puts wait longer.
 */
const endingLeasesMax = 32;
const endingKeysMax = 128;
/** Rest after leases have ended, unless more are due: those that end soon after one another share an entry. etcd looks twice a second. */
const endingRestMs = 20;
/** Leases whose end could not be stored are ended again after this long. */
const endingRetryMs = 5000;
/** How often the clock is stored for its own sake: a tenth of what the lease that ends first has left, within these bounds. */
const tickMsMin = 1000;
const tickMsMax = 60_000;

/**
 * Carries the leases of a member that leads: brings what clients ask for into the log, renewals of a turn in one entry and only those that
 * storage does not know enough of; ends leases whose time is over, in bounded entries one after the other; and stores the lease
 * clock now and then, so that a restart gives no lease much of its time back.
 */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts;
  readonly #entries = new EntryMaker();
  /** Leases whose renewals are on their way, or about to be, and who waits for them. */
  readonly #renewals = new Map<Lease, RenewalWaiter[]>();
  /** Those of them that the next entry takes along. */
  #gathered: Lease[] = [];
  /** The lead that storage's slowness calls for in the next entry. */
  #leadMsMin = 0;
  #isScheduled = false;
  /** Who waits for the end of a lease that cannot be renewed any more. */
  readonly #endings = new Map<Lease, RenewalWaiter[]>();
  /** Whether an entry that ends leases is on its way. */
  #isEnding = false;
  /** No lease is ended before this, on the lease clock. */
  #restEndMs = 0;
  #timer: Timer | undefined;
  /** When the timer runs, on the lease clock. */
  #timerMs = Infinity;
  /** The clock's reading that the last proposal took along. */
  #carriedMs: number;
  #isClosed = false;

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts;
    this.#carriedMs = parts.lessor.clock.nowMs;
    parts.lessor.setListener({
      granted: () => this.#arm(),
      gone: (lease) => this.#tellGone(lease),
    });
    this.#arm();
  }

  /** Whether a lease exists. */
  has(id: bigint): boolean {
    return this.#parts.lessor.has(id);
  }

  /**
   * Grants a lease, of a new id where `id` is 0. Fails with leaseTTLTooLarge and leaseExist. Returns the command, for logs.
   */
  grant(
    { id, ttlSeconds }: { id: bigint; ttlSeconds: number },
    waiter: LeaseWaiter<GrantedLease>,
  ): LeaseCommand {
    const command = {
      kind: "leaseGrant" as const,
      leaseGrant: {
        timeMs: this.#parts.lessor.clock.nowMs,
        id: id === 0n ? this.#newId() : id,
        ttlSeconds: Math.max(ttlSeconds, this.#parts.ttlSecondsMin),
      },
    };
    if (ttlSeconds > ttlSecondsMax) waiter.failed(errors.leaseTTLTooLarge());
    else {
      this.#propose(command, {
        arrivalMs: waiter.arrivalMs,
        answer: ({ leases: [lease], revision }) => {
          const answer = () => waiter.answer({ id: lease.id, ttlSeconds: lease.ttlSeconds, revision });
          if (this.#parts.lessor.extend(lease)) return answer();
          this.#noteSlowness(command.leaseGrant.timeMs);
          this.#store(lease, { renewed: answer, failed: (error) => waiter.failed(error) });
        },
        failed: (error) => waiter.failed(error),
      });
    }
    return command;
  }

  /** Ends a lease and deletes its keys in one revision. Fails with leaseNotFound. Returns the command, for logs. */
  revoke(id: bigint, waiter: LeaseWaiter<{ revision: number }>): LeaseCommand {
    const command: LeaseCommand = {
      kind: "leaseRevoke",
      leaseRevoke: { timeMs: this.#parts.lessor.clock.nowMs, id },
    };
    this.#propose(command, {
      arrivalMs: waiter.arrivalMs,
      answer: ({ revision }) => waiter.answer({ revision }),
      failed: (error) => waiter.failed(error),
    });
    return command;
  }

  /**
   * Renews a lease, if that takes no waiting: its time to live in seconds. Otherwise -1, and nothing has happened: ask {@link renewLater}.
   */
  renewNow(id: bigint): number {
    const { lessor } = this.#parts;
    const lease = lessor.get(id);
    if (lease === undefined || lessor.renew(lease) !== "renewed") return -1;
    lessor.metrics.renewed.increment();
    return lease.ttlSeconds;
  }

  /** Renews a lease when that has been stored, or when it has turned out that there is none. */
  renewLater(id: bigint, waiter: RenewalWaiter): void {
    // What is not known here may have been granted elsewhere.
    this.#parts.consensus.readIndex((error) => {
      if (error !== undefined) return waiter.failed(error);
      const lease = this.#parts.lessor.get(id);
      if (lease === undefined) waiter.renewed(0);
      else this.#renew(lease, waiter);
    });
  }

  /** How a lease stands after all that was acknowledged before; undefined when there is none. */
  status(
    id: bigint,
    { keys }: { keys: boolean },
    reader: { finished(status: LeaseStatus | undefined): void; failed(error: EtcdError): void },
  ): void {
    this.#parts.consensus.readIndex((error) => {
      if (error !== undefined) return reader.failed(error);
      const { lessor } = this.#parts;
      const lease = lessor.get(id);
      if (lease === undefined) return reader.finished(undefined);
      reader.finished({
        remainingSeconds: Math.max(0, Math.trunc((lease.expiryMs - lessor.clock.nowMs) / 1000)),
        grantedSeconds: lease.ttlSeconds,
        keys: keys ? lessor.keysOf(lease) : [],
      });
    });
  }

  /** The ids of all leases, those that end first in front. */
  ids(): bigint[] {
    return this.#parts.lessor.byExpiry().map((lease) => lease.id);
  }

  /** Ends no lease from now on, and stores the clock once more: wait for that, where there is something to store, before the log is closed. */
  close(): Promise<void> | undefined {
    this.#isClosed = true;
    this.#timer?.cancel();
    if (this.#parts.lessor.size === 0) return undefined;
    return new Promise((resolve) => this.#proposeRenewal([], { stored: () => resolve(), failed: () => resolve() }));
  }

  #newId(): bigint {
    const { random, lessor } = this.#parts;
    for (;;) {
      const id = BigInt.asUintN(63, random.uint64());
      if (id !== 0n && !lessor.has(id)) return id;
    }
  }

  #propose(command: LeaseCommand, waiter: LeaseWaiter<LeaseCommandResult>): void {
    this.#carriedMs = this.#parts.lessor.clock.nowMs;
    this.#parts.consensus.propose({
      entry: this.#entries.make(CommandCode[command.kind], encodeLeaseCommand(command)),
      command,
      arrivalMs: waiter.arrivalMs,
      answer: (result: CommandResult) => waiter.answer(result as LeaseCommandResult),
      failed: (error) => waiter.failed(error),
    });
  }

  #renew(lease: Lease, waiter: RenewalWaiter): void {
    const { lessor } = this.#parts;
    switch (lessor.renew(lease)) {
      case "renewed":
        lessor.metrics.renewed.increment();
        return waiter.renewed(lease.ttlSeconds);
      case "unstored":
        return this.#store(lease, waiter);
      case "over":
        addTo(this.#endings, lease, waiter);
        return;
    }
  }

  /** Takes a lease along in the entry of this turn's renewals. */
  #store(lease: Lease, waiter: RenewalWaiter): void {
    if (addTo(this.#renewals, lease, waiter)) return;
    this.#parts.lessor.beginRenewal(lease);
    this.#gathered.push(lease);
    if (this.#gathered.length === renewalsMax) return this.#proposeGathered();
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => {
      this.#isScheduled = false;
      if (this.#gathered.length > 0) this.#proposeGathered();
    });
  }

  #proposeGathered(): void {
    const leases = this.#gathered;
    this.#gathered = [];
    this.#proposeRenewal(leases, {
      stored: (timeMs) => {
        for (const lease of leases) this.#renewalStored(lease, timeMs);
        this.#arm();
      },
      failed: (error) => {
        for (const lease of leases) {
          const waiters = takeFrom(this.#renewals, lease);
          this.#parts.lessor.settle(lease, { retryMs: 0 });
          for (const waiter of waiters) waiter.failed(error);
        }
        this.#arm();
      },
    });
  }

  #proposeRenewal(
    leases: readonly Lease[],
    outcome: { stored(timeMs: number): void; failed(error: EtcdError): void },
  ): void {
    const timeMs = this.#parts.lessor.clock.nowMs;
    const leaseRenew = { timeMs, leadMsMin: this.#leadMsMin, ids: leases.map((lease) => lease.id) };
    this.#leadMsMin = 0;
    this.#propose({ kind: "leaseRenew", leaseRenew }, {
      arrivalMs: this.#parts.clock.monotonicMs(),
      answer: () => outcome.stored(timeMs),
      failed: (error) => outcome.failed(error),
    });
  }

  /** A renewal that was proposed at `timeMs` is stored: the holder's time counts from now. */
  #renewalStored(lease: Lease, timeMs: number): void {
    const { lessor } = this.#parts;
    const waiters = takeFrom(this.#renewals, lease);
    const isGone = lease.state === LeaseState.Gone;
    if (isGone || lessor.extend(lease)) {
      lessor.settle(lease, { retryMs: 0 });
      if (!isGone) lessor.metrics.renewed.add(waiters.length);
      for (const waiter of waiters) waiter.renewed(isGone ? 0 : lease.ttlSeconds);
      return;
    }
    this.#noteSlowness(timeMs);
    lessor.settle(lease, { retryMs: 0 });
    for (const waiter of waiters) this.#store(lease, waiter);
  }

  /**
   * What was proposed at `timeMs` took longer than the lead, so that storage knows less than the full time to live from now: it has to be told
   * once more, with a lead for storage as slow as this.
   */
  #noteSlowness(timeMs: number): void {
    this.#leadMsMin = Math.max(this.#leadMsMin, 2 * (this.#parts.lessor.clock.nowMs - timeMs));
  }

  /** A lease is being taken away, in the midst of a command: nothing that a client's answer meets must get in its way. */
  #tellGone(lease: Lease): void {
    for (const waiter of takeFrom(this.#endings, lease)) {
      try {
        waiter.renewed(0);
      } catch (error) {
        this.#parts.logger.error("failed to answer a client", { error: String(error) });
      }
    }
  }

  /** Sets the timer to what comes first: a lease's end, or the time to store the clock. */
  #arm(): void {
    const { lessor, clock } = this.#parts;
    if (this.#isClosed || lessor.size === 0) return;
    const { nowMs } = lessor.clock;
    const endMs = this.#isEnding ? Infinity : Math.max(lessor.nextExpiryMs, this.#restEndMs);
    const dueMs = Math.max(nowMs, Math.min(this.#tickMs(nowMs), endMs));
    if (this.#timer !== undefined && this.#timerMs <= dueMs) return;
    this.#timer?.cancel();
    this.#timerMs = dueMs;
    this.#timer = clock.after(dueMs - nowMs, () => {
      this.#timer = undefined;
      this.#guard(() => this.#timeHasCome());
    });
  }

  #tickMs(nowMs: number): number {
    const tenth = (this.#parts.lessor.nextExpiryMs - nowMs) / 10;
    return this.#carriedMs + Math.min(tickMsMax, Math.max(tickMsMin, tenth));
  }

  #timeHasCome(): void {
    const { lessor } = this.#parts;
    if (this.#isClosed) return;
    const due = this.#isEnding ? [] : lessor.takeDue({ leasesMax: endingLeasesMax, keysMax: endingKeysMax });
    if (due.length > 0) this.#end(due);
    const { nowMs } = lessor.clock;
    if (lessor.size > 0 && this.#tickMs(nowMs) <= nowMs) {
      this.#proposeRenewal([], { stored: () => {}, failed: () => {} });
    }
    this.#arm();
  }

  #end(leases: readonly Lease[]): void {
    const { lessor, clock, logger } = this.#parts;
    this.#isEnding = true;
    const leaseExpire = { timeMs: lessor.clock.nowMs, ids: leases.map((lease) => lease.id) };
    this.#propose({ kind: "leaseExpire", leaseExpire }, {
      arrivalMs: clock.monotonicMs(),
      answer: (result) => {
        this.#isEnding = false;
        lessor.metrics.expired.add(result.leases.length);
        this.#settleEnds(leases, 0, (lease, waiter) => this.#renew(lease, waiter));
        this.#endMore();
      },
      failed: (error) => {
        this.#isEnding = false;
        logger.warn("failed to end leases", { leases: leases.length, error: String(error) });
        this.#settleEnds(leases, endingRetryMs, (_, waiter) => waiter.failed(error));
        this.#arm();
      },
    });
  }

  /** What becomes of leases that have outlived the attempt to end them, and of who waits for it. */
  #settleEnds(leases: readonly Lease[], retryMs: number, then: (lease: Lease, waiter: RenewalWaiter) => void): void {
    for (const lease of leases) {
      if (lease.state === LeaseState.Gone) continue;
      this.#parts.lessor.settle(lease, { retryMs });
      for (const waiter of takeFrom(this.#endings, lease)) then(lease, waiter);
    }
  }

  /** Goes on with the leases that are due, after other work; or rests, so that the next ones come together. */
  #endMore(): void {
    const { lessor, clock } = this.#parts;
    const { nowMs } = lessor.clock;
    if (lessor.nextExpiryMs <= nowMs) return clock.afterInput(() => this.#guard(() => this.#timeHasCome()));
    this.#restEndMs = nowMs + endingRestMs;
    this.#arm();
  }

  #guard(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#parts.onFault(error);
    }
  }
}

/** Adds a waiter to a lease's; whether there were some before. */
function addTo(waiting: Map<Lease, RenewalWaiter[]>, lease: Lease, waiter: RenewalWaiter): boolean {
  const waiters = waiting.get(lease);
  if (waiters === undefined) waiting.set(lease, [waiter]);
  else waiters.push(waiter);
  return waiters !== undefined;
}

function takeFrom(waiting: Map<Lease, RenewalWaiter[]>, lease: Lease): RenewalWaiter[] {
  const waiters = waiting.get(lease);
  if (waiters === undefined) return [];
  waiting.delete(lease);
  return waiters;
}
