import assert from "node:assert/strict";
import { errors, EtcdError } from "../../../src/base/mod.ts";
import { KeySpace, type LeaseBook } from "../../../src/mvcc/mod.ts";
import { type StorageAdapter, WriteBatch } from "../../../src/ports/mod.ts";
import { memory } from "../../../storage_adapters/memory/mod.ts";
import { sqlite } from "../../../storage_adapters/sqlite/mod.ts";
import { seededRandom } from "../../support/seeded_random.ts";

const noLeases: LeaseBook = { has: () => false, leaseOf: () => 0n, attach() {}, detach() {} };

function toEnd<Result>(steps: Generator<unknown, Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function open(storage: StorageAdapter): KeySpace {
  return toEnd(KeySpace.open(storage, { leases: noLeases, compactionBatchLimit: 10 }));
}

function store(keyspace: KeySpace, storage: StorageAdapter): void {
  const batch = new WriteBatch();
  keyspace.takeEffects(batch);
  storage.apply(batch);
  keyspace.effectsStored();
}

const hashOf = (keyspace: KeySpace, revision = 0) => toEnd(keyspace.hashSlices(revision));

/** 400 changes of 40 keys, the same for every keyspace. */
function change(keyspace: KeySpace): void {
  const random = seededRandom(7);
  for (let i = 0; i < 400; i++) {
    const key = Uint8Array.of(97 + random.below(40));
    if (random.below(4) === 0) keyspace.deleteRange({ key });
    else keyspace.put({ key, value: new Uint8Array(random.below(60)).fill(i) });
  }
}

Deno.test("KeySpace.hashSlices() is the same on every storage and at every moment of a compaction", async () => {
  const directory = await Deno.makeTempDir({ prefix: "detcd-hash-" });
  const storage = sqlite({ directory });
  try {
    const stored = open(storage);
    const reference = open(memory());
    change(stored);
    change(reference);
    assert.deepEqual(hashOf(stored), hashOf(reference), "rows that no storage has yet");
    store(stored, storage);
    assert.deepEqual(hashOf(stored), hashOf(reference));
    const revision = stored.revision - 5;
    const middle = revision - 100;
    assert.deepEqual(hashOf(stored, middle), hashOf(reference, middle));
    for (const keyspace of [stored, reference]) keyspace.compact(middle);
    const expected = hashOf(reference, revision);
    assert.deepEqual(expected.compactRevision, middle);
    assert.deepEqual(hashOf(stored, revision), expected, "declared, nothing removed");
    let steps = 0;
    for (const slices = stored.compactionSlices(); !slices.next().done; steps++) {
      assert.deepEqual(hashOf(stored, revision), expected, `step ${steps}`);
      store(stored, storage);
      assert.deepEqual(hashOf(stored, revision), expected, `step ${steps}, stored`);
      assert.deepEqual(hashOf(open(storage), revision), expected, `step ${steps}, opened anew`);
    }
    assert.ok(steps > 5, `compaction took ${steps} steps`);
    assert.deepEqual(hashOf(stored, revision), expected, "removed, not stored");
    store(stored, storage);
    assert.equal(stored.isCompactionPending, false);
    assert.deepEqual(hashOf(stored, revision), expected, "removed");
    assert.deepEqual(hashOf(open(storage), revision), expected, "removed, opened anew");
    assert.notEqual(hashOf(stored).hash, expected.hash);
  } finally {
    await storage.close();
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("KeySpace.hashSlices() changes with every byte of every row, and with what is missing", () => {
  const storage = memory();
  const keyspace = open(storage);
  change(keyspace);
  store(keyspace, storage);
  const { hash } = hashOf(keyspace);
  const put = (key: number, value: Uint8Array) => {
    const batch = new WriteBatch();
    batch.putNumbered("history", key, value);
    storage.apply(batch);
  };
  const rows = storage.scanNumbered("history", { limit: 1000 });
  for (const { key, value } of rows) {
    for (let at = 0; at < value.length; at++) {
      const damaged = value.slice();
      damaged[at] ^= 1 << (at % 8);
      put(key, damaged);
      // The index was built before: the hash reads rows anew.
      assert.notEqual(hashOf(keyspace).hash, hash, `byte ${at} of row ${key}`);
    }
    const batch = new WriteBatch();
    batch.deleteNumbered("history", key);
    storage.apply(batch);
    assert.notEqual(hashOf(keyspace).hash, hash, `without row ${key}`);
    put(key, value);
  }
  assert.equal(hashOf(keyspace).hash, hash);
});

Deno.test("KeySpace.hashSlices() refuses revisions that are compacted or still to come, and holds compaction back until its end", () => {
  const storage = memory();
  const keyspace = open(storage);
  change(keyspace);
  store(keyspace, storage);
  keyspace.compact(200);
  for (const _ of keyspace.compactionSlices()) store(keyspace, storage);
  store(keyspace, storage);
  const refusal = (revision: number): EtcdError => {
    let error: unknown;
    assert.throws(() => hashOf(keyspace, revision), (thrown) => (error = thrown) instanceof EtcdError);
    return error as EtcdError;
  };
  assert.equal(refusal(199).message, errors.compacted().message);
  assert.equal(refusal(keyspace.revision + 1).message, errors.futureRev().message);
  assert.equal(hashOf(keyspace, 200).revision, 200);

  const expected = hashOf(keyspace);
  const steps = keyspace.hashSlices(0);
  steps.next();
  keyspace.compact(300);
  keyspace.put({ key: Uint8Array.of(1), value: Uint8Array.of(2) });
  const slices = keyspace.compactionSlices();
  assert.equal(slices.next().value, "pinned");
  assert.deepEqual(toEnd(steps), expected);
  for (const _ of slices) store(keyspace, storage);
  assert.notEqual(hashOf(keyspace).hash, expected.hash);
  const given = keyspace.hashSlices(0);
  given.next();
  assert.equal(keyspace.openReads, 1);
  given.return(expected);
  assert.equal(keyspace.openReads, 0);
});
