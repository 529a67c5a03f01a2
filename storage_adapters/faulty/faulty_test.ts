import assert from "node:assert/strict";
import fc from "fast-check";
import { type Clock, type StorageAdapter, type Timer, WriteBatch } from "../../src/ports/mod.ts";
import { seededRandom } from "../../tests/support/seeded_random.ts";
import { contentOf } from "../../tests/contract/storage_snapshots.ts";
import { memory } from "../memory/mod.ts";
import { faulty } from "./mod.ts";

function put(storage: StorageAdapter, ...keys: number[]): void {
  const batch = new WriteBatch();
  for (const key of keys) batch.putNumbered("log", key, Uint8Array.of(key));
  storage.apply(batch);
}

function keysOf(storage: StorageAdapter): number[] {
  return storage.scanNumbered("log", { limit: Infinity }).map((row) => row.key);
}

Deno.test("faulty.crash() takes back what no sync has covered, whatever it did", async () => {
  const bytes = fc.uint8Array({ maxLength: 2 });
  const key = fc.nat(6);
  const bucket = fc.constant("history" as const);
  const name = fc.constant("meta" as const);
  const op = fc.oneof(
    fc.record({ kind: fc.constant("putNumbered" as const), bucket, key, value: bytes }),
    fc.record({ kind: fc.constant("deleteNumbered" as const), bucket, key }),
    fc.record({ kind: fc.constant("deleteNumberedRange" as const), bucket, from: key, to: key }),
    fc.record({ kind: fc.constant("putNamed" as const), bucket: name, key: bytes, value: bytes }),
    fc.record({ kind: fc.constant("deleteNamed" as const), bucket: name, key: bytes }),
    fc.record({
      kind: fc.constant("deleteNamedRange" as const),
      bucket: name,
      from: bytes,
      to: fc.option(bytes, { nil: undefined }),
    }),
  );
  const batches = fc.array(fc.array(op, { maxLength: 8 }), { maxLength: 8 });
  const seed = Number(Deno.env.get("SEED") ?? Math.trunc(Math.random() * 2 ** 31));
  await fc.assert(
    fc.asyncProperty(batches, batches, fc.nat(), async (durable, lost, chance) => {
      const disk = faulty(memory(), { random: seededRandom(chance), unsyncedMaySurvive: chance % 2 === 0 });
      const apply = (ops: (typeof lost)[number]) => {
        const batch = new WriteBatch();
        batch.ops.push(...ops);
        disk.apply(batch);
      };
      durable.forEach(apply);
      await disk.sync();
      const states = [contentOf(disk)];
      for (const ops of lost) {
        apply(ops);
        states.push(contentOf(disk));
      }
      disk.crash();
      const found = contentOf(await disk.restart());
      const expected = chance % 2 === 0 ? states : states.slice(0, 1);
      assert.ok(expected.some((state) => equal(state, found)));
    }),
    { seed, numRuns: 200 },
  );
});

function equal(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

Deno.test("faulty.crash() ends the adapter and rejects what is under way, restart() goes on", async () => {
  const timers: { delayMs: number; callback: () => void; canceled: boolean }[] = [];
  const clock: Clock = {
    monotonicMs: () => 0,
    wallMs: () => 0,
    nextTurn: () => {},
    afterInput: () => {},
    after(delayMs, callback): Timer {
      const timer = { delayMs, callback, canceled: false };
      timers.push(timer);
      return { cancel: () => timer.canceled = true };
    },
  };
  const disk = faulty(memory(), { random: seededRandom(3), syncLatencyMs: { min: 5, max: 9, clock } });
  put(disk, 1);
  const first = disk.sync();
  put(disk, 2);
  assert.ok(timers[0].delayMs >= 5 && timers[0].delayMs <= 9);
  timers[0].callback();
  await first;
  const second = disk.sync();
  disk.crash();
  await assert.rejects(second, { fault: "closed" });
  assert.ok(timers[1].canceled);
  assert.throws(() => disk.getNumbered("log", 1), { fault: "closed" });
  await assert.rejects(disk.sync(), { fault: "closed" });
  const restarted = await disk.restart();
  assert.deepEqual(keysOf(restarted), [1]);
});

Deno.test("faulty with lostSyncProbability 1 forgets what it called durable", async () => {
  const disk = faulty(memory(), { random: seededRandom(1), lostSyncProbability: 1 });
  put(disk, 1);
  await disk.sync();
  disk.crash();
  assert.deepEqual(keysOf(await disk.restart()), []);
});

Deno.test("faulty with tornBatchProbability 1 leaves a part of the first lost batch", async () => {
  for (let seed = 0; seed < 20; seed++) {
    const disk = faulty(memory(), { random: seededRandom(seed), tornBatchProbability: 1 });
    put(disk, 1);
    await disk.sync();
    put(disk, 2, 3, 4);
    put(disk, 5);
    disk.crash();
    const keys = keysOf(await disk.restart());
    assert.ok(keys.length > 1 && keys.length < 4 && !keys.includes(4) && !keys.includes(5), `${keys}`);
  }
});

Deno.test("faulty throws errors at the calls that the plan names, and refuses writes after one of a write", async () => {
  const disk = faulty(memory(), {
    random: seededRandom(1),
    errors: [{ operation: "read", fault: "corrupt", atCall: 2 }, { operation: "apply", fault: "noSpace", atCall: 3 }],
  });
  put(disk, 1);
  assert.equal(disk.getNumbered("log", 1)?.[0], 1);
  assert.throws(() => disk.getNumbered("log", 1), { fault: "corrupt" });
  put(disk, 2);
  assert.throws(() => put(disk, 3), { fault: "noSpace" });
  assert.throws(() => put(disk, 4), { fault: "noSpace" });
  await assert.rejects(disk.sync(), { fault: "noSpace" });
  assert.deepEqual(keysOf(disk), [1, 2]);
});

Deno.test("faulty throws at random calls, the same ones for the same seed", () => {
  const faults = (seed: number) => {
    const disk = faulty(memory(), {
      random: seededRandom(seed),
      errors: [{ operation: "read", fault: "io", probability: 0.3 }],
    });
    return Array.from({ length: 100 }, () => {
      try {
        disk.getNumbered("log", 1);
        return "-";
      } catch {
        return "x";
      }
    }).join("");
  };
  assert.equal(faults(1), faults(1));
  assert.notEqual(faults(1), faults(2));
  const errors = faults(1).replaceAll("-", "").length;
  assert.ok(errors > 10 && errors < 60, `${errors}`);
});

Deno.test("faulty.crash() during a restore leaves the old content or the new", async () => {
  const twin = memory();
  put(twin, 7);
  const disk = faulty(memory(), { random: seededRandom(1) });
  put(disk, 1);
  await disk.sync();
  put(disk, 2);
  const restored = disk.restore(twin.snapshot());
  disk.crash();
  await assert.rejects(restored, { fault: "closed" });
  assert.deepEqual(keysOf(await disk.restart()), [1]);
});
