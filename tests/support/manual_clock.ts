import type { Clock, Timer } from "../../src/ports/mod.ts";

/** A clock that stands still until it is told to move; turns and timers run only from {@link ManualClock.advance} and {@link ManualClock.turn}. */
export class ManualClock implements Clock {
  #nowMs = 0;
  #turns: (() => void)[] = [];
  #timers: { dueMs: number; callback: () => void }[] = [];

  monotonicMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  nextTurn(callback: () => void): void {
    this.#turns.push(callback);
  }

  afterInput(callback: () => void): void {
    this.#turns.push(callback);
  }

  /** Timers that are set. */
  get timerCount(): number {
    return this.#timers.length;
  }

  /** Turns that have been asked for. */
  get turnCount(): number {
    return this.#turns.length;
  }

  /** Runs the callbacks of the next turn. */
  turn(): void {
    for (const callback of this.#turns.splice(0)) callback();
  }

  /** Lets time pass; runs what comes due, in order. */
  advance(durationMs: number): void {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#nowMs = due.dueMs;
      due.callback();
    }
    this.#nowMs = endMs;
  }
}
