import assert from "node:assert/strict";
import { namedBuckets, numberedBuckets, WriteBatch } from "../../src/ports/mod.ts";
import { batchOf, bytes, type ContractTest, ofFault, text } from "./storage_contract.ts";
import { visitedMany } from "./visited_many.ts";

/** Every clause of the interface's documentation but snapshots, one test each. */
export function basicContract(test: ContractTest): void {
  readContract(test);
  scanContract(test);
  applyContract(test);
  lifeContract(test);
}

function readContract(test: ContractTest): void {
  test("a new store is empty", ({ storage }) => {
    assert.notEqual(storage.name, "");
    for (const bucket of numberedBuckets) {
      assert.deepEqual(storage.scanNumbered(bucket, { limit: 10 }), []);
      assert.equal(storage.getNumbered(bucket, 0), undefined);
    }
    for (const bucket of namedBuckets) {
      assert.deepEqual(storage.scanNamed(bucket, { limit: 10 }), []);
      assert.equal(storage.getNamed(bucket, bytes("")), undefined);
    }
  });

  test("buckets do not share keys", ({ storage }) => {
    storage.apply(batchOf((batch) => {
      for (const bucket of numberedBuckets) batch.putNumbered(bucket, 7, bytes(bucket));
      for (const bucket of namedBuckets) batch.putNamed(bucket, bytes("k"), bytes(bucket));
    }));
    for (const bucket of numberedBuckets) assert.equal(text(storage.getNumbered(bucket, 7)), bucket);
    for (const bucket of namedBuckets) assert.equal(text(storage.getNamed(bucket, bytes("k"))), bucket);
  });

  test("keys from 0 to 2^53-1 and empty keys and values are kept exactly", ({ storage }) => {
    const keys = [
      0,
      1,
      2 ** 31 - 1,
      2 ** 31,
      2 ** 32,
      2 ** 32 + 1,
      Number.MAX_SAFE_INTEGER - 1,
      Number.MAX_SAFE_INTEGER,
    ];
    storage.apply(batchOf((batch) => {
      for (const key of keys) batch.putNumbered("history", key, bytes(`${key}`));
      batch.putNumbered("log", 5, bytes(""));
      batch.putNamed("meta", bytes(""), bytes("empty key"));
      batch.putNamed("meta", bytes("\0"), bytes(""));
    }));
    for (const key of keys) assert.equal(text(storage.getNumbered("history", key)), `${key}`);
    assert.deepEqual(storage.scanNumbered("history", { limit: 99 }).map((row) => row.key), keys);
    assert.deepEqual(
      storage.scanNumbered("history", { limit: 99, reverse: true }).map((row) => row.key),
      keys.toReversed(),
    );
    assert.deepEqual(storage.scanNumbered("history", { limit: 9, from: keys[6] }).map((row) => row.key), keys.slice(6));
    assert.deepEqual(storage.scanNumbered("history", { limit: 9, from: keys[5], to: keys[7] }).map((row) => row.key), [
      keys[5],
      keys[6],
    ]);
    assert.deepEqual(storage.getNumbered("log", 5), bytes(""));
    assert.equal(text(storage.getNamed("meta", bytes(""))), "empty key");
    assert.deepEqual(storage.getNamed("meta", bytes("\0")), bytes(""));
    assert.deepEqual(storage.scanNamed("meta", { limit: 9 }).map((row) => text(row.key)), ["", "\0"]);
  });

  test("a numbered key that is no whole number from 0 to 2^53-1 is refused and nothing is changed", ({ storage }) => {
    for (const key of [-1, 0.5, 2 ** 53, NaN, Infinity]) {
      const batch = batchOf((batch) => {
        batch.putNumbered("log", 1, bytes("before"));
        batch.putNumbered("log", key, bytes("x"));
      });
      assert.throws(() => storage.apply(batch), /is not a key/);
      assert.equal(storage.getNumbered("log", 1), undefined);
    }
    storage.apply(batchOf((batch) => batch.putNumbered("log", 1, bytes("still writable"))));
    assert.equal(text(storage.getNumbered("log", 1)), "still writable");
  });

  test("values of 1 MiB and keys of 4 KiB are kept", ({ storage }) => {
    const value = new Uint8Array(2 ** 20).map((_, i) => i * 7);
    const key = new Uint8Array(4096).map((_, i) => i);
    storage.apply(batchOf((batch) => {
      batch.putNumbered("history", 1, value);
      batch.putNamed("lease", key, value);
    }));
    assert.deepEqual(storage.getNumbered("history", 1), value);
    assert.deepEqual(storage.getNamed("lease", key), value);
    assert.deepEqual(storage.scanNumbered("history", { limit: 1 }), [{ key: 1, value }]);
  });

  test("many values at dense, sparse, missing, repeated and no keys are what single gets answer", ({ storage }) => {
    storage.apply(batchOf((batch) => {
      for (let key = 0; key < 3000; key++) if (key % 7 !== 3) batch.putNumbered("history", key, bytes(`v${key}`));
      for (let i = 0; i < 300; i++) batch.putNumbered("history", 1e6 + i * 1000, bytes(`far${i}`));
    }));
    const dense = Array.from({ length: 3000 }, (_, i) => i);
    const everyNinth = dense.filter((key) => key % 9 === 0);
    const far = Array.from({ length: 600 }, (_, i) => 1e6 + i * 500);
    const mixed = [...dense.slice(100, 160), ...everyNinth.slice(50), ...far, Number.MAX_SAFE_INTEGER];
    for (const keys of [[], [5], [3], [4, 4, 5, 5], dense, everyNinth, far, mixed]) {
      const expected = keys.map((key) => storage.getNumbered("history", key));
      assert.deepEqual(storage.getNumberedMany("history", keys), expected);
      assert.deepEqual(visitedMany(storage, "history", keys), expected);
    }
    assert.deepEqual(storage.getNumberedMany("log", [1, 2, 3, 4, 5]), new Array(5).fill(undefined));
  });

  test("many values of every length and content are read together", ({ storage }) => {
    const values = Array.from({ length: 600 }, (_, i) => new Uint8Array((i * i * i) % 2003).map((_, j) => i + j));
    values[7] = new Uint8Array(0);
    values[300] = new Uint8Array(700_000).fill(0xff);
    values[301] = new Uint8Array(300_000);
    storage.apply(batchOf((batch) => values.forEach((value, key) => batch.putNumbered("history", key, value))));
    const keys = values.map((_, key) => key);
    assert.deepEqual(visitedMany(storage, "history", keys), values);
    assert.deepEqual(visitedMany(storage, "history", keys.slice(290, 310)), values.slice(290, 310));
  });

  test("bytes given out belong to the reader, bytes handed in are not kept", ({ storage }) => {
    const key = bytes("key");
    const value = bytes("value");
    storage.apply(batchOf((batch) => {
      batch.putNumbered("log", 1, value);
      batch.putNamed("meta", key, value);
    }));
    key.fill(0);
    value.fill(0);
    const given = [
      storage.getNumbered("log", 1)!,
      storage.getNumberedMany("log", [1])[0]!,
      ...storage.scanNumbered("log", { limit: 1 }).map((row) => row.value),
      storage.getNamed("meta", bytes("key"))!,
      ...storage.scanNamed("meta", { limit: 1 }).flatMap((row) => [row.key, row.value]),
    ];
    assert.deepEqual(given.map(text), ["value", "value", "value", "value", "key", "value"]);
    for (const each of given) each.fill(1);
    assert.equal(text(storage.getNumbered("log", 1)), "value");
    assert.deepEqual(storage.scanNamed("meta", { limit: 1 }), [{ key: bytes("key"), value: bytes("value") }]);
  });
}

