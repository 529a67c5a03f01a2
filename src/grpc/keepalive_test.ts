import assert from "node:assert/strict";
import { Keepalive, PingPolicy } from "./keepalive.ts";

Deno.test("Keepalive pings after the interval of silence and closes after the timeout", () => {
  const keepalive = new Keepalive({ intervalMs: 100, timeoutMs: 20 }, 0);
  assert.equal(keepalive.due(99), "none");
  assert.equal(keepalive.due(100), "ping");
  assert.equal(keepalive.due(119), "none");
  assert.equal(keepalive.due(120), "close");
});

Deno.test("Keepalive takes any received byte as a sign of life", () => {
  const keepalive = new Keepalive({ intervalMs: 100, timeoutMs: 20 }, 0);
  assert.equal(keepalive.due(100), "ping");
  keepalive.received(110);
  assert.equal(keepalive.due(130), "none");
  assert.equal(keepalive.due(210), "ping");
});

Deno.test("PingPolicy forgives two early pings of a client with calls, not a third", () => {
  const policy = new PingPolicy({ minTimeMs: 5000 });
  assert.equal(policy.isTooMany(0, true), false);
  assert.equal(policy.isTooMany(10, true), false);
  assert.equal(policy.isTooMany(20, true), false);
  assert.equal(policy.isTooMany(30, true), true);
});

Deno.test("PingPolicy allows pings at the minimum time, and forgets strikes when something was sent", () => {
  const policy = new PingPolicy({ minTimeMs: 5000 });
  for (let i = 0; i < 10; i++) assert.equal(policy.isTooMany(i * 5000, true), false);
  for (let i = 0; i < 10; i++) {
    policy.sent();
    assert.equal(policy.isTooMany(50_000 + i, true), false);
  }
});

Deno.test("PingPolicy expects two hours between the pings of a client without calls", () => {
  const policy = new PingPolicy({ minTimeMs: 5000 });
  const verdicts = [0, 1, 2, 3].map((hours) => policy.isTooMany(hours * 3_600_000, false));
  assert.deepEqual(verdicts, [false, false, false, true]);
  const patient = new PingPolicy({ minTimeMs: 5000 });
  for (let i = 0; i < 5; i++) assert.equal(patient.isTooMany(i * 7_200_000, false), false);
});
