import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { Checkpointer, type CheckpointerOptions } from "./checkpointer.ts";
import { copyInWorker } from "./copy_in_worker.ts";
import { openStoreFile, pageBytes, StoreFileBuilder } from "./store_file.ts";
import { type SyncableFile, Syncer } from "./syncer.ts";

const file: SyncableFile = { syncData: () => Promise.resolve(), syncDataSync: () => {} };

interface Bench {
  path: string;
  writer: DatabaseSync;
  syncer: Syncer;
  /** How many pages the log has, and how many of them are in the database file. */
  look(): { log: number; checkpointed: number };
  /** Writes a row that takes `pages` pages. */
  write(pages: number): void;
  checkpointer(options: Partial<CheckpointerOptions>): Checkpointer;
}

async function withBench(body: (bench: Bench) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "detcd-checkpoint-" });
  const path = `${directory}/store-1.sqlite`;
  new StoreFileBuilder(path).finishSync();
  const writer = openStoreFile(path, { cacheKib: 256 });
  const insert = writer.prepare("INSERT INTO history (sum, value) VALUES (0, ?)");
  const syncer = new Syncer({ pooled: file, inPlace: file }, {
    inPlaceOpsMax: 0,
    inPlaceMsMax: 0,
    now: () => 0,
    onFailure: () => {},
  });
  try {
    await body({
      path,
      writer,
      syncer,
      look: () => writer.prepare("PRAGMA wal_checkpoint(NOOP)").get() as { log: number; checkpointed: number },
      write(pages) {
        insert.run(new Uint8Array(pages * pageBytes));
        syncer.noteWrite(1);
      },
      checkpointer: (options) =>
        new Checkpointer({
          path,
          databaseFile: { pooled: file, inPlace: file },
          syncer,
          sliceBytes: Infinity,
          walBytesMax: Infinity,
          workerBytesMin: Infinity,
          copyInWorker: () => Promise.reject(new Error("no worker expected")),
          viewsHeld: () => 0,
          onWalSize: () => {},
          onFailure: (error) => {
            throw error;
          },
          ...options,
        }),
    });
  } finally {
    writer.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("copyInWorker() moves the log's pages to the database file", async () => {
  await withBench(async ({ path, look, write }) => {
    write(20);
    const { log, checkpointed } = look();
    assert.ok(log > 20 && checkpointed === 0);
    assert.deepEqual(await copyInWorker(path), { log, checkpointed: log });
    assert.equal(look().checkpointed, log);
  });
});

Deno.test("copyInWorker() says what went wrong in the Worker", async () => {
  await assert.rejects(copyInWorker("/nonexistent/store.sqlite"), {
    fault: "io",
    message: /Cannot checkpoint in worker/,
  });
});

Deno.test("Checkpointer copies a slice by itself and leaves a backlog above the bound to the Worker", async () => {
  await withBench(async ({ path, look, write, checkpointer }) => {
    const copied: string[] = [];
    const own = checkpointer({
      sliceBytes: 10 * pageBytes,
      workerBytesMin: 30 * pageBytes,
      copyInWorker: (path) => {
        copied.push(path);
        return copyInWorker(path);
      },
    });
    write(12);
    own.noteWrite(12 * pageBytes);
    await own.settled();
    assert.deepEqual([look().checkpointed > 12, copied], [true, []]);
    write(40);
    own.noteWrite(40 * pageBytes);
    await own.settled();
    assert.deepEqual(copied, [path]);
    assert.equal(look().checkpointed, look().log);
    await own.close();
  });
});

Deno.test("Checkpointer copies nothing that was written after its round began, and holds the log until the database file is synced", async () => {
  await withBench(async ({ look, write, writer, checkpointer }) => {
    const walSync = Promise.withResolvers<void>();
    const fileSync = Promise.withResolvers<void>();
    const fileSyncBegun = Promise.withResolvers<void>();
    const slow: SyncableFile = {
      syncData: () => {
        fileSyncBegun.resolve();
        return fileSync.promise;
      },
      syncDataSync: () => assert.fail("a sync in place"),
    };
    const walFile = { syncData: () => walSync.promise, syncDataSync: () => {} };
    const syncer = new Syncer({ pooled: walFile, inPlace: walFile }, {
      inPlaceOpsMax: 0,
      inPlaceMsMax: 0,
      now: () => 0,
      onFailure: () => {},
    });
    const own = checkpointer({ sliceBytes: 1, syncer, databaseFile: { pooled: slow, inPlace: slow } });
    write(10);
    syncer.noteWrite(1);
    own.noteWrite(1);
    const pinned = look().log;
    assert.equal(look().checkpointed, 0, "copied before the log was synced");
    write(10);
    walSync.resolve();
    await fileSyncBegun.promise;
    assert.equal(look().checkpointed, pinned, "copied what the pin should have held back");
    // With everything copied, a write would begin the log anew if the pin did not prevent it.
    const header = () => (writer.prepare("PRAGMA wal_checkpoint(PASSIVE)").get() as { log: number }).log;
    const before = header();
    write(1);
    assert.ok(look().log > before, "the log was begun anew before the database file was synced");
    fileSync.resolve();
    await own.close();
  });
});