function scanContract(test: ContractTest): void {
  test("numberedBytes() sums up the values of a range, however long they are", ({ storage }) => {
    const lengths = [0, 1, 5000, 100_000, 3];
    storage.apply(batchOf((batch) => {
      lengths.forEach((length, i) => batch.putNumbered("history", 10 + i, new Uint8Array(length).fill(1)));
      batch.putNumbered("history", Number.MAX_SAFE_INTEGER, bytes("last"));
      batch.putNumbered("log", 11, bytes("another bucket"));
    }));
    const sum = (...ranges: [number, number][]) =>
      storage.numberedBytes("history", ranges.map(([from, to]) => ({ from, to })));
    assert.equal(sum(), 0);
    assert.equal(sum([0, 10]), 0);
    assert.equal(sum([11, 13]), 5001);
    assert.equal(sum([11, 12], [13, 14], [14, 15]), 100_004);
    assert.equal(sum([11, 13], [12, 13]), 10_001);
    assert.equal(sum([13, 11]), 0);
    assert.equal(sum([0, Number.MAX_SAFE_INTEGER]), 105_004);
    storage.apply(batchOf((batch) => batch.deleteNumbered("history", 13)));
    assert.equal(sum([0, Number.MAX_SAFE_INTEGER]), 5004);
  });

  test("scanNumbered() keeps to its range, limit and direction", ({ storage }) => {
    storage.apply(batchOf((batch) => {
      for (let key = 10; key <= 500; key += 10) batch.putNumbered("log", key, bytes(`${key}`));
    }));
    const keys = (scan: Parameters<typeof storage.scanNumbered>[1]) =>
      storage.scanNumbered("log", scan).map(({ key, value }) => {
        assert.equal(text(value), `${key}`);
        return key;
      });
    assert.deepEqual(keys({ limit: 3 }), [10, 20, 30]);
    assert.deepEqual(keys({ limit: 3, reverse: true }), [500, 490, 480]);
    assert.deepEqual(keys({ limit: 9, from: 20, to: 40 }), [20, 30]);
    assert.deepEqual(keys({ limit: 9, from: 15, to: 41 }), [20, 30, 40]);
    assert.deepEqual(keys({ limit: 2, from: 15, to: 400, reverse: true }), [390, 380]);
    assert.deepEqual(keys({ limit: 2, to: 30 }), [10, 20]);
    assert.deepEqual(keys({ limit: 2, to: 30, reverse: true }), [20, 10]);
    assert.deepEqual(keys({ limit: 2, from: 500 }), [500]);
    assert.equal(keys({ limit: Infinity }).length, 50);
    assert.equal(keys({ limit: Number.MAX_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }).length, 50);
    for (
      const empty of [{ from: 40, to: 20 }, { from: 20, to: 20 }, { from: 501 }, { to: 10 }, { to: 0 }, {
        from: 11,
        to: 20,
      }]
    ) {
      assert.deepEqual(keys({ limit: 9, ...empty }), []);
      assert.deepEqual(keys({ limit: 9, ...empty, reverse: true }), []);
    }
    assert.deepEqual(keys({ limit: 0 }), []);
  });

  test("scanNamed() orders by unsigned bytes and keeps to its range, limit and direction", ({ storage }) => {
    const all = ["", "\0", "\0\0", "\x01", "a", "a\0", "ab", "b", "\x7f", "\x80", "\xff", "\xff\xff"];
    storage.apply(batchOf((batch) => {
      for (const key of all.toReversed()) batch.putNamed("auth", bytes(key), bytes(`v${key}`));
    }));
    const keys = (scan: { from?: string; to?: string; limit: number; reverse?: boolean }) =>
      storage.scanNamed("auth", {
        ...scan,
        from: scan.from === undefined ? undefined : bytes(scan.from),
        to: scan.to === undefined ? undefined : bytes(scan.to),
      }).map(({ key, value }) => {
        assert.equal(text(value), `v${text(key)}`);
        return text(key);
      });
    assert.deepEqual(keys({ limit: 99 }), all);
    assert.deepEqual(keys({ limit: 99, reverse: true }), all.toReversed());
    assert.deepEqual(keys({ limit: 99, from: "a", to: "b" }), ["a", "a\0", "ab"]);
    assert.deepEqual(keys({ limit: 2, from: "a", to: "b", reverse: true }), ["ab", "a\0"]);
    assert.deepEqual(keys({ limit: 2, from: "aa" }), ["ab", "b"]);
    assert.deepEqual(keys({ limit: 9, from: "\xff" }), ["\xff", "\xff\xff"]);
    assert.deepEqual(keys({ limit: 9, to: "\0" }), [""]);
    for (const empty of [{ from: "b", to: "a" }, { from: "a", to: "a" }, { to: "" }, { from: "\xff\xff\0" }]) {
      assert.deepEqual(keys({ limit: 9, ...empty }), []);
      assert.deepEqual(keys({ limit: 9, ...empty, reverse: true }), []);
    }
    assert.deepEqual(keys({ limit: 0 }), []);
  });
}

