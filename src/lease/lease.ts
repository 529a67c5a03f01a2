/** Longest time to live, in seconds, that etcd grants. */
export const ttlSecondsMax = 9_000_000_000;

/** Longest lead of any lease; see {@link leadMsOf}. */
const leadMsMax = 1000;

/**
 * How far a lease's stored end is ahead of the end that its holder was promised. Renewals within the lead cost no write, so that a holder
 * who renews without a pause writes once per lead; after a crash a lease lives longer by at most the lead. Holders renew three
 * times per time to live, so a lead of less than a third of it saves nothing for them, and costs nothing either.
 */
export function leadMsOf(ttlSeconds: number): number {
  return Math.min(leadMsMax, ttlSeconds * 100);
}

/** Where a lease stands with the member that leads. */
export const LeaseState = {
  /** It lives, and is in the queue of ends. */
  Live: 0,
  /** A renewal of it is on its way through the log: it does not end before the outcome is known. */
  Renewing: 1,
  /** Its end is on its way through the log: it cannot be renewed before the outcome is known. */
  Ending: 2,
  /** It is no more. */
  Gone: 3,
} as const;
/** One of the values of {@link LeaseState}. */
export type LeaseState = typeof LeaseState[keyof typeof LeaseState];

/** A key's place in the list of a lease's keys. */
export interface Attachment {
  readonly key: string;
  lease: Lease;
  previous: Attachment | undefined;
  next: Attachment | undefined;
}

/** A lease. All times are of the lease clock. What is replicated is the same on every member; the rest is the leader's own. */
export class Lease {
  readonly id: bigint;
  /** Replicated: the time to live that was granted. */
  readonly ttlSeconds: number;
  /** Replicated: when the last renewal that went through the log, or the grant, was proposed. */
  renewedMs: number;
  /** Replicated: until when renewals may be promised without a write. At least `renewedMs` and the time to live. */
  storedExpiryMs: number;

  /** The leader's: when the lease ends as its holder was promised. Never above `storedExpiryMs`. */
  expiryMs = 0;
  state: LeaseState = LeaseState.Live;
  /** Place in the queue of ends, -1 when it is not in it; and when the queue looks at it, never after `expiryMs`. */
  queuedAt = -1;
  queuedMs = 0;

  /** The first of its keys, and how many there are. */
  attachments: Attachment | undefined = undefined;
  keyCount = 0;

  /** Whether it is in storage, and whether that is out of date. */
  isStored = false;
  isDirty = false;

  constructor(id: bigint, replicated: { ttlSeconds: number; renewedMs: number; storedExpiryMs: number }) {
    this.id = id;
    this.ttlSeconds = replicated.ttlSeconds;
    this.renewedMs = replicated.renewedMs;
    this.storedExpiryMs = replicated.storedExpiryMs;
  }

  /** The time to live in milliseconds. */
  get ttlMs(): number {
    return this.ttlSeconds * 1000;
  }
}
