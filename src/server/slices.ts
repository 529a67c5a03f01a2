import type { Clock } from "../ports/mod.ts";

/** How long a piece of long work may keep everything else waiting. */
const sliceMs = 1;

/** Work in slices: each `next()` does a bounded piece of it, the generator's return value is the result. */
export type Sliced<Piece, Result> = Generator<Piece, Result>;

/** Does sliced work to its end without a pause, for callers that nothing waits behind. */
export function runToEnd<Result>(work: Sliced<unknown, Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Who waits for sliced work. */
export interface SliceOptions<Result> {
  clock: Clock;
  finished(result: Result): void;
  failed(error: unknown): void;
  /** Asked before every turn but the first: true gives the work up. */
  isGone(): boolean;
}

/**
 * Does sliced work in turns of about a millisecond with other work between them. Calls `finished` or, when the work throws,
 * `failed`; either may come before this returns, when the first turn is enough.
 */
export function runInSlices<Result>(work: Sliced<unknown, Result>, options: SliceOptions<Result>): void {
  streamInSlices(work, { ...options, take: () => true });
}

/**
 * As {@link runInSlices}, and gives every piece that the work yields to `take`. When that returns false the work rests until the
 * returned function is called.
 */
export function streamInSlices<Piece, Result>(
  work: Sliced<Piece, Result>,
  options: SliceOptions<Result> & { take(piece: Piece): boolean },
): () => void {
  const { clock } = options;
  let state: "running" | "resting" | "ended" = "running";
  const end = () => {
    state = "ended";
    work.return(undefined as Result);
  };
  const turn = () => {
    state = "running";
    const endMs = clock.monotonicMs() + sliceMs;
    do {
      let step: IteratorResult<Piece, Result>;
      try {
        step = work.next();
      } catch (error) {
        state = "ended";
        return options.failed(error);
      }
      if (step.done) {
        state = "ended";
        return options.finished(step.value);
      }
      if (!options.take(step.value)) {
        state = "resting";
        return;
      }
    } while (clock.monotonicMs() < endMs);
    clock.afterInput(later);
  };
  const later = () => options.isGone() ? end() : turn();
  turn();
  return () => {
    if (state !== "resting") return;
    state = "running";
    clock.afterInput(later);
  };
}
