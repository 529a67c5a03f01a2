import assert from "node:assert/strict";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { Registry } from "../../base/mod.ts";
import { GroupTimer, type GroupTimerOptions, type SlowWork } from "./group_timer.ts";
import { LazyHistogram } from "./metrics.ts";

function setUp(slowTime: GroupTimerOptions<string>["slowTime"] = "work") {
  const clock = new ManualClock();
  let clockReads = 0;
  const spec = { help: "", bounds: [0.001, 0.01, 0.1, 1], labelNames: ["outcome"] };
  const registry = new Registry();
  const work = registry.histograms("work", spec);
  const request = registry.histograms("request", spec);
  const slow: SlowWork<string>[] = [];
  const timer = new GroupTimer<string>({
    clock: {
      monotonicMs: () => {
        clockReads++;
        return clock.monotonicMs();
      },
      wallMs: () => clock.wallMs(),
      after: (delayMs, callback) => clock.after(delayMs, callback),
      nextTurn: (callback) => clock.nextTurn(callback),
      afterInput: (callback) => clock.afterInput(callback),
    },
    outcomes: ["ok", "failed"].map((outcome) => ({
      work: new LazyHistogram(work, outcome),
      request: new LazyHistogram(request, outcome),
    })),
    slowTime,
    slowAfterMs: 100,
    onSlow: (each) => slow.push(each),
  });
  return { clock, timer, work, request, slow, clockReads: () => clockReads };
}

Deno.test("GroupTimer gives each piece the group's mean, and each request its own time from its arrival", () => {
  const { clock, timer, work, request, slow } = setUp();
  clock.advance(50);
  timer.begin();
  clock.advance(3);
  timer.add(0, 40, "a", 1);
  clock.advance(5);
  timer.add(1, NaN, "b", 1);
  timer.close();
  clock.advance(1000); // belongs to nobody
  timer.begin();
  clock.advance(8);
  timer.add(0, 1050, "c", 1);
  timer.close();
  const sums = (family: typeof work) =>
    ["ok", "failed"].map((outcome) => Number(family.labels(outcome).sum.toFixed(6)));
  assert.deepEqual(sums(work), [0.004 + 0.008, 0.004]);
  assert.deepEqual(sums(request), [0.018 + 0.016, 0], "nobody waited for the piece without an arrival");
  assert.equal(work.labels("ok").count, 2);
  assert.deepEqual(slow, []);
});

Deno.test("GroupTimer reads the clock twice for up to 64 pieces", () => {
  const { timer, work, clockReads } = setUp();
  for (let piece = 0; piece < 130; piece++) {
    timer.begin();
    timer.add(0, 0, "a", 1);
  }
  timer.close();
  assert.equal(clockReads(), 6);
  assert.equal(work.labels("ok").count, 130);
});

Deno.test("GroupTimer reports a slow group by its first piece, or each piece whose request took long", () => {
  for (const slowTime of ["work", "request"] as const) {
    const { clock, timer, slow } = setUp(slowTime);
    clock.advance(1000);
    timer.begin();
    clock.advance(101);
    timer.add(0, 1050, "a", 1);
    timer.add(0, 900, "b", 2);
    timer.close();
    assert.deepEqual(
      slow,
      slowTime === "work"
        ? [{ what: "a", pieces: 2, size: 1, tookMs: 101 }]
        : [{ what: "b", pieces: 1, size: 2, tookMs: 201 }],
    );
  }
});
