import assert from "node:assert/strict";
import { AbuseMeter, TokenBucket } from "./abuse.ts";

Deno.test("TokenBucket.take() gives the burst, then what time brings back, never above the burst", () => {
  const bucket = new TokenBucket(3, 10);
  bucket.start(1000);
  const takes = (nowMs: number) => {
    let count = 0;
    while (bucket.take(nowMs)) count++;
    return count;
  };
  assert.equal(takes(1000), 3);
  assert.equal(takes(1050), 0);
  assert.equal(takes(1100), 1);
  assert.equal(takes(1300), 2);
  assert.equal(takes(1_000_000), 3);
  assert.equal(takes(0), 0);
  bucket.give(2);
  assert.equal(takes(1_000_000), 2);
  bucket.give(100);
  assert.equal(takes(1_000_000), 3);
});

Deno.test("AbuseMeter gives allowance back for useful work", () => {
  const meter = new AbuseMeter({ resetBurst: 2, resetsPerSecond: 0, idleFrameBurst: 2, idleFramesPerSecond: 0 });
  meter.start(0);
  for (let i = 0; i < 100; i++) {
    assert.equal(meter.onReset(0), true);
    meter.onCompletedStream();
    assert.equal(meter.onIdleFrame(0), true);
    meter.onUsefulFrame();
  }
  assert.deepEqual([meter.onReset(0), meter.onReset(0), meter.onReset(0)], [true, true, false]);
  assert.deepEqual([meter.onIdleFrame(0), meter.onIdleFrame(0), meter.onIdleFrame(0)], [true, true, false]);
});
