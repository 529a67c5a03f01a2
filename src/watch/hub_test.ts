import assert from "node:assert/strict";
import { mvccpb } from "../../proto/gen/mod.ts";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { KeySpace } from "../mvcc/mod.ts";
import type { LeaseBook } from "../mvcc/mod.ts";
import { type WatchBatch, WatchHub, type WatchSink, type WatchSpec } from "./mod.ts";

const noLeases: LeaseBook = { has: () => false, leaseOf: () => 0n, attach() {}, detach() {} };
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

class Sink implements WatchSink {
  seen: string[] = [];
  compactRevision = 0;
  isFull = false;
  take(batch: WatchBatch): boolean {
    if (this.isFull) return false;
    const events = batch.events.map((event) => {
      const { type, kv, prevKv } = mvccpb.Event.decode(event);
      return `${type === 0 ? "+" : "-"}${text(kv!.key)}@${kv!.modRevision}${prevKv ? `<${text(prevKv.value)}` : ""}`;
    });
    this.seen.push(`${batch.revision}: ${events.join(" ")}`);
    return true;
  }
  compacted(compactRevision: number): void {
    this.compactRevision = compactRevision;
  }
}

function open() {
  const steps = KeySpace.open(memory(), { leases: noLeases });
  let step = steps.next();
  while (!step.done) step = steps.next();
  const keyspace = step.value;
  const clock = new ManualClock();
  const hub = new WatchHub({ keyspace, clock });
  const watch = (key: string, spec: Partial<WatchSpec> = {}, sink = new Sink()) => {
    const watcher = hub.watch(
      { key: bytes(key), startRevision: 0, prevKv: false, noPut: false, noDelete: false, ...spec },
      sink,
    );
    return Object.assign(sink, { watcher });
  };
  const put = (key: string, value = "") => keyspace.put({ key: bytes(key), value: bytes(value) });
  return { keyspace, clock, hub, watch, put };
}

Deno.test("WatchHub.watch() tells of a run's changes in one batch", () => {
  const { hub, watch, put, keyspace } = open();
  const one = watch("a");
  const all = watch("a", { rangeEnd: bytes("\0"), prevKv: true });
  put("a", "1");
  put("b", "2");
  put("a", "3");
  keyspace.deleteRange({ key: bytes("a") });
  hub.endRun();
  assert.deepEqual(one.seen, ["5: +a@2 +a@4 -a@5"]);
  assert.deepEqual(all.seen, ["5: +a@2 +b@3 +a@4<1 -a@5<3"]);
});

Deno.test("WatchHub.watch() from the past reads the history first", () => {
  const { clock, hub, watch, put } = open();
  for (let i = 0; i < 5; i++) put("a", String(i));
  const past = watch("a", { startRevision: 3, prevKv: true });
  const future = watch("a", { startRevision: 8 });
  assert.equal(past.watcher.isSynced, false);
  clock.turn();
  assert.deepEqual(past.seen, ["6: +a@3<0 +a@4<1 +a@5<2 +a@6<3"]);
  assert.equal(past.watcher.isSynced, true);
  put("a", "7");
  put("a", "8");
  hub.endRun();
  assert.deepEqual(past.seen.slice(1), ["8: +a@7<4 +a@8<7"]);
  assert.deepEqual(future.seen, ["8: +a@8"]);
});
