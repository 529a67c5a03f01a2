import assert from "node:assert/strict";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";
import { type DurableFile, Store, type StoreOptions } from "../../storage_adapters/sqlite/store.ts";
import { pageBytes, StoreFileBuilder } from "../../storage_adapters/sqlite/store_file.ts";
import { fillDisk, rowsFrom } from "./fill_disk.ts";

/** A store whose syncs fail when the test says so. */
async function withFailingSyncs(
  options: Partial<StoreOptions>,
  body: (store: Store, failing: { suffix: string | undefined }, failures: Error[]) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "detcd-failing-" });
  const failing: { suffix: string | undefined } = { suffix: undefined };
  const failures: Error[] = [];
  new StoreFileBuilder(`${directory}/store-1.sqlite`).finishSync();
  const openFile = (path: string): DurableFile => {
    const fail = () => {
      if (failing.suffix !== undefined && path.endsWith(failing.suffix)) {
        throw new Error("Input/output error (os error 5)");
      }
    };
    return { syncData: () => Promise.resolve().then(fail), syncDataSync: fail, close: () => {} };
  };
  const store = new Store(`${directory}/store-1.sqlite`, {
    cacheKib: 256,
    inPlaceSyncOpsMax: 1,
    inPlaceSyncMsMax: Infinity,
    checkpointSliceBytes: 1e9,
    checkpointWorkerBytesMin: 1e9,
    walBytesMax: 1e9,
    walRoomChunkBytes: 1 << 20,
    snapshotWalBytesMax: 1e9,
    checkAtOpen: false,
    openFile,
    onFailure: (error) => failures.push(error),
    ...options,
  });
  try {
    await body(store, failing, failures);
  } finally {
    await store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

const io = { name: "StorageError", fault: "io" };

Deno.test("after a failed sync nothing is applied or reported as durable, and reads go on", async () => {
  for (const rows of [1, 50]) {
    await withFailingSyncs({}, async (store, failing, failures) => {
      store.apply(rowsFrom(0, rows));
      await store.sync();
      store.apply(rowsFrom(100, rows));
      failing.suffix = "-wal";
      await assert.rejects(store.sync(), io);
      failing.suffix = undefined;
      await assert.rejects(store.sync(), io);
      assert.throws(() => store.apply(rowsFrom(200, 1)), io);
      await assert.rejects(store.defragment(), io);
      assert.equal(store.readers.numbered.log.get(0)?.length, 500);
      assert.deepEqual(failures.length, 1);
    });
  }
});

Deno.test("after a failed sync of the database file nothing is written, because the log may not be begun anew", async () => {
  for (const walBytesMax of [1, 1e9]) {
    await withFailingSyncs({ checkpointSliceBytes: 20 * pageBytes, walBytesMax }, async (store, failing, failures) => {
      failing.suffix = ".sqlite";
      await assert.rejects(async () => {
        for (let i = 0; i < 100; i++) {
          store.apply(rowsFrom(i * 100, 50));
          await store.sync();
        }
      }, io);
      assert.equal(failures.length, 1);
      assert.match(failures[0].message, /Cannot move write-ahead log to database file/);
      assert.equal(store.readers.numbered.log.get(0)?.length, 500);
    });
  }
});

Deno.test("a full disk ends writing with `noSpace`; what was synced is there when there is room again", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "detcd-full-" });
  const mount = (...options: string[]) =>
    new Deno.Command("mount", { args: [...options, directory], stderr: "null" }).output();
  try {
    const mounted = await mount("-t", "tmpfs", "-o", "size=3m", "none").then((result) => result.success, () => false);
    if (!mounted) return console.warn(`skipped "${t.name}": mounting a small file system is not permitted here`);
    try {
      const { batches, fault } = await fillDisk(directory);
      assert.equal(fault, "noSpace");
      assert.ok(batches > 10);
      assert.ok((await mount("-o", "remount,size=30m")).success);
      const storage = sqlite({ directory });
      assert.ok(storage.scanNumbered("log", { limit: Infinity }).length >= batches * 50);
      storage.apply(rowsFrom(1e6, 50));
      await storage.sync();
      await storage.close();
    } finally {
      await new Deno.Command("umount", { args: [directory] }).output();
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("a write that the system refuses ends writing with `io` or `noSpace`, and what was synced stays", async () => {
  const directory = await Deno.makeTempDir({ prefix: "detcd-limit-" });
  try {
    const child = new URL("./fill_disk.ts", import.meta.url).pathname;
    // A process in which files can have 2000 KiB at most, and a write beyond fails in place of killing it.
    const script = `trap '' XFSZ; ulimit -f 2000; exec "$0" run -A "$1" "$2"`;
    const command = new Deno.Command("bash", {
      args: ["-c", script, Deno.execPath(), child, directory],
      stderr: "inherit",
    });
    const { stdout, success } = await command.output();
    const { batches, fault } = JSON.parse(new TextDecoder().decode(stdout));
    assert.ok(success);
    assert.ok(["io", "noSpace"].includes(fault), fault);
    const storage = sqlite({ directory });
    assert.ok(storage.scanNumbered("log", { limit: Infinity }).length >= batches * 50);
    await storage.close();
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
