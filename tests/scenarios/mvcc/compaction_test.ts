import assert from "node:assert/strict";
import { memory } from "../../../storage_adapters/memory/mod.ts";
import { WriteBatch } from "../../../src/ports/mod.ts";
import { KeySpace } from "../../../src/mvcc/mod.ts";
import type { LeaseBook } from "../../../src/mvcc/mod.ts";

const noLeases: LeaseBook = { has: () => false, leaseOf: () => 0n, attach() {}, detach() {} };

Deno.test("KeySpace.compactionSlices() removes at most the batch limit in a slice, and counts what it has removed", () => {
  for (const compactionBatchLimit of [1, 7, 1000]) {
    const storage = memory();
    const opening = KeySpace.open(storage, { leases: noLeases, compactionBatchLimit });
    let step = opening.next();
    while (!step.done) step = opening.next();
    const keyspace = step.value;
    const value = new Uint8Array(1);
    for (let i = 0; i < 60; i++) keyspace.put({ key: Uint8Array.of(i % 3), value });
    const store = () => {
      const batch = new WriteBatch();
      keyspace.takeEffects(batch);
      storage.apply(batch);
      keyspace.effectsStored();
    };
    store();
    keyspace.compact(keyspace.revision);
    let largest = 0;
    for (let before = 0, slices = keyspace.compactionSlices(), done = false; !done;) {
      done = slices.next().done === true;
      const { compactedRevisions } = keyspace.counts;
      largest = Math.max(largest, compactedRevisions - before);
      before = compactedRevisions;
      store();
    }
    assert.equal(keyspace.counts.compactedRevisions, 57);
    assert.equal(largest, Math.min(compactionBatchLimit, 57));
  }
});
