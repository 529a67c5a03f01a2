import assert from "node:assert/strict";
import { HostClock, systemClock } from "./clock.ts";

Deno.test("systemClock.after() calls back once the delay has passed, and not when cancelled", async () => {
  const startMs = systemClock.monotonicMs();
  const calls: string[] = [];
  const cancelled = systemClock.after(1, () => calls.push("cancelled"));
  cancelled.cancel();
  await new Promise<void>((resolve) => systemClock.after(10, resolve));
  assert.ok(systemClock.monotonicMs() - startMs >= 9.9);
  assert.deepEqual(calls, []);
});

Deno.test("systemClock.after() takes delays that host timers cannot hold", () => {
  let isCalled = false;
  const timer = systemClock.after(2 ** 40, () => isCalled = true);
  timer.cancel();
  assert.equal(isCalled, false);
});

Deno.test("systemClock.nextTurn() calls back in a later turn, after microtasks", async () => {
  const order: string[] = [];
  const turn = new Promise<void>((resolve) =>
    systemClock.nextTurn(() => {
      order.push("turn");
      resolve();
    })
  );
  queueMicrotask(() => order.push("microtask"));
  order.push("now");
  await turn;
  assert.deepEqual(order, ["now", "microtask", "turn"]);
});

Deno.test("systemClock.wallMs() is the host's time of day", () => {
  assert.ok(Math.abs(systemClock.wallMs() - Date.now()) < 1000);
});

Deno.test("HostClock keeps the same time as systemClock, and calls back after input until and after it is closed", async () => {
  const clock = await HostClock.open();
  assert.ok(Math.abs(clock.monotonicMs() - systemClock.monotonicMs()) < 1000);
  assert.ok(Math.abs(clock.wallMs() - systemClock.wallMs()) < 1000);
  for (const close of [() => {}, () => clock.close()]) {
    close();
    await new Promise<void>((resolve) => clock.after(1, resolve));
    await new Promise<void>((resolve) => clock.nextTurn(resolve));
    await new Promise<void>((resolve) => clock.afterInput(resolve));
  }
});

Deno.test("HostClock.open() makes do with timers where it cannot use the loopback interface", {
  permissions: { net: false },
}, async () => {
  const clock = await HostClock.open();
  await new Promise<void>((resolve) => clock.afterInput(resolve));
  clock.close();
});
