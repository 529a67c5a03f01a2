import assert from "node:assert/strict";
import { KeySpace, type KeySpaceOptions, type LeaseBook, readKey } from "../../../src/mvcc/mod.ts";
import { WriteBatch } from "../../../src/ports/mod.ts";
import { memory } from "../../../storage_adapters/memory/mod.ts";

const noLeases: LeaseBook = {
  has: () => false,
  leaseOf: () => 0n,
  attach: () => assert.fail("no lease to attach to"),
  detach: () => assert.fail("no lease to detach from"),
};

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (shown: Uint8Array) => new TextDecoder().decode(shown);
const endless = new Uint8Array(1);

function opened(options: Partial<KeySpaceOptions> = {}) {
  const storage = memory();
  const reopen = (): { keyspace: KeySpace; pauses: number } => {
    const steps = KeySpace.open(storage, { leases: noLeases, ...options });
    for (let pauses = 0;; pauses++) {
      const step = steps.next();
      if (step.done) return { keyspace: step.value, pauses };
    }
  };
  const store = (keyspace: KeySpace) => {
    const batch = new WriteBatch();
    keyspace.takeEffects(batch);
    storage.apply(batch);
    keyspace.effectsStored();
    return batch;
  };
  return { storage, keyspace: reopen().keyspace, reopen, store };
}

function fill(keyspace: KeySpace, count: number): void {
  for (let i = 0; i < count; i++) keyspace.put({ key: bytes(`k${String(i).padStart(6, "0")}`), value: bytes(`${i}`) });
}

Deno.test("KeySpace.open() rebuilds a long history in steps", () => {
  const { keyspace, reopen, store } = opened();
  fill(keyspace, 10_000);
  store(keyspace);
  const again = reopen();
  assert.ok(again.pauses >= 9, `it paused ${again.pauses} times`);
  assert.equal(again.keyspace.revision, 10_001);
  assert.equal(again.keyspace.liveKeys, 10_000);
  assert.deepEqual(again.keyspace.range({ key: bytes("k004999") }), keyspace.range({ key: bytes("k004999") }));
});

Deno.test("KeySpace.open() refuses a history whose revisions go back", () => {
  const { storage, keyspace, reopen, store } = opened();
  fill(keyspace, 3);
  store(keyspace);
  const batch = new WriteBatch();
  batch.putNumbered("history", 4, storage.getNumbered("history", 1)!);
  storage.apply(batch);
  assert.throws(reopen, /History row 4 is of revision 2, after one of revision 4/);
});

Deno.test("KeySpace.rangeSlices() shows the state at its first step, and compaction waits for it", () => {
  const { keyspace, store } = opened({ sliceKeysMax: 100 });
  fill(keyspace, 1000);
  store(keyspace);
  const read = keyspace.rangeSlices({ key: endless, rangeEnd: endless });
  assert.equal(read.next().done, false);
  const { revision } = keyspace;
  keyspace.deleteRange({ key: bytes("k0005"), rangeEnd: endless });
  fill(keyspace, 300);
  keyspace.compact(keyspace.revision);
  const compaction = keyspace.compactionSlices();
  let pause = compaction.next();
  while (pause.value === "working") pause = compaction.next();
  assert.equal(pause.value, "pinned");
  let step = read.next();
  while (!step.done) step = read.next();
  assert.equal(step.value.revision, revision);
  assert.equal(step.value.count, 1000);
  assert.deepEqual(
    step.value.kvs.map((kv) => text(readKey(kv))),
    Array.from({ length: 1000 }, (_, i) => `k${String(i).padStart(6, "0")}`),
  );
  for (;;) {
    const next = compaction.next();
    if (next.done) break;
    assert.notEqual(next.value, "pinned");
    if (next.value === "storage") store(keyspace);
  }
  assert.equal(keyspace.isCompactionPending, false);
});

