import type { AbuseLimits } from "./options.ts";

/** A number of tokens that refills with time, up to its burst. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perMs: number;
  #tokens: number;
  #refilledMs = -Infinity;

  constructor(burst: number, perSecond: number) {
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#tokens = burst;
  }

  /** Takes a token; false when there is none. Time is looked at only when the tokens have run out. */
  take(nowMs: number): boolean {
    if (this.#tokens < 1) this.#refill(nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Gives tokens back, for useful work. */
  give(count: number): void {
    if (this.#tokens < this.#burst) this.#tokens = Math.min(this.#burst, this.#tokens + count);
  }

  /** Begins to count the time from which tokens come back. */
  start(nowMs: number): void {
    this.#refilledMs = nowMs;
  }

  #refill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#refilledMs);
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsedMs * this.#perMs);
    this.#refilledMs = Math.max(this.#refilledMs, nowMs);
  }
}

/**
 * What a peer may make us do for nothing. Useful work earns allowance, so that a busy, honest peer that cancels or pings a lot is not
 * taken for an attacker.
 */
export class AbuseMeter {
  readonly #resets: TokenBucket;
  readonly #idleFrames: TokenBucket;

  constructor(limits: Readonly<Required<AbuseLimits>>) {
    this.#resets = new TokenBucket(limits.resetBurst, limits.resetsPerSecond);
    this.#idleFrames = new TokenBucket(limits.idleFrameBurst, limits.idleFramesPerSecond);
  }

  start(nowMs: number): void {
    this.#resets.start(nowMs);
    this.#idleFrames.start(nowMs);
  }

  /** A stream ended by a reset; false when there were too many. */
  onReset(nowMs: number): boolean {
    return this.#resets.take(nowMs);
  }

  /** A frame came that moves nothing forward; false when there were too many. */
  onIdleFrame(nowMs: number): boolean {
    return this.#idleFrames.take(nowMs);
  }

  /** A request or a piece of a body came, or a piece of a body went. */
  onUsefulFrame(): void {
    this.#idleFrames.give(2);
  }

  /** A stream was carried to its end by both sides. */
  onCompletedStream(): void {
    this.#resets.give(1);
  }
}
