import assert from "node:assert/strict";
import fc from "fast-check";
import { compareBytes } from "../../src/base/mod.ts";
import {
  type NamedBucket,
  namedBuckets,
  type NumberedBucket,
  numberedBuckets,
  type Scan,
  type StorageAdapter,
  WriteBatch,
  type WriteOp,
} from "../../src/ports/mod.ts";
import type { ContractTest } from "./storage_contract.ts";
import { visitedMany } from "./visited_many.ts";

/** A store as simple as can be: rows in arrays that are sorted for every scan. */
class NaiveStore {
  readonly numbered = new Map<string, Map<number, Uint8Array>>(numberedBuckets.map((bucket) => [bucket, new Map()]));
  readonly named = new Map<string, [Uint8Array, Uint8Array][]>(namedBuckets.map((bucket) => [bucket, []]));

  apply(op: WriteOp): void {
    const inRange = (key: Uint8Array, range: { from: Uint8Array; to?: Uint8Array }) =>
      compareBytes(key, range.from) >= 0 && (range.to === undefined || compareBytes(key, range.to) < 0);
    const keep = (bucket: NamedBucket, keeps: (key: Uint8Array) => boolean) =>
      this.named.set(bucket, this.named.get(bucket)!.filter(([key]) => keeps(key)));
    if (op.kind === "putNumbered") this.numbered.get(op.bucket)!.set(op.key, op.value);
    if (op.kind === "deleteNumbered") this.numbered.get(op.bucket)!.delete(op.key);
    if (op.kind === "deleteNumberedRange") {
      for (const key of this.numbered.get(op.bucket)!.keys()) {
        if (key >= op.from && key < op.to) this.numbered.get(op.bucket)!.delete(key);
      }
    }
    if (op.kind === "putNamed" || op.kind === "deleteNamed") keep(op.bucket, (key) => compareBytes(key, op.key) !== 0);
    if (op.kind === "putNamed") this.named.get(op.bucket)!.push([op.key, op.value]);
    if (op.kind === "deleteNamedRange") keep(op.bucket, (key) => !inRange(key, op));
  }

  scanNumbered(bucket: NumberedBucket, scan: Scan<number>) {
    const rows = [...this.numbered.get(bucket)!].filter(([key]) =>
      key >= (scan.from ?? 0) && key < (scan.to ?? Infinity)
    );
    rows.sort((a, b) => scan.reverse ? b[0] - a[0] : a[0] - b[0]);
    return rows.slice(0, scan.limit).map(([key, value]) => ({ key, value }));
  }

  scanNamed(bucket: NamedBucket, scan: Scan<Uint8Array>) {
    const rows = this.named.get(bucket)!.filter(([key]) =>
      (scan.from === undefined || compareBytes(key, scan.from) >= 0) &&
      (scan.to === undefined || compareBytes(key, scan.to) < 0)
    );
    rows.sort((a, b) => scan.reverse ? compareBytes(b[0], a[0]) : compareBytes(a[0], b[0]));
    return rows.slice(0, scan.limit).map(([key, value]) => ({ key, value }));
  }
}

const numberedKey = fc.oneof(
  { weight: 8, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.maxSafeNat() },
);
const namedKey = fc.uint8Array({ maxLength: 3 }).map((key) => key.map((byte) => byte % 3 === 0 ? 255 : byte % 3));
const value = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  { weight: 1, arbitrary: fc.integer({ min: 4000, max: 40_000 }).map((length) => new Uint8Array(length).fill(length)) },
);
const numbered = fc.constantFrom(...numberedBuckets);
const named = fc.constantFrom(...namedBuckets.slice(0, 2));

const writeOp: fc.Arbitrary<WriteOp> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("putNumbered" as const), bucket: numbered, key: numberedKey, value }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("deleteNumbered" as const), bucket: numbered, key: numberedKey }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("deleteNumberedRange" as const),
      bucket: numbered,
      from: numberedKey,
      to: numberedKey,
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("putNamed" as const), bucket: named, key: namedKey, value }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("deleteNamed" as const), bucket: named, key: namedKey }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("deleteNamedRange" as const),
      bucket: named,
      from: namedKey,
      to: fc.option(namedKey, { nil: undefined }),
    }),
  },
);

