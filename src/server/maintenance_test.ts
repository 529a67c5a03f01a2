import assert from "node:assert/strict";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { type Gauge, type Histogram, Registry } from "../base/mod.ts";
import { Maintenance } from "./maintenance.ts";

function setUp() {
  const registry = new Registry();
  const clock = new ManualClock();
  const storage = memory();
  const maintenance = new Maintenance({ storage, clock, registry });
  const metric = (name: string) => [...registry.collect().find((each) => each.name === name)!.children()][0].metric;
  return { storage, clock, maintenance, metric };
}

Deno.test("Maintenance.defragment() runs once for all who ask while it runs, and measures it", async () => {
  const { storage, maintenance, metric } = setUp();
  const runs: PromiseWithResolvers<void>[] = [];
  storage.defragment = () => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  };
  const inflight = metric("etcd_disk_defrag_inflight") as Gauge;
  const seconds = metric("etcd_disk_backend_defrag_duration_seconds") as Histogram;
  const first = maintenance.defragment();
  const second = maintenance.defragment();
  assert.equal(runs.length, 1);
  assert.equal(inflight.value, 1);
  runs[0].resolve();
  await Promise.all([first, second]);
  assert.deepEqual([inflight.value, seconds.count], [0, 1]);
  const third = maintenance.defragment();
  assert.equal(runs.length, 2);
  runs[1].reject(new Error("the disk is full"));
  await assert.rejects(third, /the disk is full/);
  assert.deepEqual([inflight.value, seconds.count], [0, 1]);
});

Deno.test("Maintenance.snapshot() gives the storage's, and measures those that were read to their end", async () => {
  const { storage, maintenance, metric } = setUp();
  const seconds = metric("etcd_disk_backend_snapshot_duration_seconds") as Histogram;
  const read = (source: AsyncIterable<Uint8Array>) => Array.fromAsync(source);
  assert.deepEqual(await read(maintenance.snapshot()), await read(storage.snapshot()));
  assert.equal(seconds.count, 1);
  for await (const _ of maintenance.snapshot()) break;
  assert.equal(seconds.count, 1);
});
