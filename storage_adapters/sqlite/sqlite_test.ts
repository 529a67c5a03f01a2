import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { type StorageAdapter, type StorageError, WriteBatch } from "../../src/ports/mod.ts";
import { seededRandom } from "../../tests/support/seeded_random.ts";
import { batchOf } from "../../tests/contract/storage_contract.ts";
import { memory } from "../memory/mod.ts";
import { sqlite, type SqliteOptions } from "./mod.ts";
import { pageBytes } from "./store_file.ts";

/** Runs `body` with a directory of its own. */
async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "detcd-sqlite-" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function withStorage(
  options: Omit<SqliteOptions, "directory">,
  body: (storage: StorageAdapter, directory: string) => Promise<void>,
): Promise<void> {
  return inDirectory(async (directory) => {
    const storage = sqlite({ directory, ...options });
    try {
      await body(storage, directory);
    } finally {
      await storage.close();
    }
  });
}

/** Puts `rows` rows of `valueBytes` from `first` on. */
function put(storage: StorageAdapter, first: number, { rows = 1, valueBytes = 300 } = {}): void {
  const batch = new WriteBatch();
  for (let key = first; key < first + rows; key++) {
    batch.putNumbered("history", key, new Uint8Array(valueBytes).fill(key));
  }
  storage.apply(batch);
}

function fileNames(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map((entry) => entry.name).sort();
}

Deno.test("sqlite() makes a missing directory that others may not read, and leaves one file and the lock after close", async () => {
  await inDirectory(async (parent) => {
    const directory = `${parent}/a/b`;
    const storage = sqlite({ directory });
    put(storage, 1);
    await storage.close();
    assert.deepEqual(fileNames(directory), ["lock", "store-1.sqlite"]);
    assert.equal(Deno.statSync(directory).mode! & 0o777, 0o700);
  });
});

Deno.test("sqlite() refuses a directory that is in use, and says which", async () => {
  await withStorage({}, async (storage, directory) => {
    assert.throws(() => sqlite({ directory }), (error: StorageError) => {
      assert.equal(error.fault, "locked");
      assert.equal(error.message, `Cannot open data directory "${directory}": another process is using it`);
      return true;
    });
    await storage.close();
    await sqlite({ directory }).close();
  });
});

Deno.test("sqlite() says what is wrong with a directory that cannot be made", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    assert.throws(() => sqlite({ directory: `${directory}/file` }), (error: StorageError) => {
      assert.equal(error.fault, "io");
      assert.match(error.message, /^Cannot open data directory ".*file": /);
      return true;
    });
  });
});

Deno.test("sqlite() refuses the store of a newer version and files that are not detcd's", async () => {
  for (
    const [pragma, message] of [["user_version = 2", /schema version 2.*knows version 1/], [
      "application_id = 7",
      /not a detcd store/,
    ]]
  ) {
    await inDirectory(async (directory) => {
      await sqlite({ directory }).close();
      const db = new DatabaseSync(`${directory}/store-1.sqlite`);
      db.exec(`PRAGMA ${pragma}`);
      db.close();
      const before = Deno.readFileSync(`${directory}/store-1.sqlite`);
      assert.throws(() => sqlite({ directory }), {
        name: "StorageError",
        fault: "version",
        message: message as RegExp,
      });
      assert.deepEqual(Deno.readFileSync(`${directory}/store-1.sqlite`), before);
      // The refusal must have let the lock go.
      assert.throws(() => sqlite({ directory }), { fault: "version" });
    });
  }
});

Deno.test("sqlite() opens the newest store and removes what unfinished and finished restores have left", async () => {
  await inDirectory(async (directory) => {
    const first = sqlite({ directory });
    put(first, 1);
    await first.close();
    Deno.copyFileSync(`${directory}/store-1.sqlite`, `${directory}/store-2.sqlite`);
    for (const name of ["restore.tmp", "restore.tmp-journal", "store-1.sqlite-wal", "store-1.sqlite-shm"]) {
      await Deno.writeTextFile(`${directory}/${name}`, "left over");
    }
    await Deno.writeTextFile(`${directory}/something-else`, "stays");
    const storage = sqlite({ directory });
    assert.equal(storage.getNumbered("history", 1)?.length, 300);
    await storage.close();
    assert.deepEqual(fileNames(directory), ["lock", "something-else", "store-2.sqlite"]);
  });
});

