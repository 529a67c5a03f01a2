import assert from "node:assert/strict";
import { type StorageAdapter, WriteBatch } from "../ports/mod.ts";
import {
  RECORD_HEADER_BYTES,
  RecordKind,
  rowKind,
  rowOfRecord,
  rowRevision,
  rowSub,
  writeRecordHeader,
} from "./record.ts";
import { RecordStore } from "./record_store.ts";

function record(content: number[]): Uint8Array {
  const row = new Uint8Array(RECORD_HEADER_BYTES + content.length);
  writeRecordHeader(row, 0, { kind: RecordKind.Put, revision: 2, sub: 0 });
  row.set(content, RECORD_HEADER_BYTES);
  return row.subarray(RECORD_HEADER_BYTES);
}

/** A store over a map that counts its reads and insists on ascending keys. */
function counted(cacheBytesMax: number) {
  const rows = new Map<number, Uint8Array>();
  const reads = { single: 0, many: [] as number[][] };
  const storage = {
    getNumbered(_bucket: string, key: number) {
      reads.single++;
      return rows.get(key)?.slice();
    },
    getNumberedMany(_bucket: string, keys: readonly number[]) {
      assert.deepEqual([...keys], keys.toSorted((a, b) => a - b), "the contract asks for ascending keys");
      reads.many.push([...keys]);
      return keys.map((key) => rows.get(key)?.slice());
    },
    visitNumberedMany(bucket: string, keys: readonly number[], visit: (row: Uint8Array | undefined) => void) {
      const borrowed = new Uint8Array(1000);
      for (const row of storage.getNumberedMany(bucket, keys)) {
        if (row !== undefined) borrowed.set(row);
        visit(row && borrowed.subarray(0, row.length));
        borrowed.fill(0);
      }
    },
    apply(batch: WriteBatch) {
      for (const op of batch.ops) if (op.kind === "putNumbered") rows.set(op.key, op.value.slice());
    },
  };
  const store = new RecordStore(storage as unknown as StorageAdapter, { cacheBytesMax, nextSequence: 1, liveBytes: 0 });
  const write = () => {
    const batch = new WriteBatch();
    store.takeEffects(batch);
    storage.apply(batch);
    store.effectsStored();
    return batch;
  };
  return { store, reads, write };
}

Deno.test("RecordStore reads what is not stored yet from the overlay, and what was just stored from the cache", () => {
  const { store, reads, write } = counted(10_000);
  assert.equal(store.append(record([1])), 1);
  assert.equal(store.append(record([2, 2])), 2);
  assert.deepEqual([...store.get(2)], [2, 2]);
  assert.equal(write().ops.length, 2);
  assert.equal(store.append(record([3])), 3);
  assert.deepEqual([[...store.get(1)], [...store.get(3)]], [[1], [3]]);
  assert.equal(write().ops.length, 1);
  assert.equal(write().ops.length, 0);
  assert.deepEqual(reads, { single: 0, many: [] });
});

Deno.test("RecordStore.getMany() answers in the order asked, from overlay, cache and storage", () => {
  const { store, reads, write } = counted(600);
  for (let i = 1; i <= 50; i++) store.append(record([i]));
  write();
  store.append(record([51]));
  const found: Uint8Array[] = [Uint8Array.of(99)];
  store.getMany([7, 51, 50, 3, 49, 12], { from: 0, to: 6 }, found);
  assert.deepEqual(found.map((bytes) => bytes[0]), [99, 7, 51, 50, 3, 49, 12]);
  assert.deepEqual(reads.many, [[3, 7, 12]]);
});

Deno.test("RecordStore's cache holds no more than its bytes, and keeps what is read again", () => {
  const { store, reads, write } = counted(20 * 200);
  for (let i = 1; i <= 1000; i++) {
    store.append(record(new Array(40).fill(i % 256)));
    write();
    // Record 1 is read all the time and never leaves.
    store.get(1);
  }
  assert.equal(reads.single, 1, "when it is no longer among the latest it is read once");
  store.get(500);
  assert.equal(reads.single, 2, "an old record is not in the cache");
  for (let i = 965; i <= 1000; i++) store.get(i);
  assert.equal(reads.single, 2, "the latest records are");
  store.get(950);
  assert.equal(reads.single, 3, "there are no more of them than allowed");
});

Deno.test("RecordStore.getMany() of a long range does not sweep the cache", () => {
  const { store, reads, write } = counted(20 * 200);
  for (let i = 1; i <= 200; i++) store.append(record(new Array(40).fill(i)));
  write();
  store.get(200);
  const sequences = Array.from({ length: 150 }, (_, i) => i + 1);
  store.getMany(sequences, { from: 0, to: 150 }, []);
  store.get(200);
  assert.equal(reads.single, 0);
});

