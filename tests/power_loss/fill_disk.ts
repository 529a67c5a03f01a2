import assert from "node:assert/strict";
import { WriteBatch } from "../../src/ports/mod.ts";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";
import { pageBytes } from "../../storage_adapters/sqlite/store_file.ts";

/** A batch of `rows` rows of 500 bytes from key `first` on. */
export function rowsFrom(first: number, rows: number): WriteBatch {
  const batch = new WriteBatch();
  for (let key = first; key < first + rows; key++) batch.putNumbered("log", key, new Uint8Array(500).fill(key));
  return batch;
}

/** Applies until the store refuses; says how many batches went in and with which fault it ended. */
export async function fillDisk(directory: string): Promise<{ batches: number; fault: string }> {
  const storage = sqlite({ directory, checkpointSliceBytes: 64 * pageBytes });
  let batches = 0;
  let fault = "";
  try {
    for (; fault === ""; batches++) {
      storage.apply(rowsFrom(batches * 50, 50));
      await storage.sync();
    }
  } catch (error) {
    fault = (error as { fault: string }).fault;
  }
  assert.throws(() => storage.apply(rowsFrom(1e6, 1)), { fault });
  await assert.rejects(storage.sync(), { fault });
  const rows = storage.scanNumbered("log", { limit: Infinity });
  // The last batch is there when it was its sync that failed.
  assert.ok(
    rows.length === batches * 50 || rows.length === batches * 50 + 50,
    `${rows.length} rows of ${batches} batches`,
  );
  await storage.close();
  return { batches, fault };
}

if (import.meta.main) console.log(JSON.stringify(await fillDisk(Deno.args[0])));
