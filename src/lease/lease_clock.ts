import type { Clock } from "../ports/mod.ts";

/**
 * The time that leases live by: milliseconds that pass only while a member leads. Its reading goes into every lease command, so that all
 * members have it with the commands they have applied, and whoever leads next goes on from there. No wall clock has a part in
 * it: neither its jumps nor a stop of the whole cluster costs a lease its life.
 */
export class LeaseClock {
  readonly #clock: Pick<Clock, "monotonicMs">;
  #appliedMs: number;
  /** What the lease clock is ahead of the monotonic one; undefined while it stands. */
  #aheadMs: number | undefined;

  /** A clock that stands at `appliedMs`. */
  constructor(clock: Pick<Clock, "monotonicMs">, appliedMs: number) {
    this.#clock = clock;
    this.#appliedMs = appliedMs;
  }

  /** The highest reading in any command that has been applied. */
  get appliedMs(): number {
    return this.#appliedMs;
  }

  /** Takes note of the reading in a command. */
  observe(timeMs: number): void {
    if (timeMs <= this.#appliedMs) return;
    this.#appliedMs = timeMs;
    if (this.#aheadMs !== undefined && this.nowMs < timeMs) this.start();
  }

  /** Lets it run on from {@link appliedMs}. */
  start(): void {
    this.#aheadMs = this.#appliedMs - this.#clock.monotonicMs();
  }

  /** Whether it runs. */
  get isRunning(): boolean {
    return this.#aheadMs !== undefined;
  }

  /** The present reading. */
  get nowMs(): number {
    return this.#aheadMs === undefined ? this.#appliedMs : this.#clock.monotonicMs() + this.#aheadMs;
  }
}
