import assert from "node:assert/strict";
import { sortInSlices } from "./sort.ts";

function sorted<Item>(
  items: Item[],
  compare: (a: Item, b: Item) => number,
  sliceMax: number,
): { result: Item[]; pauses: number } {
  const steps = sortInSlices(items, { compare, sliceMax });
  for (let pauses = 0;; pauses++) {
    const step = steps.next();
    if (step.done) return { result: step.value, pauses };
  }
}

Deno.test("sortInSlices() sorts stably, whatever the length, and pauses in long sorts", () => {
  for (const length of [0, 1, 2047, 2048, 2049, 5000, 10_001]) {
    const items = Array.from({ length }, (_, i) => ({ weight: (i * 7919) % 100, i }));
    const compare = (a: { weight: number }, b: { weight: number }) => a.weight - b.weight;
    const wanted = items.toSorted(compare);
    const { result, pauses } = sorted([...items], compare, 1000);
    assert.deepEqual(result, wanted);
    assert.equal(pauses > 0, length > 2048);
    assert.deepEqual(sorted([...items], compare, Infinity), { result: wanted, pauses: 0 });
  }
});