function applyContract(test: ContractTest): void {
  test("apply() makes changes in the order in which they were added, visible at once", ({ storage }) => {
    storage.apply(batchOf((batch) => {
      batch.putNumbered("log", 1, bytes("a"));
      batch.putNumbered("log", 1, bytes("b"));
      batch.deleteNumbered("log", 2);
      batch.putNumbered("log", 2, bytes("c"));
      batch.putNumbered("log", 3, bytes("d"));
      batch.deleteNumberedRange("log", 3, 4);
      batch.putNamed("meta", bytes("x"), bytes("1"));
      batch.deleteNamedRange("meta", bytes(""));
      batch.putNamed("meta", bytes("y"), bytes("2"));
    }));
    assert.deepEqual(storage.scanNumbered("log", { limit: 9 }).map((row) => [row.key, text(row.value)]), [[1, "b"], [
      2,
      "c",
    ]]);
    assert.deepEqual(storage.scanNamed("meta", { limit: 9 }).map((row) => text(row.key)), ["y"]);
    storage.apply(new WriteBatch());
    assert.equal(text(storage.getNumbered("log", 1)), "b");
  });

  test("range deletes remove [from, to) and nothing else", ({ storage }) => {
    storage.apply(batchOf((batch) => {
      for (let key = 0; key < 300; key++) {
        batch.putNumbered("log", key, bytes("v"));
        batch.putNumbered("history", key, bytes("v"));
      }
      for (const key of ["", "a", "b", "ba", "c", "\xff"]) {
        batch.putNamed("meta", bytes(key), bytes("v"));
        batch.putNamed("lease", bytes(key), bytes("v"));
      }
    }));
    storage.apply(batchOf((batch) => {
      batch.deleteNumberedRange("log", 1, 298);
      batch.deleteNumberedRange("log", 50, 20);
      batch.deleteNamedRange("meta", bytes("b"), bytes("c"));
      batch.deleteNamedRange("lease", bytes("b"));
    }));
    assert.deepEqual(storage.scanNumbered("log", { limit: 9 }).map((row) => row.key), [0, 298, 299]);
    assert.equal(storage.scanNumbered("history", { limit: 999 }).length, 300);
    assert.deepEqual(storage.scanNamed("meta", { limit: 9 }).map((row) => text(row.key)), ["", "a", "c", "\xff"]);
    assert.deepEqual(storage.scanNamed("lease", { limit: 9 }).map((row) => text(row.key)), ["", "a"]);
  });

  test("apply() makes all changes or none", ({ storage }) => {
    storage.apply(batchOf((batch) => batch.putNumbered("log", 1, bytes("old"))));
    const bad = batchOf((batch) => {
      batch.putNumbered("log", 1, bytes("new"));
      batch.putNamed("meta", bytes("index"), bytes("1"));
      batch.deleteNumberedRange("log", 0, 10);
      batch.putNumbered("history", -5, bytes("impossible"));
    });
    assert.throws(() => storage.apply(bad));
    assert.equal(text(storage.getNumbered("log", 1)), "old");
    assert.equal(storage.getNamed("meta", bytes("index")), undefined);
  });
}

