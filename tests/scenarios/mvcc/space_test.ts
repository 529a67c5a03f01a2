import assert from "node:assert/strict";
import { KeySpace, type LeaseBook } from "../../../src/mvcc/mod.ts";
import { type StorageAdapter, WriteBatch } from "../../../src/ports/mod.ts";
import { sqlite } from "../../../storage_adapters/sqlite/mod.ts";

const noLeases: LeaseBook = { has: () => false, leaseOf: () => 0n, attach() {}, detach() {} };
const pageBytes = 8192;

/** A keyspace on SQLite that is filled and compacted in cycles. */
class Cycles {
  readonly #storage: StorageAdapter;
  readonly #keyspace: KeySpace;
  readonly #file: string;

  constructor(directory: string) {
    this.#storage = sqlite({ directory });
    this.#file = `${directory}/store-1.sqlite`;
    const opening = KeySpace.open(this.#storage, { leases: noLeases });
    let step = opening.next();
    while (!step.done) step = opening.next();
    this.#keyspace = step.value;
  }

  put(key: string, valueBytes: number): void {
    this.#keyspace.put({ key: new TextEncoder().encode(key), value: new Uint8Array(valueBytes).fill(1) });
    if (this.#keyspace.revision % 100 === 0) this.#store();
  }

  #store(): void {
    const batch = new WriteBatch();
    this.#keyspace.takeEffects(batch);
    this.#storage.apply(batch);
    this.#keyspace.effectsStored();
  }

  /** Compacts everything, and returns what is live and what the file takes. */
  async compact(): Promise<{ liveBytes: number; fileBytes: number }> {
    this.#keyspace.compact(this.#keyspace.revision);
    for (const _ of this.#keyspace.compactionSlices()) this.#store();
    this.#store();
    await this.#storage.sync();
    assert.equal(this.#keyspace.events, this.#keyspace.liveKeys);
    const { totalBytes } = this.#storage.size();
    assert.ok(Deno.statSync(this.#file).size <= totalBytes);
    return { liveBytes: this.#keyspace.liveBytes, fileBytes: totalBytes };
  }

  close(): Promise<void> {
    return this.#storage.close();
  }
}

async function withCycles(body: (cycles: Cycles) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "detcd-space-" });
  const cycles = new Cycles(directory);
  try {
    await body(cycles);
  } finally {
    await cycles.close();
    await Deno.remove(directory, { recursive: true });
  }
}

/** Without reuse the file would come to several times the bound. */
const cycleCount = 12;
const hotKeys = 100;
const coldKeys = 400;
const hotPutsPerCycle = 2000;
const valueBytes = 250;

/** What the storage takes whatever it holds: roots of the tables, the small state. */
const fixedBytes = 30 * pageBytes;

for (const coldPutsPerCycle of [0, 20, 200]) {
  Deno.test(`puts and compactions at constant live data keep the file bounded without defragment, with ${coldPutsPerCycle} long-living rows in between each time`, async () => {
    await withCycles(async (cycles) => {
      for (let i = 0; i < coldKeys; i++) cycles.put(`cold${String(i).padStart(6, "0")}`, valueBytes);
      let cold = 0;
      const cycleBytes = (hotPutsPerCycle + coldPutsPerCycle) * (valueBytes + 60);
      for (let cycle = 0; cycle < cycleCount; cycle++) {
        for (let i = 0; i < hotPutsPerCycle; i++) {
          cycles.put(`hot${String(i % hotKeys).padStart(6, "0")}`, valueBytes);
          if (coldPutsPerCycle > 0 && i % (hotPutsPerCycle / coldPutsPerCycle) === 0) {
            cycles.put(`cold${String(cold++ % coldKeys).padStart(6, "0")}`, valueBytes);
          }
        }
        const { liveBytes, fileBytes } = await cycles.compact();
        assert.ok(liveBytes < (hotKeys + coldKeys) * (valueBytes + 50), `${liveBytes} live bytes`);
        // A page is at least a third full, or joined with its neighbour; and a cycle's writes had to go somewhere.
        const bound = 3 * liveBytes + 1.25 * cycleBytes + fixedBytes;
        assert.ok(fileBytes <= bound, `cycle ${cycle}: ${fileBytes} bytes of file, at most ${bound} expected`);
      }
    });
  });
}