Deno.test("sqlite().restore() leaves nothing of a refused stream behind", async () => {
  await withStorage({}, async (storage, directory) => {
    const cut = (async function* () {
      for await (const chunk of memory().snapshot()) yield chunk.subarray(0, 15);
    })();
    await assert.rejects(storage.restore(cut), { fault: "corrupt" });
    assert.ok(!fileNames(directory).some((name) => name.startsWith("restore")), `${fileNames(directory)}`);
  });
});

Deno.test("sqlite().restore() refuses a second one while one is running", async () => {
  await withStorage({}, async (storage) => {
    const gate = Promise.withResolvers<void>();
    const waiting = (async function* () {
      await gate.promise;
      yield* memory().snapshot();
    })();
    const first = storage.restore(waiting);
    await assert.rejects(storage.restore(memory().snapshot()), { fault: "aborted" });
    gate.resolve();
    await first;
  });
});

Deno.test("sqlite() keeps the log within its bound while writes never pause", async () => {
  const walBytesMax = 64 * pageBytes;
  await withStorage({ walBytesMax, checkpointSliceBytes: 16 * pageBytes }, async (storage, directory) => {
    let walBytes = 0;
    for (let i = 0; i < 400; i++) {
      put(storage, i * 10, { rows: 10 });
      const synced = storage.sync();
      put(storage, i * 10 + 5, { rows: 1 });
      await synced;
      walBytes = Math.max(walBytes, Deno.statSync(`${directory}/store-1.sqlite-wal`).size);
    }
    assert.ok(walBytes < 4 * walBytesMax, `the log grew to ${walBytes} bytes`);
    assert.equal(storage.scanNumbered("history", { limit: Infinity }).length, 4000);
  });
});

Deno.test("sqlite() copies a large backlog of the log in a Worker and goes on", async () => {
  const options = {
    checkpointSliceBytes: 32 * pageBytes,
    checkpointWorkerBytesMin: 16 * pageBytes,
    walBytesMax: 48 * pageBytes,
  };
  await withStorage(options, async (storage, directory) => {
    for (let i = 0; i < 100; i++) {
      put(storage, i * 20, { rows: 20, valueBytes: 1000 });
      await storage.sync();
    }
    await storage.defragment();
    assert.ok(Deno.statSync(`${directory}/store-1.sqlite`).size > 2_000_000, "nothing has come to the database file");
    assert.equal(storage.scanNumbered("history", { limit: Infinity }).length, 2000);
  });
});

Deno.test("sqlite() gives up a snapshot that holds the log above its bound, and the snapshot's reader is told", async () => {
  const options = {
    snapshotWalBytesMax: 128 * pageBytes,
    walBytesMax: 32 * pageBytes,
    checkpointSliceBytes: 16 * pageBytes,
  };
  await withStorage(options, async (storage, directory) => {
    put(storage, 0, { rows: 1000 });
    const reading = storage.snapshot()[Symbol.asyncIterator]();
    await reading.next();
    for (let i = 0; i < 500; i++) {
      put(storage, 2000 + i * 10, { rows: 10 });
      await storage.sync();
    }
    await assert.rejects(reading.next(), { name: "StorageError", fault: "aborted" });
    const walBytes = Deno.statSync(`${directory}/store-1.sqlite-wal`).size;
    assert.ok(walBytes < 300 * pageBytes, `the log grew to ${walBytes} bytes`);
    put(storage, 1e6);
    await storage.sync();
  });
});

Deno.test("sqlite() reads a row from another's place as damage", async () => {
  await inDirectory(async (directory) => {
    const storage = sqlite({ directory });
    put(storage, 1, { rows: 3 });
    const batch = new WriteBatch();
    batch.putNamed("meta", Uint8Array.of(1), Uint8Array.of(1));
    storage.apply(batch);
    await storage.close();
    const db = new DatabaseSync(`${directory}/store-1.sqlite`);
    db.exec(
      "UPDATE history SET key = 9 WHERE key = 2; INSERT INTO log SELECT * FROM history WHERE key = 1; UPDATE meta SET key = x'0101'",
    );
    db.close();
    const damaged = sqlite({ directory });
    const corrupt = { name: "StorageError", fault: "corrupt" };
    assert.throws(() => damaged.getNumbered("history", 9), corrupt);
    assert.throws(() => damaged.scanNumbered("history", { limit: 9 }), corrupt);
    assert.throws(() => damaged.getNumberedMany("history", [1, 3, 4, 5, 9]), corrupt);
    assert.throws(() => damaged.visitNumberedMany("history", [1, 3, 4, 5, 9], () => {}), corrupt);
    assert.throws(() => damaged.getNumbered("log", 1), corrupt);
    assert.throws(() => damaged.getNamed("meta", Uint8Array.of(1, 1)), corrupt);
    assert.throws(() => damaged.scanNamed("meta", { limit: 9 }), corrupt);
    assert.equal(damaged.getNumbered("history", 3)?.length, 300);
    await damaged.close();
  });
});

