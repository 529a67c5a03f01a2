/** A timer that has been set. */
export interface Timer {
  /** Prevents the callback; does nothing when it has run. */
  cancel(): void;
}

/** The only source of time and of later turns. The simulator hands in a virtual one; `runtime/` has the only real one. */
export interface Clock {
  /** Milliseconds since an arbitrary start, never going back, with a fraction. */
  monotonicMs(): number;
  /** Milliseconds since 1970-01-01 UTC, as the host believes; it may jump. */
  wallMs(): number;
  /** Calls `callback` once, not before `delayMs` have passed. */
  after(delayMs: number, callback: () => void): Timer;
  /** Calls `callback` in a turn of its own, soon: input that is already waiting may have to wait for it. Costs a microsecond. */
  nextTurn(callback: () => void): void;
  /**
   * Calls `callback` in a turn of its own, after the host has looked for input and after all others that were handed in here: for long
   * work in slices. Costs some ten microseconds.
   */
  afterInput(callback: () => void): void;
}
