import assert from "node:assert/strict";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { LeaseClock } from "./lease_clock.ts";

Deno.test("LeaseClock stands until it is started, and goes on from the last command's reading", () => {
  const host = new ManualClock();
  const clock = new LeaseClock(host, 700);
  host.advance(50);
  assert.equal(clock.nowMs, 700);
  clock.observe(900);
  assert.equal(clock.nowMs, 900);
  clock.start();
  assert.equal(clock.nowMs, 900);
  host.advance(50);
  assert.equal(clock.nowMs, 950);
  assert.equal(clock.appliedMs, 900);
});

Deno.test("LeaseClock.observe() never turns the clock back, and turns it forward when a command is ahead", () => {
  const host = new ManualClock();
  const clock = new LeaseClock(host, 0);
  clock.start();
  host.advance(100);
  clock.observe(40);
  assert.equal(clock.nowMs, 100);
  assert.equal(clock.appliedMs, 40);
  clock.observe(30);
  assert.equal(clock.appliedMs, 40);
  clock.observe(500);
  assert.equal(clock.nowMs, 500);
  host.advance(1);
  assert.equal(clock.nowMs, 501);
});