Deno.test("RecordStore.visitMany() hands out records in the order asked, from overlay, cache and storage", () => {
  const { store, reads, write } = counted(600);
  for (let i = 1; i <= 50; i++) store.append(record([i]));
  write();
  store.append(record([51]));
  for (const asked of [[], [50], [51, 49], [7, 51, 50, 3, 49, 12], [1, 2, 50, 4, 51], [50, 9, 51, 3, 49]]) {
    const found: number[] = [];
    store.visitMany(asked, (bytes) => found.push(...bytes));
    assert.deepEqual(found, asked);
  }
  assert.deepEqual(reads.many, [[3, 7, 12], [1, 2, 4], [3, 9]]);
});

Deno.test("RecordStore.visitMany() leaves the cache as it is", () => {
  const { store, reads, write } = counted(20 * 200);
  for (let i = 1; i <= 200; i++) store.append(record(new Array(40).fill(i)));
  write();
  for (let i = 0; i < 50; i++) store.visitMany(Array.from({ length: 200 }, (_, i) => i + 1), () => {});
  store.get(200);
  assert.equal(reads.single, 0);
  store.get(1);
  assert.equal(reads.single, 1);
});

Deno.test("RecordStore.visitMany() of a page keeps what pages have missed before, and hands out the same", () => {
  const { store, reads, write } = counted(20 * 200 * 4);
  for (let i = 1; i <= 200; i++) store.append(record(new Array(40).fill(i)));
  write();
  for (const page of [[3, 5, 7, 4], [9, 3, 5, 200, 7]]) {
    reads.many.length = 0;
    for (let time = 1; time <= 4; time++) {
      const found: number[] = [];
      store.visitMany(page, (bytes) => found.push(bytes[0]), { isPage: true });
      assert.deepEqual(found, page);
    }
    const first = page.filter((sequence) => sequence < 100).sort((a, b) => a - b);
    assert.deepEqual(reads.many, page.length === 4 ? [first, first] : [[9], [9]]);
  }
  assert.deepEqual([...store.get(5)], new Array(40).fill(5));
  assert.equal(reads.single, 0);
});

Deno.test("RecordStore.visitMany() of pages, one after the other, of more than the cache holds sweeps nothing out of it", () => {
  const { store, reads, write } = counted(20 * 200 * 4);
  const records = 40_000;
  for (let i = 1; i <= records; i++) store.append(record(new Array(40).fill(i % 256)));
  write();
  store.get(1);
  for (let pass = 0; pass < 2; pass++) {
    for (let from = 2; from + 500 <= records - 500; from += 500) {
      store.visitMany(Array.from({ length: 500 }, (_, i) => from + i), () => {}, { isPage: true });
    }
  }
  store.get(1);
  assert.equal(reads.single, 1);
});

Deno.test("RecordStore.visitMany() of the same pages keeps no more than the cache's bytes", () => {
  const { store, reads, write } = counted(20 * 200 * 4);
  for (let i = 1; i <= 300; i++) store.append(record(new Array(40).fill(i % 256)));
  write();
  // Twenty records of 200 bytes are a quarter of the cache: no more than two quarters are of records that were read.
  const page = Array.from({ length: 100 }, (_, i) => i + 1);
  for (let time = 0; time < 5; time++) store.visitMany(page, () => {}, { isPage: true });
  for (const sequence of page) store.visitMany([sequence], () => {});
  const missed = reads.many.length - 5;
  assert(missed >= 60 && missed < 100, `${missed} of 100 records are not in the cache`);
});

Deno.test("a history row's header keeps kind, sub-revision and a revision up to 2^53-1", () => {
  for (const revision of [1, 0xffffffff, 0x100000000, 2 ** 52 + 12345, Number.MAX_SAFE_INTEGER]) {
    for (const sub of [0, 255, 0xffffffff]) {
      const bytes = new Uint8Array(40);
      writeRecordHeader(bytes, 20, { kind: RecordKind.Tombstone, revision, sub });
      const row = rowOfRecord(bytes.subarray(20 + RECORD_HEADER_BYTES));
      assert.deepEqual([rowKind(row), rowRevision(row), rowSub(row)], [RecordKind.Tombstone, revision, sub]);
    }
  }
  assert.throws(() => rowKind(new Uint8Array(20)), /no valid header/);
});
