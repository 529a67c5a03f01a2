/**
 * The keyspace with a million keys of 32 B + 256 B on SQLite. Before the benchmarks run, it prints what the index costs in memory and how
 * long the keyspace takes to open. `KEYS=n` changes the number, `ORDER=random` the order in which they were put.
 *
 *     deno bench -A --v8-flags=--expose-gc bench/micro/mvcc_bench.ts
 */
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";
import { KeySpace, type LeaseBook, type TxnOp } from "../../src/mvcc/mod.ts";
import { type StorageAdapter, WriteBatch } from "../../src/ports/mod.ts";

const keys = Number(Deno.env.get("KEYS") ?? 1_000_000);
const inOrder = Deno.env.get("ORDER") !== "random";
const value = new Uint8Array(256).fill(120);
const endless = new Uint8Array(1);
const noLeases: LeaseBook = { has: () => false, leaseOf: () => 0n, attach() {}, detach() {} };

/** xorshift32: every run sees the same. */
let state = 88675123;
function below(bound: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % bound;
}

const prefix = new TextEncoder().encode("/registry/pods/default/");
/** Key number `i`, 32 bytes. */
function key(i: number): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set(prefix);
  for (let at = 31; at >= prefix.length; at--) {
    bytes[at] = 48 + (i % 10);
    i = Math.floor(i / 10);
  }
  return bytes;
}

/** Numbers 0 to count-1, in order or shuffled. */
function numbers(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  if (inOrder) return order;
  for (let i = count - 1; i > 0; i--) {
    const j = below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function store(keyspace: KeySpace, storage: StorageAdapter): void {
  const batch = new WriteBatch();
  keyspace.takeEffects(batch);
  storage.apply(batch);
  keyspace.effectsStored();
}

function open(storage: StorageAdapter): { keyspace: KeySpace; longestStepMs: number } {
  const steps = KeySpace.open(storage, { leases: noLeases });
  for (let longestStepMs = 0;;) {
    const start = performance.now();
    const step = steps.next();
    longestStepMs = Math.max(longestStepMs, performance.now() - start);
    if (step.done) return { keyspace: step.value, longestStepMs };
  }
}

function memoryMb(): { rss: number; heap: number; external: number } {
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed, external } = Deno.memoryUsage();
  return { rss: rss / 1e6, heap: heapUsed / 1e6, external: external / 1e6 };
}

function report(what: string, figure: string): void {
  console.log(`${what.padEnd(44)} ${figure}`);
}

/** Fills a data directory; in a process of its own, so that its garbage is not in the figures of this one. */
async function fill(directory: string): Promise<void> {
  const storage = sqlite({ directory });
  const { keyspace } = open(storage);
  const start = performance.now();
  numbers(keys).forEach((number, i) => {
    keyspace.put({ key: key(number), value });
    if (i % 1000 === 999) store(keyspace, storage);
  });
  store(keyspace, storage);
  report(`put and store ${keys} new keys`, `${((performance.now() - start) / keys * 1000).toFixed(2)} us each`);
  await storage.close();
}

const filled = Deno.env.get("DETCD_BENCH_FILL");
if (filled !== undefined) {
  await fill(filled);
  Deno.exit();
}
const directory = Deno.makeTempDirSync();
globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
await new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", import.meta.filename!],
  env: { DETCD_BENCH_FILL: directory },
  stdout: "inherit",
  stderr: "inherit",
}).output();
const storage = sqlite({ directory });
const before = memoryMb();
const cpuBefore = process.cpuUsage();
const start = performance.now();
const { keyspace, longestStepMs } = open(storage);
const seconds = (performance.now() - start) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const after = memoryMb();
report(`open with ${keys} rows`, `${seconds.toFixed(2)} s, ${((cpu.user + cpu.system) / 1e6).toFixed(2)} s CPU`);
report("longest step of it", `${longestStepMs.toFixed(1)} ms`);
for (const kind of ["rss", "heap", "external"] as const) {
  report(
    `${kind} that the index takes`,
    `${(after[kind] - before[kind]).toFixed(0)} MB (now ${after[kind].toFixed(0)} MB)`,
  );
}

/** Stores now and then, as a member does. */
let unstored = 0;
function stored(): void {
  if (++unstored < 100) return;
  unstored = 0;
  store(keyspace, storage);
}

Deno.bench("make a key (part of all below)", () => {
  key(below(keys));
});
Deno.bench("get, any key, count only (index)", () => {
  keyspace.countNewest(key(below(keys)));
});
Deno.bench("get, any key (index, then cache or SQLite)", () => {
  keyspace.range({ key: key(below(keys)) });
});
Deno.bench("get, one of 1,000 keys", () => {
  keyspace.range({ key: key(below(1000)) });
});
Deno.bench("put, existing key, with 1/100 of a store", () => {
  keyspace.put({ key: key(below(keys)), value });
  stored();
});
let next = keys;
Deno.bench("put, new key, with 1/100 of a store", () => {
  keyspace.put({ key: key(next++), value });
  stored();
});
Deno.bench("txn: compare mod, put, with 1/100 of a store", () => {
  const bytes = key(below(1000));
  const txn: TxnOp = {
    compare: [{ key: bytes, target: 2, result: 2, operand: 2 ** 40 }],
    success: [{ kind: "put", put: { key: bytes, value } }],
    failure: [{ kind: "range", range: { key: bytes } }],
  };
  keyspace.txn(txn);
  stored();
});
for (const limit of [1000, 10_000]) {
  Deno.bench(`range ${limit} keys, the same ones`, () => {
    keyspace.range({ key: key(500_000), rangeEnd: endless, limit });
  });
  Deno.bench(`range ${limit} keys, anywhere (SQLite)`, () => {
    keyspace.range({ key: key(below(keys - limit)), rangeEnd: endless, limit });
  });
  Deno.bench(`range ${limit} keys, keys only`, () => {
    keyspace.range({ key: key(below(keys - limit)), rangeEnd: endless, limit, keysOnly: true });
  });
}
Deno.bench("count of all keys", () => {
  keyspace.range({ key: endless, rangeEnd: endless, countOnly: true });
});
