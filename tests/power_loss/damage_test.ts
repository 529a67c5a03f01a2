import assert from "node:assert/strict";
import { type StorageAdapter, StorageError, WriteBatch } from "../../src/ports/mod.ts";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";
import { pageBytes } from "../../storage_adapters/sqlite/store_file.ts";
import { contentOf } from "../contract/storage_snapshots.ts";
import { seededRandom } from "../support/seeded_random.ts";

const rows = 1500;

/** Everything that is there, read in several ways. */
function readAll(storage: StorageAdapter): unknown {
  const keys = Array.from({ length: rows / 10 }, (_, i) => i * 10);
  return [
    contentOf(storage),
    keys.map((key) => storage.getNumbered("log", key)),
    storage.getNumberedMany("history", keys),
    storage.scanNumbered("log", { from: 100, limit: 50 }),
    storage.scanNumbered("history", { to: 900, limit: 50, reverse: true }),
  ];
}

async function makeStore(directory: string): Promise<void> {
  const storage = sqlite({ directory });
  for (let first = 0; first < rows; first += 100) {
    const batch = new WriteBatch();
    for (let key = first; key < first + 100; key++) {
      batch.putNumbered("log", key, new Uint8Array(100).fill(key));
      batch.putNumbered("history", key, new Uint8Array(key === 700 ? 30_000 : 300).fill(key));
    }
    batch.putNamed("meta", Uint8Array.of(1, first / 100), new Uint8Array(500).fill(first / 100));
    storage.apply(batch);
  }
  await storage.close();
}

/** Where SQLite's file format keeps the count of rows of a page: damage there can hide rows, which no row's checksum can tell. */
function isPageHeader(offset: number): boolean {
  const inPage = offset % pageBytes;
  return inPage < 12;
}

Deno.test("damaged bytes anywhere in the database file are reported or harmless, never read as a wrong value", async () => {
  const seed = Number(Deno.env.get("DETCD_TEST_SEED") ?? Math.trunc(Math.random() * 2 ** 31));
  const random = seededRandom(seed);
  const directory = await Deno.makeTempDir({ prefix: "detcd-damage-" });
  try {
    await makeStore(directory);
    const path = `${directory}/store-1.sqlite`;
    const whole = Deno.readFileSync(path);
    const reader = sqlite({ directory });
    const expected = readAll(reader);
    await reader.close();
    const outcomes = { corrupt: 0, harmless: 0 };
    for (let trial = 0; trial < 250; trial++) {
      const damaged = whole.slice();
      const at = damage(damaged, random.below(5), random.below);
      Deno.writeFileSync(path, damaged);
      const what = `DETCD_TEST_SEED=${seed}, trial ${trial}, byte ${at} of page ${Math.floor(at / pageBytes) + 1}`;
      if (await isReported(directory, expected, { what, mayHide: isPageHeader(at) })) outcomes.corrupt++;
      else outcomes.harmless++;
    }
    // Most bytes of the file are rows.
    assert.ok(outcomes.corrupt > 100, JSON.stringify(outcomes));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** Damages a file in one of several ways; says where. */
function damage(file: Uint8Array, way: number, below: (bound: number) => number): number {
  const at = below(file.length);
  const page = Math.floor(at / pageBytes) * pageBytes;
  switch (way) {
    case 0:
      file.fill(0, page, page + pageBytes);
      return page + 12;
    case 1:
      file.subarray(at, at + 64).forEach((_, i, bytes) => bytes[i] = below(256));
      return at;
    default:
      file[at] ^= 1 << below(8);
      return at;
  }
}

/** Whether damage is reported as such. Fails when a read gives something else than what was written. */
async function isReported(
  directory: string,
  expected: unknown,
  { what, mayHide }: { what: string; mayHide: boolean },
): Promise<boolean> {
  let storage: StorageAdapter | undefined;
  try {
    storage = sqlite({ directory });
    const found = readAll(storage);
    if (!mayHide) assert.deepEqual(found, expected);
    return false;
  } catch (error) {
    if (!(error instanceof StorageError)) throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
    assert.ok(["corrupt", "version", "io"].includes(error.fault), `${what}: ${error.message}`);
    return true;
  } finally {
    await storage?.close();
  }
}
