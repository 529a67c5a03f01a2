import assert from "node:assert/strict";
import fc from "fast-check";
import { OrderedMap } from "./ordered_map.ts";

const ascending = (a: number, b: number) => a - b;
const seed = Number(Deno.env.get("SEED") ?? Math.trunc(Math.random() * 2 ** 31));

const key = fc.nat(400);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("set" as const), key, value: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), key, value: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("fork" as const), key, value: fc.constant(0) }) },
);

Deno.test("OrderedMap agrees with a sorted Map, and forks do not change", () => {
  const range = fc.record({
    from: fc.option(key, { nil: undefined }),
    to: fc.option(key, { nil: undefined }),
    reverse: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 900, size: "max" }),
      fc.array(range, { maxLength: 20 }),
      (steps, ranges) => {
        const map = new OrderedMap<number, number>(ascending);
        const twin = new Map<number, number>();
        const forks: [OrderedMap<number, number>, [number, number][]][] = [];
        const sorted = () => [...twin].sort(([a], [b]) => a - b);
        for (const { kind, key, value } of steps) {
          if (kind === "set") assert.equal(map.set(key, value), twin.get(key));
          if (kind === "set") twin.set(key, value);
          if (kind === "delete") assert.equal(map.delete(key), twin.get(key));
          if (kind === "delete") twin.delete(key);
          if (kind === "fork") forks.push([map.fork(), sorted()]);
          assert.equal(map.get(key), twin.get(key));
        }
        for (const { from, to, reverse } of ranges) {
          const expected = sorted().filter(([key]) => key >= (from ?? 0) && key < (to ?? Infinity));
          assert.deepEqual([...map.entries({ from, to, reverse })], reverse ? expected.reverse() : expected);
        }
        for (const [fork, content] of forks) assert.deepEqual([...fork.entries({})], content);
      },
    ),
    { seed, numRuns: 60 },
  );
});

Deno.test("OrderedMap keeps order when it grows at its end, as a log does, and shrinks at its start", () => {
  const map = new OrderedMap<number, number>(ascending);
  for (let key = 0; key < 10_000; key++) map.set(key, key);
  for (let key = 0; key < 9_990; key++) map.delete(key);
  assert.deepEqual([...map.entries({ reverse: true })].map(([key]) => key), [
    9999,
    9998,
    9997,
    9996,
    9995,
    9994,
    9993,
    9992,
    9991,
    9990,
  ]);
});