const scanOptions = { limit: fc.oneof(fc.nat(10), fc.constant(Infinity)), reverse: fc.boolean() };
const optional = { nil: undefined };
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant("apply" as const), ops: fc.array(writeOp, { maxLength: 12 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("scanNumbered" as const),
      bucket: numbered,
      scan: fc.record({ ...scanOptions, from: fc.option(numberedKey, optional), to: fc.option(numberedKey, optional) }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("scanNamed" as const),
      bucket: named,
      scan: fc.record({ ...scanOptions, from: fc.option(namedKey, optional), to: fc.option(namedKey, optional) }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("many" as const),
      bucket: numbered,
      keys: fc.array(numberedKey, { maxLength: 60 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("bytes" as const),
      bucket: numbered,
      ranges: fc.array(fc.record({ from: numberedKey, to: numberedKey }), { maxLength: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom("sync" as const, "reopen" as const, "defragment" as const) }),
  },
);

/** Random operations on the store and on a naive twin, which must agree. `SEED` repeats a failure's seed. */
export function twinContract(test: ContractTest): void {
  test("random operations have the same results as on a naive twin", async (subject) => {
    const seed = Number(Deno.env.get("SEED") ?? Math.trunc(Math.random() * 2 ** 31));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: "max" }), async (steps) => {
        // Emptied here and not before the first run only: runs must not depend on one another.
        subject.storage.apply(clearAll());
        const twin = new NaiveStore();
        for (const each of steps) await run(each, twin, subject);
      }),
      { seed, numRuns: 60 },
    );
  });
}

function clearAll(): WriteBatch {
  const batch = new WriteBatch();
  for (const bucket of numberedBuckets) {
    batch.deleteNumberedRange(bucket, 0, Number.MAX_SAFE_INTEGER);
    batch.deleteNumbered(bucket, Number.MAX_SAFE_INTEGER);
  }
  for (const bucket of namedBuckets) batch.deleteNamedRange(bucket, new Uint8Array(0));
  return batch;
}

type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

async function run(
  each: Step,
  twin: NaiveStore,
  subject: { storage: StorageAdapter; reopen?(): Promise<StorageAdapter> },
): Promise<void> {
  const { storage } = subject;
  switch (each.kind) {
    case "apply": {
      const batch = new WriteBatch();
      batch.ops.push(...each.ops);
      storage.apply(batch);
      for (const op of each.ops) twin.apply(op);
      return;
    }
    case "scanNumbered":
      return assert.deepEqual(storage.scanNumbered(each.bucket, each.scan), twin.scanNumbered(each.bucket, each.scan));
    case "scanNamed":
      return assert.deepEqual(storage.scanNamed(each.bucket, each.scan), twin.scanNamed(each.bucket, each.scan));
    case "many": {
      const keys = each.keys.toSorted((a, b) => a - b);
      const expected = keys.map((key) => twin.numbered.get(each.bucket)!.get(key));
      assert.deepEqual(storage.getNumberedMany(each.bucket, keys), expected);
      assert.deepEqual(visitedMany(storage, each.bucket, keys), expected);
      return assert.deepEqual(keys.map((key) => storage.getNumbered(each.bucket, key)), expected);
    }
    case "bytes": {
      const rows = each.ranges.flatMap((range) => twin.scanNumbered(each.bucket, { ...range, limit: Infinity }));
      const expected = rows.reduce((bytes, row) => bytes + row.value.length, 0);
      return assert.equal(storage.numberedBytes(each.bucket, each.ranges), expected);
    }
    case "sync":
      return await storage.sync();
    case "defragment":
      return await storage.defragment();
    case "reopen":
      await subject.reopen?.();
      return;
  }
}
