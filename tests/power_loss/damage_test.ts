import assert from "node:assert/strict";
import { type StorageAdapter, StorageError, WriteBatch } from "../../src/ports/mod.ts";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";
import { pageBytes } from "../../storage_adapters/sqlite/store_file.ts";
import { contentOf } from "../contract/storage_snapshots.ts";
import { visitedMany } from "../contract/visited_many.ts";
import { seededRandom } from "../support/seeded_random.ts";

const rows = 1500;

/** Everything that is there, read in several ways. */
function readAll(storage: StorageAdapter): unknown {
  const keys = Array.from({ length: rows / 10 }, (_, i) => i * 10);
  return [
    contentOf(storage),
    keys.map((key) => storage.getNumbered("log", key)),
    storage.getNumberedMany("history", keys),
    visitedMany(storage, "history", Array.from({ length: rows }, (_, i) => i)),
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
      if (await isReported(directory, expected, what)) outcomes.corrupt++;
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
async function isReported(directory: string, expected: unknown, what: string): Promise<boolean> {
  let storage: StorageAdapter | undefined;
  try {
    storage = sqlite({ directory });
    const found = readAll(storage);
    assert.deepEqual(found, expected);
    return false;
  } catch (error) {
    if (!(error instanceof StorageError)) throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
    assert.ok(["corrupt", "version", "io"].includes(error.fault), `${what}: ${error.message}`);
    return true;
  } finally {
    await storage?.close();
  }
}

/** Where the keys of inner pages of tables end, by SQLite's file format (section 1.6): each cell is a child's number and a varint. */
function innerKeyEnds(file: Uint8Array): number[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const ends: number[] = [];
  for (let page = pageBytes; page < file.length; page += pageBytes) {
    if (file[page] !== 0x05) continue;
    const cells = view.getUint16(page + 3);
    for (let cell = 0; cell < cells; cell++) {
      let at = page + view.getUint16(page + 12 + cell * 2) + 4;
      while (file[at] & 0x80) at++;
      ends.push(at);
    }
  }
  return ends;
}

Deno.test("a damaged key of an inner page never hides a row from a read", async () => {
  const directory = await Deno.makeTempDir({ prefix: "detcd-damage-" });
  try {
    await makeStore(directory);
    const path = `${directory}/store-1.sqlite`;
    const whole = Deno.readFileSync(path);
    const ends = innerKeyEnds(whole);
    assert.ok(ends.length > 20, `the store has only ${ends.length} inner keys`);
    let reported = 0;
    for (const end of ends.filter((_, i) => i % 3 === 0)) {
      for (const difference of [-9, 9]) {
        const changed = (whole[end] & 0x7f) + difference;
        if (changed < 0 || changed > 0x7f) continue;
        const damaged = whole.slice();
        damaged[end] = changed;
        Deno.writeFileSync(path, damaged);
        const storage = sqlite({ directory, checkAtOpen: false });
        for (let key = 0; key < rows; key++) {
          reported += missing(() => storage.getNumbered("log", key), key);
          reported += missing(() => storage.scanNumbered("log", { from: key, limit: 1 })[0]?.value, key);
          reported += missing(
            () => storage.scanNumbered("log", { to: key + 1, limit: 1, reverse: true })[0]?.value,
            key,
          );
        }
        await storage.close();
      }
    }
    assert.ok(reported > 0, "no damage was met");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** 1 when the read reports damage, 0 when it gives the row of `key`. Fails when it gives another row or none. */
function missing(read: () => Uint8Array | undefined, key: number): number {
  let found: Uint8Array | undefined;
  try {
    found = read();
  } catch (error) {
    assert.ok(error instanceof StorageError && error.fault === "corrupt", `${error}`);
    return 1;
  }
  assert.equal(found?.[0], key & 0xff, `row ${key} is hidden`);
  return 0;
}