function lifeContract(test: ContractTest): void {
  test("sync() may be called with nothing to do, and many times at once between applies", async ({ storage }) => {
    await storage.sync();
    const syncs: Promise<void>[] = [];
    for (let i = 0; i < 50; i++) {
      storage.apply(batchOf((batch) => {
        for (let row = 0; row < (i % 3) * 10 + 1; row++) batch.putNumbered("log", i * 100 + row, bytes("v"));
      }));
      syncs.push(storage.sync());
      if (i % 7 === 0) await syncs[i];
      if (i % 5 === 0) syncs.push(storage.sync());
    }
    await Promise.all(syncs);
    await storage.sync();
  });

  test("size() tells what is taken and grows with the content", async ({ storage }) => {
    const before = storage.size();
    for (let i = 0; i < 40; i++) {
      storage.apply(batchOf((batch) => batch.putNumbered("history", i, new Uint8Array(100_000).fill(i))));
    }
    await storage.sync();
    const after = storage.size();
    assert.ok(after.inUseBytes - before.inUseBytes > 3_900_000, JSON.stringify({ before, after }));
    assert.ok(after.totalBytes >= 4_000_000, JSON.stringify(after));
  });

  test("defragment() gives unused space back while writes go on, and changes no row", async ({ storage }) => {
    for (let i = 0; i < 60; i++) {
      storage.apply(batchOf((batch) => batch.putNumbered("history", i, new Uint8Array(100_000).fill(i))));
    }
    await storage.sync();
    const before = storage.size();
    storage.apply(batchOf((batch) => batch.deleteNumberedRange("history", 10, 50)));
    const defragmented = storage.defragment();
    storage.apply(batchOf((batch) => batch.putNumbered("history", 1000, bytes("meanwhile"))));
    await storage.sync();
    await defragmented;
    const after = storage.size();
    assert.ok(after.inUseBytes < 2_500_000, JSON.stringify(after));
    assert.ok(after.totalBytes < before.totalBytes / 2, JSON.stringify({ before, after }));
    const rows = storage.scanNumbered("history", { limit: 99 });
    assert.deepEqual(rows.map((row) => row.key), [
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      50,
      51,
      52,
      53,
      54,
      55,
      56,
      57,
      58,
      59,
      1000,
    ]);
    for (const { key, value } of rows.slice(0, -1)) assert.deepEqual(value, new Uint8Array(100_000).fill(key));
  });

  test("content is there after close and a new open", async (subject) => {
    if (subject.reopen === undefined) return;
    subject.storage.apply(batchOf((batch) => {
      for (let key = 0; key < 1000; key++) batch.putNumbered("log", key, bytes(`${key}`));
      batch.putNamed("meta", bytes("k"), bytes("v"));
    }));
    const storage = await subject.reopen();
    assert.equal(storage.scanNumbered("log", { limit: Infinity }).length, 1000);
    assert.equal(text(storage.getNamed("meta", bytes("k"))), "v");
    storage.apply(batchOf((batch) => batch.deleteNumberedRange("log", 0, 999)));
    const again = await subject.reopen();
    assert.deepEqual(again.scanNumbered("log", { limit: 9 }).map((row) => row.key), [999]);
  });

  test("after close() every call fails with `closed`, and close() may be called again", async ({ storage }) => {
    storage.apply(batchOf((batch) => batch.putNumbered("log", 1, bytes("v"))));
    await Promise.all([storage.close(), storage.close()]);
    const closed = ofFault("closed");
    assert.throws(() => storage.getNumbered("log", 1), closed);
    assert.throws(() => storage.getNumberedMany("log", [1]), closed);
    assert.throws(() => storage.visitNumberedMany("log", [1], () => {}), closed);
    assert.throws(() => storage.scanNumbered("log", { limit: 1 }), closed);
    assert.throws(() => storage.getNamed("meta", bytes("")), closed);
    assert.throws(() => storage.scanNamed("meta", { limit: 1 }), closed);
    assert.throws(() => storage.apply(batchOf((batch) => batch.putNumbered("log", 2, bytes("v")))), closed);
    assert.throws(() => storage.size(), closed);
    await assert.rejects(storage.sync(), closed);
    await assert.rejects(storage.defragment(), closed);
    await assert.rejects(storage.restore((async function* () {})()), closed);
    assert.throws(() => storage.snapshot(), closed);
    await storage.close();
  });
}
