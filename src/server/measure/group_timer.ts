import type { Clock } from "../../ports/mod.ts";
import type { LazyHistogram } from "./metrics.ts";

/** The histograms of a kind of work with a certain outcome. */
export interface TimedOutcome {
  /** Takes the seconds of the work itself. */
  work?: LazyHistogram;
  /** Takes the seconds from the request's arrival to the end of the work. */
  request: LazyHistogram;
}

/** Work that has taken long. */
export interface SlowWork<What> {
  /** What was done; of several pieces, the first. */
  what: What;
  /** How many pieces the time is for. */
  pieces: number;
  /** What was given as the result's size. */
  size: number;
  tookMs: number;
}

/** What a {@link GroupTimer} works with. */
export interface GroupTimerOptions<What> {
  clock: Clock;
  /** By their numbers in {@link GroupTimer.add}. */
  outcomes: readonly TimedOutcome[];
  /**
   * Whose time is held against `slowAfterMs`: that of the group's work as a whole, or each piece's from its request's arrival.
   */
  slowTime: "work" | "request";
  slowAfterMs: number;
  onSlow(work: SlowWork<What>): void;
}

/** Pieces of work in a group. */
const groupMax = 64;

/**
 * Times small pieces of work that follow one another. A look at the clock costs more than some of the pieces, so the clock is read
 * once for a group, and each piece counts with the group's mean. A group of one is timed exactly.
 */
export class GroupTimer<What> {
  readonly #options: GroupTimerOptions<What>;
  /** When the open group's work began. */
  #startMs = 0;
  #count = 0;
  /** The pieces' outcomes, arrivals (NaN where nobody waits), subjects and results' sizes. */
  readonly #outcomes = new Uint8Array(groupMax);
  readonly #arrivalsMs = new Float64Array(groupMax);
  readonly #subjects: (What | undefined)[] = new Array(groupMax).fill(undefined);
  readonly #sizes = new Float64Array(groupMax);
  #isOpen = false;

  constructor(options: GroupTimerOptions<What>) {
    this.#options = options;
  }

  /** Whether a group is open. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Call it before a piece of work. */
  begin(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#startMs = this.#options.clock.monotonicMs();
  }

  /** Call it after a piece of work. `arrivalMs` is NaN where no request waits for it. */
  add(outcome: number, arrivalMs: number, what: What, size: number): void {
    const at = this.#count++;
    this.#outcomes[at] = outcome;
    this.#arrivalsMs[at] = arrivalMs;
    this.#subjects[at] = what;
    this.#sizes[at] = size;
    if (this.#count === groupMax) this.close();
  }

  /** Ends the open group, if there is one: what happens until the next `begin` counts for nobody. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const count = this.#count;
    this.#count = 0;
    if (count === 0) return;
    const endMs = this.#options.clock.monotonicMs();
    const { outcomes, slowTime, slowAfterMs } = this.#options;
    const workMs = endMs - this.#startMs;
    for (let at = 0; at < count; at++) {
      const { work, request } = outcomes[this.#outcomes[at]];
      work?.value.observe(workMs / count / 1000);
      const arrivalMs = this.#arrivalsMs[at];
      if (Number.isNaN(arrivalMs)) continue;
      const tookMs = endMs - arrivalMs;
      request.value.observe(tookMs / 1000);
      if (slowTime === "request" && tookMs > slowAfterMs) this.#report(at, 1, tookMs);
    }
    if (slowTime === "work" && workMs > slowAfterMs) this.#report(0, count, workMs);
    this.#subjects.fill(undefined, 0, count);
  }

  #report(at: number, pieces: number, tookMs: number): void {
    this.#options.onSlow({ what: this.#subjects[at]!, pieces, size: this.#sizes[at], tookMs });
  }
}
