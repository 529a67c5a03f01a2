import assert from "node:assert/strict";
import type { Random } from "../../src/ports/mod.ts";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";
import { nextTurn } from "../../storage_adapters/next_turn.ts";
import { Store } from "../../storage_adapters/sqlite/store.ts";
import { openStoreFile, pageBytes, StoreFileBuilder } from "../../storage_adapters/sqlite/store_file.ts";
import { Readers } from "../../storage_adapters/sqlite/tables.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { asStorage, NumberedBatches } from "./numbered_batches.ts";
import { blockBytes, cut, mix, RecordedDisk, unsyncedRange } from "./recorded_disk.ts";

const walHeaderBytes = 32;
const frameBytes = pageBytes + 24;
const seedGiven = Deno.env.get("SEED");

/** A store on a recorded disk, its workload, and the power cuts that have been tried on it. */
class Trial {
  readonly batches: NumberedBatches;
  readonly disk: RecordedDisk;
  readonly store: Store;
  /** The latest batch that a completed sync has covered. */
  synced = 0;
  readonly steps = new Map<string, number>();
  cutsTried = 0;
  #failure: unknown;
  readonly #copyPath: string;

  constructor(readonly directory: string, readonly random: Random, options: { walBytesMax: number }) {
    const path = `${directory}/original.sqlite`;
    new StoreFileBuilder(path).finishSync();
    Deno.mkdirSync(`${directory}/copy`);
    this.#copyPath = `${directory}/copy/store-1.sqlite`;
    this.batches = new NumberedBatches(random);
    this.disk = new RecordedDisk(path);
    this.store = new Store(path, {
      cacheKib: 256,
      inPlaceSyncOpsMax: 3,
      inPlaceSyncMsMax: Infinity,
      checkpointSliceBytes: 12 * pageBytes,
      checkpointWorkerBytesMin: Infinity,
      walBytesMax: options.walBytesMax,
      walRoomChunkBytes: 8 * pageBytes,
      snapshotWalBytesMax: Infinity,
      checkAtOpen: false,
      openFile: (path) => this.disk.openFile(path),
      onFailure: (error) => {
        throw error;
      },
    });
  }

