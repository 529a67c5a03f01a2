import type { Clock } from "../ports/mod.ts";

/** How long a piece of long work may keep everything else waiting. */
export const sliceMs = 2;

/** Work in slices: each `next()` does a bounded piece of it, the generator's return value is the result. */
export type Sliced<Result> = Generator<unknown, Result>;

/** Does sliced work to its end without a pause, for callers that nothing waits behind. */
export function runToEnd<Result>(work: Sliced<Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/**
 * Does sliced work in turns of about {@link sliceMs}, with other work between the turns. Calls `finished` or, when the work
 * throws, `failed`; either may come before this returns, when the first turn is enough. `cancelled` is asked before every further turn.
 */
export function runInSlices<Result>(
  work: Sliced<Result>,
  options: {
    clock: Clock;
    finished(result: Result): void;
    failed(error: unknown): void;
    cancelled?(): boolean;
  },
): void {
  const { clock } = options;
  const turn = () => {
    if (options.cancelled?.()) {
      work.return(undefined as Result);
      return;
    }
    const endMs = clock.monotonicMs() + sliceMs;
    let step: IteratorResult<unknown, Result>;
    try {
      do step = work.next(); while (!step.done && clock.monotonicMs() < endMs);
    } catch (error) {
      return options.failed(error);
    }
    if (step.done) options.finished(step.value);
    else clock.nextTurn(turn);
  };
  turn();
}