Deno.test("a read that is given up lets compaction go on", () => {
  const { keyspace } = opened({ sliceKeysMax: 10 });
  fill(keyspace, 100);
  const stream = keyspace.rangeStream({ key: endless, rangeEnd: endless }, { chunkBytes: 100 });
  stream.next();
  keyspace.put({ key: bytes("k"), value: bytes("v") });
  keyspace.compact(keyspace.revision);
  stream.return();
  assert(![...keyspace.compactionSlices()].includes("pinned"));
});

Deno.test("KeySpace.compactionSlices() stops before more deletions wait than may, until they are stored", () => {
  const { storage, keyspace, store } = opened();
  for (let i = 0; i < 20_000; i++) keyspace.put({ key: bytes(`k${i % 10}`), value: bytes("v") });
  store(keyspace);
  keyspace.compact(keyspace.revision);
  let stops = 0;
  let deleted = 0;
  for (const pause of keyspace.compactionSlices()) {
    if (pause !== "storage") continue;
    stops++;
    for (const op of store(keyspace).ops) {
      if (op.kind === "deleteNumbered") deleted++;
      else if (op.kind === "deleteNumberedRange") deleted += op.to - op.from;
    }
    assert(deleted <= stops * 6000);
  }
  assert(stops >= 3, `${stops} stops`);
  store(keyspace);
  assert.equal(storage.scanNumbered("history", { limit: 100 }).length, 10);
});

Deno.test("KeySpace.rangeStream() makes pieces near the size asked for", () => {
  const { keyspace } = opened();
  fill(keyspace, 5000);
  const pieces = [...keyspace.rangeStream({ key: endless, rangeEnd: endless }, { chunkBytes: 4000 })];
  const sizes = pieces.map((piece) => piece!.kvs.reduce((sum, kv) => sum + kv.length, 0));
  assert.equal(pieces[0]!.kvs.length, 10);
  assert(sizes.every((size) => size <= 8000), `${sizes}`);
  assert(sizes.slice(4, -1).every((size) => size >= 2000), `${sizes}`);
  assert(pieces.slice(0, -1).every((piece) => piece!.last === undefined));
  assert.deepEqual(pieces.at(-1)!.last, { revision: 5001, count: 5000, more: false });
});

Deno.test("KeySpace's effects are taken once, and include only what is new", () => {
  const { keyspace, store } = opened();
  fill(keyspace, 2);
  const batch = new WriteBatch();
  keyspace.takeEffects(batch);
  assert.throws(() => keyspace.takeEffects(new WriteBatch()), /taken again/);
  keyspace.effectsStored();
  assert.throws(() => keyspace.effectsStored(), /No effects/);
  assert.equal(store(keyspace).isEmpty, true);
});

Deno.test("KeySpace copies what it is given", () => {
  const { keyspace } = opened();
  const key = bytes("key");
  const value = bytes("value");
  keyspace.put({ key, value });
  key.fill(0);
  value.fill(0);
  const { kvs, count } = keyspace.range({ key: bytes("key") });
  assert.equal(count, 1);
  assert.match(text(kvs[0]), /value/);
});

Deno.test("KeySpace.readHistory() refuses a cursor that compaction has overtaken, and only such", () => {
  const { keyspace } = opened();
  fill(keyspace, 10);
  const behind = keyspace.openHistory(3);
  const ahead = keyspace.openHistory(3);
  assert.deepEqual(keyspace.readHistory(behind, { eventsMax: 2 }).map((event) => event.revision), [3, 4]);
  assert.deepEqual(keyspace.readHistory(ahead, { eventsMax: 3 }).map((event) => event.revision), [3, 4, 5]);
  keyspace.compact(6);
  assert.throws(() => keyspace.readHistory(behind, { eventsMax: 2 }), /required revision has been compacted/);
  assert.deepEqual(keyspace.readHistory(ahead, { eventsMax: 2 }).map((event) => event.revision), [6, 7]);
  assert.throws(() => keyspace.openHistory(5), /required revision has been compacted/);
});