  #watchSteps(): void {
    this.disk.onStep = (what) => {
      const times = (this.steps.get(what) ?? 0) + 1;
      this.steps.set(what, times);
      try {
        this.tryMixes(what, 3);
      } catch (error) {
        // Thrown on by run(): here it would look like a failure of the disk.
        this.#failure ??= error;
      }
    };
  }

  async run(batches: number): Promise<void> {
    this.#watchSteps();
    for (let i = 0; i < batches; i++) {
      this.store.apply(this.batches.next());
      this.tryMixes("applied", 1);
      if (this.#failure !== undefined) throw this.#failure;
      // Sometimes several syncs are under way, sometimes batches are applied while one is.
      if (this.random.below(3) > 0) await this.#sync();
      else if (this.random.below(2) > 0) void this.#sync();
      if (this.random.below(25) === 0) await this.store.defragment();
    }
    await this.#sync();
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Packs half-full pages, with cuts at every step and between all slices, and with batches applied on the way. */
  async defragment(): Promise<void> {
    this.store.apply(this.batches.filling(800));
    this.store.apply(this.batches.thinningOut());
    await this.#sync();
    this.#watchSteps();
    const before = this.store.size();
    const bytesBefore = this.#rowBytes();
    let isDone = false;
    const work = this.store.defragment().finally(() => isDone = true);
    for (let slice = 0; !isDone; slice++) {
      this.tryMixes(`slice ${slice} of a defragmentation`, 2);
      if (slice % 4 === 3) this.store.apply(this.batches.next());
      await nextTurn();
    }
    await work;
    if (this.#failure !== undefined) throw this.#failure;
    this.tryMixes("defragmented", 3);
    // What the batches on the way have added takes its bytes at least.
    const addedBytes = this.#rowBytes() - bytesBefore;
    const size = this.store.size();
    const inUseBytes = size.inUseBytes - addedBytes;
    const totalBytes = size.totalBytes - addedBytes;
    assert.ok(inUseBytes < 0.75 * before.inUseBytes, `pages in use went from ${before.inUseBytes} to ${inUseBytes}`);
    assert.ok(totalBytes < 0.75 * before.totalBytes, `the file went from ${before.totalBytes} to ${totalBytes}`);
  }

  /** Bytes of the values in log and history. */
  #rowBytes(): number {
    const all = [{ from: 0, to: Number.MAX_SAFE_INTEGER }];
    return this.store.numberedBytes("log", all) + this.store.numberedBytes("history", all);
  }

  async #sync(): Promise<void> {
    const covers = this.batches.latest;
    await this.store.sync();
    this.synced = Math.max(this.synced, covers);
  }

  /** Power cuts that keep random blocks of what has not been synced, in both files. */
  tryMixes(what: string, times: number): void {
    const { database, wal } = this.disk;
    this.tryCut(`${what}: nothing unsynced survives`, database.durable, wal.durable);
    this.tryCut(`${what}: everything survives`, database.written, wal.written);
    this.tryCut(`${what}: the log was faster`, database.durable, wal.written);
    this.tryCut(`${what}: the database file was faster`, database.written, wal.durable);
    for (let i = 0; i < times; i++) {
      const kept = () => this.random.below(2) === 0;
      this.tryCut(`${what}: random blocks survive`, mix(database, kept), mix(wal, kept));
    }
  }

  /** Power cuts at every frame border and inside every frame of the log that has not been synced, with the last block whole or torn. */
  tryEveryPoint(what: string): void {
    const { database, wal } = this.disk;
    const { from, to } = unsyncedRange(wal);
    const first = Math.max(0, Math.floor((from - walHeaderBytes) / frameBytes));
    for (let start = walHeaderBytes + first * frameBytes; start <= to; start += frameBytes) {
      for (const inside of [0, 1, 24, 25, blockBytes, pageBytes - 1]) {
        const at = start + inside;
        if (at < from || at > to) continue;
        const whole = cut(wal, at);
        const step = `${what}: the log is cut at byte ${at} (${inside} into a frame)`;
        for (const file of [database.durable, database.written]) {
          this.tryCut(step, file, whole);
          this.tryCut(`${step}, and ends there`, file, wal.written.subarray(0, at));
        }
        this.#tryTorn(step, wal.written, at);
      }
    }
  }

  #tryTorn(step: string, written: Uint8Array, at: number): void {
    const torn = (fill: (block: Uint8Array) => void) => {
      const image = written.slice(0, at + blockBytes);
      fill(image.subarray(at));
      return image;
    };
    const { database } = this.disk;
    this.tryCut(`${step}, then zeros`, database.written, torn((block) => block.fill(0)));
    this.tryCut(`${step}, then half a block`, database.written, torn((block) => block.fill(0, block.length / 2)));
    this.tryCut(
      `${step}, then garbage`,
      database.written,
      torn((block) => block.forEach((_, i) => block[i] = this.random.below(256))),
    );
  }

  /** Opens a copy of the files as given: it must hold the state after one batch, which is not older than the last synced one. */
  tryCut(what: string, database: Uint8Array, wal: Uint8Array): void {
    this.cutsTried++;
    Deno.writeFileSync(this.#copyPath, database);
    Deno.writeFileSync(`${this.#copyPath}-wal`, wal);
    try {
      Deno.removeSync(`${this.#copyPath}-shm`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    try {
      const db = openStoreFile(this.#copyPath, { cacheKib: 256 });
      try {
        const found = this.batches.identify(asStorage(new Readers(db)));
        assert.ok(found >= this.synced, `batch ${this.synced} was synced, ${found} is the last one there`);
      } finally {
        db.close();
      }
    } catch (error) {
      throw new Error(`after batch ${this.batches.latest}, ${what}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** Runs `body` in a directory in memory where there is one, and names the seed in what it throws. */
async function withTrial(
  options: { walBytesMax: number; seed: number },
  body: (trial: Trial) => Promise<void>,
): Promise<void> {
  const inMemory = await Deno.stat("/dev/shm").then((info) => info.isDirectory, () => false);
  const directory = await Deno.makeTempDir({ prefix: "detcd-power-", dir: inMemory ? "/dev/shm" : undefined });
  const trial = new Trial(directory, seededRandom(options.seed), options);
  try {
    await body(trial);
  } catch (error) {
    throw new Error(`SEED=${options.seed}: ${(error as Error).message}`, { cause: error });
  } finally {
    trial.disk.onStep = () => {};
    await trial.store.close();
    await Deno.remove(directory, { recursive: true });
  }
}

const seeds = seedGiven === undefined ? [1, Math.trunc(Math.random() * 2 ** 31)] : [Number(seedGiven)];

Deno.test("a power cut at any step of applies, syncs and checkpoints leaves a whole state that holds what was synced", async (t) => {
  for (const seed of seeds) {
    await t.step(`seed ${seed}`, () =>
      withTrial({ walBytesMax: 40 * pageBytes, seed }, async (trial) => {
        await trial.run(50);
        // The trial must have seen rounds of checkpointing, and the log begun anew.
        for (
          const step of ["sync of log completed", "sync of database file begun", "sync of database file in place begun"]
        ) {
          assert.ok((trial.steps.get(step) ?? 0) > 0, `the trial never came to "${step}"`);
        }
        assert.ok(Deno.statSync(`${trial.disk.storePath}-wal`).size < 120 * frameBytes, "the log was never begun anew");
      }));
  }
});

Deno.test("a power cut at any step of a defragmentation leaves a whole state that holds what was synced", async (t) => {
  for (const seed of seeds) {
    await t.step(`seed ${seed}`, () =>
      withTrial({ walBytesMax: 40 * pageBytes, seed }, async (trial) => {
        await trial.run(5);
        await trial.defragment();
      }));
  }
});

Deno.test("a log cut at every point after the last sync, or torn there, leaves a whole state that holds what was synced", async (t) => {
  for (const seed of seeds) {
    await t.step(`seed ${seed}`, () =>
      withTrial({ walBytesMax: 30 * pageBytes, seed }, async (trial) => {
        for (let round = 0; round < 3; round++) {
          await trial.run(8);
          trial.disk.onStep = () => {};
          for (let i = 0; i < 3; i++) trial.store.apply(trial.batches.next());
          trial.tryEveryPoint(`round ${round}`);
        }
        assert.ok(trial.cutsTried > 500, `only ${trial.cutsTried} cuts were tried`);
      }));
  }
});

Deno.test("sqlite() opens what a power cut has left and goes on", async () => {
  await withTrial({ walBytesMax: 30 * pageBytes, seed: 7 }, async (trial) => {
    await trial.run(20);
    trial.disk.onStep = () => {};
    trial.store.apply(trial.batches.next());
    trial.tryCut("last", trial.disk.database.durable, trial.disk.wal.durable);
    const storage = sqlite({ directory: `${trial.directory}/copy` });
    try {
      const number = trial.batches.identify(storage);
      assert.ok(number >= trial.synced);
      storage.apply(trial.batches.next());
      await storage.sync();
    } finally {
      await storage.close();
    }
  });
});
