import assert from "node:assert/strict";
import { memory } from "../../../storage_adapters/memory/mod.ts";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { Registry } from "../../base/mod.ts";
import { KeySpace } from "../../mvcc/mod.ts";
import { WriteBatch } from "../../ports/mod.ts";
import { Compactor } from "./compactor.ts";
import { CompactionMetrics } from "../measure/metrics.ts";
import { runToEnd } from "../slices.ts";

const noLeases = { has: () => false, leaseOf: () => 0n, attach() {}, detach() {} };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** How long a compaction in at least 20 slices takes on a clock that only rests move, and how many it stored. */
async function compactionOf({ restMs }: { restMs?: number }): Promise<{ tookMs: number; stored: number }> {
  const clock = new ManualClock();
  const storage = memory();
  const keyspace = runToEnd(KeySpace.open(storage, { leases: noLeases, compactionBatchLimit: 10 }));
  for (let i = 0; i < 201; i++) keyspace.put({ key: Uint8Array.of(1), value: Uint8Array.of(i) });
  let stored = 0;
  const storeEffects = (then: () => void) => {
    const batch = new WriteBatch();
    keyspace.takeEffects(batch);
    storage.apply(batch);
    keyspace.effectsStored();
    stored++;
    then();
  };
  const compactor = new Compactor({
    keyspace,
    clock,
    restMs,
    logger: silent,
    metrics: new CompactionMetrics(new Registry()),
    storeEffects,
    sync: () => Promise.resolve(),
    size: () => storage.size(),
    onFault: (error) => assert.fail(String(error)),
  });
  keyspace.compact(keyspace.revision);
  let isDone = false;
  compactor.start(() => isDone = true);
  while (!isDone) {
    clock.turn();
    clock.advance(1);
    await Promise.resolve();
  }
  assert.equal(keyspace.events, 1);
  return { tookMs: clock.monotonicMs(), stored };
}

Deno.test("Compactor rests after each slice that goes to storage, as long as it is told", async () => {
  const usual = await compactionOf({});
  const long = await compactionOf({ restMs: 50 });
  const none = await compactionOf({ restMs: 0 });
  assert.equal(usual.stored, long.stored);
  assert.ok(long.stored >= 20, `${long.stored} slices`);
  const rests = long.stored - 1;
  assert.equal(long.tookMs - usual.tookMs, (50 - 5) * rests);
  assert.ok(none.tookMs < usual.tookMs);
});
