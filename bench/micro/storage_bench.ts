import { type StorageAdapter, WriteBatch } from "../../src/ports/mod.ts";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";

const valueBytes = 300;
const recordBytes = 1024;
const seededRows = 200_000;

/** A batch as a member makes it: for each of `puts` puts a row of the log and one of the history, and the applied index. */
function memberBatch(first: number, puts: number): WriteBatch {
  const value = new Uint8Array(valueBytes).fill(first);
  const batch = new WriteBatch();
  for (let key = first; key < first + puts; key++) {
    batch.putNumbered("log", key, value);
    batch.putNumbered("history", key, value);
  }
  batch.putNamed("meta", Uint8Array.of(1), Uint8Array.of(first));
  return batch;
}

/** A store with rows of 1 KiB in its history. */
async function filled(storage: StorageAdapter): Promise<StorageAdapter> {
  const value = new Uint8Array(recordBytes).fill(7);
  for (let first = 0; first < seededRows; first += 1000) {
    const batch = new WriteBatch();
    for (let key = first; key < first + 1000; key++) batch.putNumbered("history", key, value);
    storage.apply(batch);
  }
  await storage.sync();
  return storage;
}

const temporary = Deno.makeTempDirSync({ prefix: "detcd-bench-" });
globalThis.addEventListener("unload", () => Deno.removeSync(temporary, { recursive: true }));
const adapters: [string, StorageAdapter][] = [
  ["memory", await filled(memory())],
  ["sqlite", await filled(sqlite({ directory: temporary }))],
];
/** The same adapter with every sync on the thread pool, and with every sync in place. */
const pooled = sqlite({ directory: `${temporary}/pooled`, inPlaceSyncOpsMax: 0 });
const inPlace = sqlite({ directory: `${temporary}/in-place`, inPlaceSyncOpsMax: Infinity, inPlaceSyncMsMax: Infinity });

const everyKey = Array.from({ length: 10_000 }, (_, i) => 50_000 + i);
const sparseKeys = everyKey.map((_, i) => i * 19);
let nextKey = seededRows;

for (const [name, storage] of adapters) {
  const baseline = name === "sqlite";
  Deno.bench({ name: `${name}`, group: "apply 100 puts (201 rows of 300 B)", baseline, n: 300 }, (b) => {
    const batch = memberBatch(nextKey, 100);
    nextKey += 100;
    b.start();
    storage.apply(batch);
    b.end();
  });
  Deno.bench({ name: `${name}`, group: "apply 100 puts and sync", baseline, n: 300 }, async (b) => {
    const batch = memberBatch(nextKey, 100);
    nextKey += 100;
    b.start();
    storage.apply(batch);
    await storage.sync();
    b.end();
  });
  Deno.bench({ name: `${name}`, group: "get one row of 1 KiB", baseline }, () => {
    storage.getNumbered("history", 1000 + nextKey++ * 7919 % 100_000);
  });
  Deno.bench({ name: `${name}`, group: "getNumberedMany, 10,000 neighbouring rows of 1 KiB", baseline, n: 20 }, () => {
    storage.getNumberedMany("history", everyKey);
  });
  Deno.bench({ name: `${name}`, group: "getNumberedMany, every 19th row, 10,000 of 1 KiB", baseline, n: 20 }, () => {
    storage.getNumberedMany("history", sparseKeys);
  });
  Deno.bench({ name: `${name}`, group: "scan 10,000 rows of 1 KiB", baseline, n: 20 }, () => {
    storage.scanNumbered("history", { from: 50_000, limit: 10_000 });
  });
  Deno.bench({ name: `${name}`, group: "size()", baseline }, () => {
    storage.size();
  });
}

for (const puts of [1, 4, 100]) {
  for (const [name, storage] of [["on the thread pool", pooled], ["in place", inPlace]] as const) {
    Deno.bench({ name, group: `apply ${puts} puts and sync, one at a time`, n: 300 }, async (b) => {
      const batch = memberBatch(nextKey, puts);
      nextKey += puts;
      b.start();
      storage.apply(batch);
      await storage.sync();
      b.end();
    });
  }
}