/** Removes single rows, so that those that stay are one in so many, and returns their keys. */
function thinOut(storage: StorageAdapter, { rows, keepOneIn }: { rows: number; keepOneIn: number }): number[] {
  const kept: number[] = [];
  const random = seededRandom(rows + keepOneIn);
  const batch = new WriteBatch();
  for (let key = 1; key <= rows; key++) {
    if (random.below(10 * keepOneIn) < 10) kept.push(key);
    else batch.deleteNumbered("history", key);
  }
  storage.apply(batch);
  return kept;
}

for (
  const { keepOneIn, valueBytes } of [[10, 300], [2, 300], [2, 3000], [3, 40]].map(([a, b]) => ({
    keepOneIn: a,
    valueBytes: b,
  }))
) {
  Deno.test(`sqlite().defragment() packs what is left when one row in ${keepOneIn} of ${valueBytes} bytes stays, while rows come and go`, async () => {
    await withStorage({}, async (storage, directory) => {
      const rows = Math.min(30_000, Math.floor(6_000_000 / valueBytes));
      put(storage, 1, { rows, valueBytes });
      // Values that have pages of their own lie between, and are no obstacle.
      put(storage, rows + 1, { rows: 3, valueBytes: 100_000 });
      const later = Math.floor(rows / 20);
      put(storage, rows + 4, { rows: later, valueBytes });
      const kept = thinOut(storage, { rows, keepOneIn });
      const work = storage.defragment();
      let isDone = false;
      work.finally(() => isDone = true);
      let added = 0;
      while (!isDone && added < later) {
        put(storage, 1_000_000 + added++, { valueBytes });
        storage.apply(batchOf((batch) => batch.deleteNumbered("history", rows + 3 + added)));
        await storage.sync();
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      await work;
      const found = storage.scanNumbered("history", { limit: 1e9 });
      assert.deepEqual(
        found.map(({ key }) => key),
        [
          ...kept,
          ...Array.from({ length: 3 }, (_, i) => rows + 1 + i),
          ...Array.from({ length: later - added }, (_, i) => rows + 4 + added + i),
          ...Array.from({ length: added }, (_, i) => 1_000_000 + i),
        ],
      );
      for (const { key, value } of found) assert.ok(value.every((byte) => byte === key % 256), `row ${key}`);
      const liveBytes = found.reduce((sum, { value }) => sum + value.length + 12, 0);
      const { size } = Deno.statSync(`${directory}/store-1.sqlite`);
      assert.ok(size < 1.5 * liveBytes + 20 * pageBytes, `${size} bytes for ${liveBytes}`);
    });
  });
}

Deno.test("sqlite().defragment() writes next to nothing where nothing is to be gained", async () => {
  await withStorage({ walRoomChunkBytes: 0 }, async (storage, directory) => {
    put(storage, 1, { rows: 20_000 });
    await storage.defragment();
    const { size } = Deno.statSync(`${directory}/store-1.sqlite`);
    // Without a checkpoint, which a reader prevents, everything that is written stays in the log.
    const reader = storage.snapshot()[Symbol.asyncIterator]();
    await reader.next();
    await storage.defragment();
    const log = Deno.statSync(`${directory}/store-1.sqlite-wal`).size;
    assert.ok(log < size / 50, `${log} bytes of log for ${size} bytes`);
    await reader.return!();
  });
});

Deno.test("sqlite().close() ends a defragmentation between two slices, and the next open finds every row", async () => {
  await inDirectory(async (directory) => {
    const storage = sqlite({ directory });
    put(storage, 1, { rows: 30_000 });
    const kept = thinOut(storage, { rows: 30_000, keepOneIn: 2 });
    const ended = assert.rejects(storage.defragment(), (error: StorageError) => error.fault === "closed");
    await storage.close();
    await ended;
    const again = sqlite({ directory });
    assert.deepEqual(again.scanNumbered("history", { limit: 1e9 }).map(({ key }) => key), kept);
    await again.close();
  });
});
