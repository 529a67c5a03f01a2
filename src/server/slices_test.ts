import assert from "node:assert/strict";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { runInSlices, runToEnd, streamInSlices } from "./slices.ts";

/** Work of `steps` steps, each of which takes a millisecond of the clock. */
function* steps(clock: ManualClock, count: number): Generator<number, string> {
  for (let step = 1; step <= count; step++) {
    clock.advance(1);
    yield step;
  }
  return "done";
}

class Waiter<Result> {
  result: Result | undefined;
  error: unknown;
  gone = false;
  finished = (result: Result) => void (this.result = result);
  failed = (error: unknown) => void (this.error = error);
  isGone = () => this.gone;
}

Deno.test("runToEnd() gives what the work returns", () => {
  assert.equal(runToEnd(steps(new ManualClock(), 10)), "done");
});

Deno.test("runInSlices() finishes short work before it returns", () => {
  const clock = new ManualClock();
  const waiter = new Waiter<string>();
  runInSlices(steps(clock, 1), { clock, ...waiter });
  assert.equal(waiter.result, "done");
});

Deno.test("runInSlices() gives way between slices of long work", () => {
  const clock = new ManualClock();
  const waiter = new Waiter<string>();
  runInSlices(steps(clock, 10), { clock, ...waiter });
  let turns = 0;
  for (; waiter.result === undefined; turns++) {
    assert.ok(turns < 10);
    const before = clock.monotonicMs();
    clock.turn();
    assert.ok(clock.monotonicMs() - before <= 3, "a slice is a few milliseconds");
  }
  assert.ok(turns > 2);
});

Deno.test("runInSlices() reports what the work throws, in whatever slice", () => {
  const clock = new ManualClock();
  const waiter = new Waiter<void>();
  const cause = new Error("broken");
  function* failing() {
    yield* steps(clock, 5);
    throw cause;
  }
  runInSlices(failing(), { clock, ...waiter });
  for (let turn = 0; turn < 5; turn++) clock.turn();
  assert.equal(waiter.error, cause);
  assert.equal(waiter.result, undefined);
});

Deno.test("runInSlices() gives the work up when nobody waits any more, and lets it clean up", () => {
  const clock = new ManualClock();
  const waiter = new Waiter<string>();
  let cleaned = false;
  function* work() {
    try {
      return yield* steps(clock, 100);
    } finally {
      cleaned = true;
    }
  }
  runInSlices(work(), { clock, ...waiter, isGone: () => waiter.gone });
  waiter.gone = true;
  clock.turn();
  assert.ok(cleaned);
  assert.equal(waiter.result, undefined);
  clock.turn();
  assert.equal(waiter.error, undefined);
});

Deno.test("streamInSlices() rests when a piece is refused, and goes on when told", () => {
  const clock = new ManualClock();
  const waiter = new Waiter<string>();
  const taken: number[] = [];
  const resume = streamInSlices(steps(clock, 4), {
    clock,
    ...waiter,
    take: (piece) => {
      taken.push(piece);
      return piece !== 2;
    },
  });
  for (let turn = 0; turn < 3; turn++) clock.turn();
  assert.deepEqual(taken, [1, 2]);
  resume();
  resume();
  for (let turn = 0; turn < 3; turn++) clock.turn();
  assert.deepEqual(taken, [1, 2, 3, 4]);
  assert.equal(waiter.result, "done");
  resume();
  clock.turn();
  assert.deepEqual(taken, [1, 2, 3, 4]);
});

Deno.test("streamInSlices() lets resting work clean up when it is resumed for nobody", () => {
  const clock = new ManualClock();
  const waiter = new Waiter<string>();
  let cleaned = false;
  function* work() {
    try {
      return yield* steps(clock, 3);
    } finally {
      cleaned = true;
    }
  }
  const resume = streamInSlices(work(), { clock, ...waiter, isGone: () => waiter.gone, take: () => false });
  waiter.gone = true;
  resume();
  clock.turn();
  assert.ok(cleaned);
});
