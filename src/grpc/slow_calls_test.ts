import assert from "node:assert/strict";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { type SlowCall, SlowCalls } from "./slow_calls.ts";
import type { UnaryServerCall } from "./unary_call.ts";

function callAt(arrivalMs: number): UnaryServerCall {
  const fields = { arrivalMs, path: "/s/m", peer: "p", subject: arrivalMs, requestLength: 3, responseLength: 4 };
  return fields as unknown as UnaryServerCall;
}

Deno.test("SlowCalls reports the calls of a turn that took longer, at the turn's end", async () => {
  const clock = new ManualClock();
  const reports: SlowCall[] = [];
  const slow = new SlowCalls(clock, { afterMs: 100, report: (call) => reports.push(call) });
  clock.advance(1000);
  for (const arrivalMs of [950, 899, 900]) slow.ended(callAt(arrivalMs));
  assert.deepEqual(reports, []);
  await Promise.resolve();
  assert.deepEqual(reports, [
    { path: "/s/m", peer: "p", subject: 899, requestBytes: 3, responseBytes: 4, tookMs: 101 },
  ]);
  slow.ended(callAt(0));
  await Promise.resolve();
  assert.equal(reports.length, 2);
});

Deno.test("SlowCalls keeps at most 64 calls waiting", () => {
  const clock = new ManualClock();
  let reports = 0;
  const slow = new SlowCalls(clock, { afterMs: -Infinity, report: () => reports++ });
  for (let call = 0; call < 200; call++) slow.ended(callAt(0));
  assert.equal(reports, 192);
});
