import assert from "node:assert/strict";
import { StorageError } from "../../src/ports/mod.ts";
import { type SyncableFile, Syncer, type SyncerOptions } from "./syncer.ts";

/** A file whose syncs on the thread pool end when the test says so. */
class HandFile implements SyncableFile {
  readonly pending: PromiseWithResolvers<void>[] = [];
  inPlace = 0;
  inPlaceError: Error | undefined;

  syncData(): Promise<void> {
    const sync = Promise.withResolvers<void>();
    this.pending.push(sync);
    return sync.promise;
  }

  syncDataSync(): void {
    this.inPlace++;
    if (this.inPlaceError !== undefined) throw this.inPlaceError;
  }
}

function syncerOn(file: HandFile, options: Partial<SyncerOptions> = {}): { syncer: Syncer; failures: Error[] } {
  const failures: Error[] = [];
  const syncer = new Syncer({ pooled: file, inPlace: file }, {
    inPlaceOpsMax: 0,
    inPlaceMsMax: Infinity,
    now: () => 0,
    onFailure: (error) => failures.push(error),
    ...options,
  });
  return { syncer, failures };
}

/** Follows a promise without waiting for it. */
function watch(promise: Promise<void>): { state: string } {
  const watched = { state: "pending" };
  promise.then(() => watched.state = "done", (error) => watched.state = error.fault);
  return watched;
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

Deno.test("Syncer.sync() with nothing written touches no file", async () => {
  const file = new HandFile();
  await syncerOn(file).syncer.sync();
  assert.equal(file.pending.length + file.inPlace, 0);
});

Deno.test("Syncer.sync() calls for the same writes share one sync, later writes get one that begins after them", async () => {
  const file = new HandFile();
  const { syncer } = syncerOn(file);
  syncer.noteWrite(1);
  const first = [watch(syncer.sync()), watch(syncer.sync())];
  assert.equal(file.pending.length, 1);
  syncer.noteWrite(1);
  const second = [watch(syncer.sync()), watch(syncer.sync())];
  syncer.noteWrite(1);
  const third = watch(syncer.sync());
  assert.equal(file.pending.length, 1, "two syncs at once");
  file.pending[0].resolve();
  await settle();
  assert.deepEqual(first.map((each) => each.state), ["done", "done"]);
  assert.deepEqual([...second, third].map((each) => each.state), ["pending", "pending", "pending"]);
  assert.equal(file.pending.length, 2);
  syncer.noteWrite(1);
  const fourth = watch(syncer.sync());
  file.pending[1].resolve();
  await settle();
  assert.deepEqual([...second, third, fourth].map((each) => each.state), ["done", "done", "done", "pending"]);
  file.pending[2].resolve();
  await settle();
  assert.equal(fourth.state, "done");
  await syncer.sync();
  assert.equal(file.pending.length, 3, "a sync without a write");
});

Deno.test("Syncer.sync() is done in place for few changes on a fast disk only", async () => {
  const file = new HandFile();
  let nowMs = 0;
  const { syncer } = syncerOn(file, { inPlaceOpsMax: 4, inPlaceMsMax: 1, now: () => nowMs });
  syncer.noteWrite(4);
  await syncer.sync();
  assert.deepEqual([file.inPlace, file.pending.length], [1, 0]);
  syncer.noteWrite(2);
  syncer.noteWrite(3);
  const pooled = watch(syncer.sync());
  assert.deepEqual([file.inPlace, file.pending.length], [1, 1], "in place although there are many changes");
  nowMs += 20;
  file.pending[0].resolve();
  await settle();
  assert.equal(pooled.state, "done");
  syncer.noteWrite(1);
  await syncer.sync();
  assert.deepEqual([file.inPlace, file.pending.length], [2, 1], "how long the thread pool took does not count");
});

Deno.test("Syncer.sync() goes to the thread pool while syncs in place are slow, and tries one in place now and then", async () => {
  const file = new HandFile();
  let nowMs = 0;
  let diskMs = 20;
  const { syncer } = syncerOn(file, { inPlaceOpsMax: 4, inPlaceMsMax: 3, now: () => nowMs });
  const syncDataSync = file.syncDataSync.bind(file);
  file.syncDataSync = () => {
    nowMs += diskMs;
    syncDataSync();
  };
  const sync = async (): Promise<"in place" | "pooled"> => {
    const before = file.inPlace;
    syncer.noteWrite(1);
    const done = syncer.sync();
    file.pending.splice(0).forEach((pending) => pending.resolve());
    await done;
    return file.inPlace > before ? "in place" : "pooled";
  };
  const run = async (syncs: number) => {
    let inPlace = 0;
    for (let i = 0; i < syncs; i++) if (await sync() === "in place") inPlace++;
    return inPlace;
  };
  assert.equal(await sync(), "in place");
  assert.equal(await sync(), "pooled");
  const whileSlow = await run(200);
  assert.ok(whileSlow >= 2 && whileSlow <= 20, `${whileSlow} of 200 syncs in place on a slow disk`);
  diskMs = 0.2;
  await run(40);
  assert.equal(await run(50), 50, "the disk is quick again");
});

Deno.test("Syncer.syncInPlace() covers what a sync on the thread pool has not", async () => {
  const file = new HandFile();
  const { syncer } = syncerOn(file);
  syncer.noteWrite(1);
  const first = watch(syncer.sync());
  syncer.noteWrite(1);
  const second = watch(syncer.sync());
  syncer.syncInPlace();
  assert.equal(file.inPlace, 1);
  file.pending[0].resolve();
  await settle();
  assert.deepEqual([first.state, second.state, file.pending.length], ["done", "done", 1]);
});

Deno.test("Syncer reports a failed sync to everyone, once to its owner, and never anything as durable again", async () => {
  const file = new HandFile();
  const { syncer, failures } = syncerOn(file);
  syncer.noteWrite(1);
  const first = watch(syncer.sync());
  syncer.noteWrite(1);
  const second = watch(syncer.sync());
  file.pending[0].reject(Object.assign(new Error("No space left on device"), { code: "ENOSPC" }));
  await settle();
  assert.deepEqual([first.state, second.state], ["noSpace", "noSpace"]);
  await assert.rejects(syncer.sync(), StorageError);
  syncer.noteWrite(1);
  await assert.rejects(syncer.sync(), StorageError);
  assert.throws(() => syncer.syncInPlace(), StorageError);
  assert.deepEqual([file.pending.length, file.inPlace, failures.length], [1, 0, 1]);
});

Deno.test("Syncer reports a failed sync in place", async () => {
  const file = new HandFile();
  const { syncer, failures } = syncerOn(file, { inPlaceOpsMax: 10 });
  file.inPlaceError = Object.assign(new Error("Input/output error (os error 5)"), { code: "EIO" });
  syncer.noteWrite(1);
  await assert.rejects(syncer.sync(), { name: "StorageError", fault: "io" });
  assert.equal(failures.length, 1);
});
