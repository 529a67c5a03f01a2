import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { type DeadlineEntry, Deadlines } from "./deadlines.ts";

function entry(deadlineMs: number, onDeadline: () => void): DeadlineEntry {
  return { deadlineMs, deadlineNext: null, deadlinePrevious: null, onDeadline };
}

Deno.test("Deadlines meets every deadline that is still kept, in time and never early", () => {
  const plan = fc.array(
    fc.record({ deadlineMs: fc.integer({ min: 1, max: 20_000 }), removedAtMs: fc.integer({ min: 0, max: 40_000 }) }),
  );
  fc.assert(
    fc.property(plan, fc.integer({ min: 1, max: 700 }), (calls, stepMs) => {
      const clock = new ManualClock();
      const deadlines = new Deadlines(clock);
      const metAtMs = new Map<DeadlineEntry, number>();
      const kept = calls.map(({ deadlineMs, removedAtMs }) => {
        const kept: DeadlineEntry = entry(deadlineMs, () => metAtMs.set(kept, clock.monotonicMs()));
        return { kept, removedAtMs };
      });
      for (const { kept: call } of kept) deadlines.add(call);
      for (let nowMs = 0; nowMs < 41_000; nowMs += stepMs) {
        for (const { kept: call, removedAtMs } of kept) if (removedAtMs <= nowMs) deadlines.remove(call);
        clock.advance(stepMs);
      }
      for (const { kept: call, removedAtMs } of kept) {
        const metMs = metAtMs.get(call);
        if (metMs !== undefined) {
          assert.ok(metMs >= call.deadlineMs && metMs <= call.deadlineMs + 10, `${metMs} for ${call.deadlineMs}`);
        }
        if (removedAtMs > call.deadlineMs + 10 + stepMs) {
          assert.notEqual(metMs, undefined);
        }
        if (removedAtMs + stepMs < call.deadlineMs - 10) assert.equal(metMs, undefined);
      }
      assert.equal(deadlines.size, 0);
      assert.equal(clock.timerCount, 0);
    }),
    propertyOptions({ numRuns: 40 }),
  );
});

Deno.test("Deadlines sets one timer for any number of calls, and no new one for calls that end in time", () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  for (let i = 0; i < 1000; i++) {
    const call = entry(clock.monotonicMs() + 5000, () => assert.fail("ended in time"));
    deadlines.add(call);
    assert.equal(clock.timerCount, 1);
    clock.advance(1);
    deadlines.remove(call);
  }
  clock.advance(10_000);
  assert.equal(clock.timerCount, 0);
});

Deno.test("Deadlines keeps deadlines that are years away", () => {
  const clock = new ManualClock();
  const deadlines = new Deadlines(clock);
  deadlines.add(entry(2 ** 45, () => assert.fail("years too early")));
  clock.advance(20_000);
  assert.equal(deadlines.size, 1);
  assert.equal(clock.timerCount, 1);
  deadlines.close();
  assert.equal(clock.timerCount, 0);
});
