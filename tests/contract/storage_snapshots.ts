import assert from "node:assert/strict";
import { concatBytes } from "../../src/base/mod.ts";
import { namedBuckets, numberedBuckets, type StorageAdapter, StorageError } from "../../src/ports/mod.ts";
import { batchOf, bytes, type ContractTest, ofFault, type OpenStorage } from "./storage_contract.ts";

/** Everything in a store, for comparison. */
export function contentOf(storage: StorageAdapter): unknown {
  return [
    ...numberedBuckets.map((bucket) => storage.scanNumbered(bucket, { limit: Infinity })),
    ...namedBuckets.map((bucket) => storage.scanNamed(bucket, { limit: Infinity })),
  ];
}

async function collect(snapshot: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of snapshot) chunks.push(chunk.slice());
  return concatBytes(chunks);
}

/** A stream of pieces of `pieceBytes`, whose buffer is used again for each. */
async function* pieces(whole: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array, void, void> {
  const buffer = new Uint8Array(pieceBytes);
  for (let at = 0; at < whole.length; at += pieceBytes) {
    const part = whole.subarray(at, at + pieceBytes);
    buffer.set(part);
    yield await Promise.resolve(buffer.subarray(0, part.length));
  }
}

function fill(storage: StorageAdapter, rows: number): void {
  storage.apply(batchOf((batch) => {
    for (let i = 0; i < rows; i++) {
      batch.putNumbered("log", i * 3, bytes(`log ${i}`));
      batch.putNumbered("history", i, new Uint8Array(i % 500).fill(i));
      batch.putNamed(namedBuckets[i % namedBuckets.length], bytes(`name ${i}`), bytes(`v${i}`));
    }
    batch.putNamed("meta", bytes(""), new Uint8Array(300_000).fill(1));
    batch.putNumbered("history", Number.MAX_SAFE_INTEGER, bytes(""));
  }));
}

/** Clauses about `snapshot` and `restore`. */
export function snapshotContract(test: ContractTest, open: OpenStorage): void {
  test("a snapshot is the content as of the call while writes go on", async ({ storage }) => {
    fill(storage, 2000);
    const expected = contentOf(storage);
    const snapshot = storage.snapshot();
    storage.apply(batchOf((batch) => batch.deleteNumberedRange("log", 0, 3000)));
    const chunks: Uint8Array[] = [];
    let round = 0;
    for await (const chunk of snapshot) {
      chunks.push(chunk);
      storage.apply(batchOf((batch) => {
        batch.putNumbered("history", 1990 + round, bytes("changed"));
        batch.deleteNumbered("history", round * 2);
        batch.deleteNamedRange("lease", bytes(""));
        batch.putNamed("member", bytes(`new ${round}`), bytes("x"));
      }));
      round++;
      await storage.sync();
    }
    assert.ok(chunks.length > 3, "the snapshot came in one piece");
    for (const chunk of chunks) assert.ok(chunk.length <= 128 * 1024, `a chunk has ${chunk.length} bytes`);
    const twin = await open();
    try {
      await twin.storage.restore(pieces(concatBytes(chunks), 1000));
      assert.deepEqual(contentOf(twin.storage), expected);
    } finally {
      await twin.dispose();
    }
  });

  test("restore() replaces everything, durably, and the snapshot of the result is the same bytes", async (subject) => {
    fill(subject.storage, 100);
    const expected = contentOf(subject.storage);
    const whole = await collect(subject.storage.snapshot());
    subject.storage.apply(batchOf((batch) => {
      batch.putNumbered("log", 12345, bytes("must go"));
      batch.deleteNumberedRange("history", 0, 100);
      batch.putNamed("alarm", bytes("must go"), bytes(""));
    }));
    for (const pieceBytes of [11, 1000, whole.length]) {
      await subject.storage.restore(pieces(whole, pieceBytes));
      assert.deepEqual(contentOf(subject.storage), expected);
    }
    assert.deepEqual(await collect(subject.storage.snapshot()), whole);
    const storage = await subject.reopen?.() ?? subject.storage;
    assert.deepEqual(contentOf(storage), expected);
    storage.apply(batchOf((batch) => batch.putNumbered("log", 1, bytes("goes on"))));
    await storage.sync();
  });

  test("restore() refuses what is damaged or cut short, at every place, and keeps the old content", async ({ storage }) => {
    storage.apply(batchOf((batch) => {
      batch.putNumbered("log", 1, bytes("old"));
      batch.putNamed("meta", bytes("k"), bytes("old"));
    }));
    const expected = contentOf(storage);
    const whole = await collect(storage.snapshot());
    storage.apply(batchOf((batch) => batch.putNumbered("log", 2, bytes("later"))));
    const refused = (error: unknown) => error instanceof StorageError && ["corrupt", "version"].includes(error.fault);
    for (let length = 0; length < whole.length; length += 3) {
      await assert.rejects(
        storage.restore(pieces(whole.subarray(0, length), 64)),
        ofFault("corrupt"),
        `cut at ${length}`,
      );
    }
    for (let at = 0; at < whole.length; at++) {
      const damaged = whole.slice();
      damaged[at] ^= 1 << (at % 8);
      await assert.rejects(storage.restore(pieces(damaged, 64)), refused, `damaged at ${at}`);
    }
    await assert.rejects(storage.restore(pieces(concatBytes([whole, bytes("x")]), 64)), ofFault("corrupt"));
    const interrupted = (async function* () {
      yield* pieces(whole.subarray(0, 50), 10);
      throw new Error("connection lost");
    })();
    await assert.rejects(storage.restore(interrupted), /connection lost/);
    assert.equal(storage.getNumbered("log", 2)?.length, 5);
    await storage.restore(pieces(whole, 64));
    assert.deepEqual(contentOf(storage), expected);
  });

  test("a snapshot that is not read to its end lets go of its view", async ({ storage }) => {
    fill(storage, 1000);
    for (let i = 0; i < 20; i++) {
      for await (const chunk of storage.snapshot()) {
        assert.ok(chunk.length > 0);
        break;
      }
      await storage.snapshot()[Symbol.asyncIterator]().return!();
    }
    await storage.sync();
  });

  test("a snapshot that is being read ends with `aborted` at a restore", async ({ storage }) => {
    fill(storage, 2000);
    const whole = await collect(storage.snapshot());
    const reading = storage.snapshot()[Symbol.asyncIterator]();
    await reading.next();
    await storage.restore(pieces(whole, 10_000));
    await assert.rejects(async () => {
      while (!(await reading.next()).done);
    }, ofFault("aborted"));
  });
}
