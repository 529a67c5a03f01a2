import { WriteBatch } from "../../src/ports/mod.ts";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";
import { pageBytes } from "../../storage_adapters/sqlite/store_file.ts";

// Applies numbered batches, several callers at once, and prints the number of each batch once a sync has covered it. Runs until it is killed.
const [directory, first] = Deno.args;
const storage = sqlite({ directory, checkpointSliceBytes: 32 * pageBytes, walBytesMax: 128 * pageBytes });
let number = Number(first);

/** The batch of a number: in the log, in the history and in the small state. */
function numberedBatch(number: number): WriteBatch {
  const value = new TextEncoder().encode(`${number};`.padEnd(700, "y"));
  const batch = new WriteBatch();
  batch.putNumbered("log", number, value);
  batch.putNumbered("history", number * 2, value);
  batch.putNumbered("history", number * 2 + 1, value);
  batch.putNamed("meta", Uint8Array.of(1), new TextEncoder().encode(String(number)));
  return batch;
}

async function call(): Promise<never> {
  while (true) {
    const mine = number++;
    storage.apply(numberedBatch(mine));
    await storage.sync();
    Deno.stdout.writeSync(new TextEncoder().encode(`${mine}\n`));
  }
}

await Promise.all(Array.from({ length: 8 }, call));
