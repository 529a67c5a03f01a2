import assert from "node:assert/strict";
import { memory } from "../../../storage_adapters/memory/mod.ts";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { errors, type EtcdError, type Gauge, type Histogram, Registry } from "../../base/mod.ts";
import { KeySpace } from "../../mvcc/mod.ts";
import { WriteBatch } from "../../ports/mod.ts";
import { Maintenance } from "./maintenance.ts";
import type { Reader } from "../reads.ts";
import { runToEnd } from "../slices.ts";

const noLeases = { has: () => false, leaseOf: () => 0n, attach() {}, detach() {} };

function setUp() {
  const registry = new Registry();
  const clock = new ManualClock();
  const storage = memory();
  const keyspace = runToEnd(KeySpace.open(storage, { leases: noLeases }));
  const faults: unknown[] = [];
  const onFault = (error: unknown) => void faults.push(error);
  const maintenance = new Maintenance({ storage, keyspace, clock, registry, onFault });
  const metric = (name: string) => [...registry.collect().find((each) => each.name === name)!.children()][0].metric;
  return { storage, keyspace, clock, maintenance, metric, faults };
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

/** A reader, and what it has heard. */
function listener<Result>() {
  const heard: { result?: Result; error?: EtcdError } = {};
  const reader: Reader<Result> = {
    arrivalMs: 0,
    finished: (result) => heard.result = result,
    failed: (error) => heard.error = error,
    isGone: () => false,
  };
  return { heard, reader };
}

const text = (value: string) => new TextEncoder().encode(value);

Deno.test("Maintenance.hashKeySpace() hashes up to a revision, refuses as etcd does, and measures", () => {
  const { keyspace, maintenance, metric, faults } = setUp();
  const hash = (revision: number) => {
    const { heard, reader } = listener<{ hash: number; revision: number; compactRevision: number }>();
    maintenance.hashKeySpace(revision, reader);
    return heard;
  };
  keyspace.put({ key: text("a"), value: text("1") });
  const second = hash(0).result!;
  assert.deepEqual([second.revision, second.compactRevision], [2, -1]);
  keyspace.put({ key: text("a"), value: text("2") });
  assert.deepEqual(hash(2).result, second);
  assert.notEqual(hash(0).result!.hash, second.hash);
  assert.deepEqual(hash(4).error, errors.futureRev());
  keyspace.compact(3);
  assert.deepEqual(hash(2).error, errors.compacted());
  assert.equal((metric("etcd_mvcc_hash_rev_duration_seconds") as Histogram).count, 3);
  assert.deepEqual(faults, []);
  // deno-lint-ignore require-yield
  keyspace.hashSlices = function* () {
    throw new Error("row 5");
  };
  assert.deepEqual(hash(0).error, errors.corrupt());
  assert.equal(faults.length, 1);
});

Deno.test("Maintenance.hashAll() changes with the keyspace and with every row of the small state but how far the log is applied", async () => {
  const { storage, keyspace, clock, maintenance } = setUp();
  const hash = async () => {
    const { heard, reader } = listener<{ hash: number }>();
    maintenance.hashAll(reader);
    while (heard.result === undefined) {
      clock.turn();
      await Promise.resolve();
    }
    return heard.result.hash;
  };
  const write = (change: (batch: WriteBatch) => void) => {
    const batch = new WriteBatch();
    change(batch);
    storage.apply(batch);
  };
  const seen = new Set([await hash()]);
  keyspace.put({ key: text("a"), value: text("1") });
  seen.add(await hash());
  const many = Array.from({ length: 600 }, (_, i) => text(String(i).padStart(4, "0")));
  for (const bucket of ["lease", "auth", "alarm", "member"] as const) {
    write((batch) => many.forEach((key) => batch.putNamed(bucket, key, text("v"))));
    seen.add(await hash());
    write((batch) => batch.putNamed(bucket, many[599], text("w")));
    seen.add(await hash());
  }
  assert.equal(seen.size, 10);
  write((batch) => batch.putNamed("meta", text("applied"), text("5")));
  seen.add(await hash());
  assert.equal(seen.size, 10);
});
