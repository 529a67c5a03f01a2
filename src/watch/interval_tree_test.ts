import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import type { KeyText } from "../mvcc/mod.ts";
import { type Interval, IntervalTree } from "./interval_tree.ts";

const key = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 3 }) as fc.Arbitrary<KeyText>;
const interval: fc.Arbitrary<Interval> = fc.record({ from: key, to: fc.option(key, { nil: undefined }) });
const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), interval }),
  fc.record({ kind: fc.constant("delete" as const), interval }),
  fc.record({ kind: fc.constant("containing" as const), key }),
);

Deno.test("IntervalTree finds what a list finds that looks at every interval", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const tree = new IntervalTree<number>();
      const twin: { interval: Interval; value: number }[] = [];
      const placeOf = ({ from, to }: Interval) =>
        twin.findIndex(({ interval }) => interval.from === from && interval.to === to);
      for (const [value, step] of steps.entries()) {
        if (step.kind === "containing") {
          const found: number[] = [];
          tree.containing(step.key, (each) => found.push(each));
          const expected = twin.filter(({ interval: { from, to } }) =>
            from <= step.key && (to === undefined || step.key < to)
          );
          assert.deepEqual(found.sort(), expected.map(({ value }) => value).sort());
          continue;
        }
        const place = placeOf(step.interval);
        assert.equal(tree.get(step.interval), twin.at(place < 0 ? twin.length : place)?.value);
        if (step.kind === "set") {
          tree.set(step.interval, value);
          if (place < 0) twin.push({ interval: step.interval, value });
          else twin[place].value = value;
        } else {
          assert.equal(tree.delete(step.interval), place >= 0);
          if (place >= 0) twin.splice(place, 1);
        }
        assert.equal(tree.size, twin.length);
      }
      const all: number[] = [];
      tree.forEach((each) => all.push(each));
      assert.deepEqual(all.sort(), twin.map(({ value }) => value).sort());
    }),
    propertyOptions({ numRuns: 1000 }),
  );
});

Deno.test("IntervalTree.containing() passes by intervals that are far away", () => {
  const tree = new IntervalTree<number>();
  const text = (i: number) => i.toString(36).padStart(4, "0") as KeyText;
  const many = 20_000;
  for (let i = 0; i < many; i++) {
    let compared = 0;
    const counted = (value: KeyText) => ({ toString: () => (compared++, value) }) as unknown as KeyText;
    // Every hundredth insertion is watched: how many comparisons one costs in a tree that was filled in order.
    const isWatched = i % 100 === 99;
    const from = isWatched ? counted(text(i)) : text(i);
    tree.get({ from, to: text(i + 1) });
    assert.ok(compared <= 120, `${compared} comparisons among ${i} intervals`);
    tree.set({ from: text(i), to: text(i + 1) }, i);
  }
  let found = 0;
  let compared = 0;
  const probe = { toString: () => (compared++, text(many / 2)) } as unknown as KeyText;
  tree.containing(probe, () => found++);
  assert.equal(found, 1);
  assert.ok(compared <= 200, `${compared} comparisons for one key`);
});
