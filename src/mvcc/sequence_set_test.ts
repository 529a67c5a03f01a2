import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { SequenceSet } from "./sequence_set.ts";

/** What a sorted list without repeats would give. */
function takeFrom(sorted: number[], lengthMax: number): { from: number; to: number } | undefined {
  if (sorted.length === 0) return undefined;
  let end = 1;
  while (end < lengthMax && end < sorted.length && sorted[end] === sorted[end - 1] + 1) end++;
  const [from] = sorted.splice(0, end);
  return { from, to: from + end };
}

Deno.test("SequenceSet gives runs in ascending order, also while more is added", () => {
  const number = fc.oneof(
    fc.nat(200),
    fc.integer({ min: 32_700, max: 32_900 }),
    fc.integer({ min: 2 ** 40, max: 2 ** 40 + 100 }),
  );
  const round = fc.record({
    added: fc.array(number, { maxLength: 200 }),
    takes: fc.array(fc.integer({ min: 1, max: 70 })),
  });
  fc.assert(
    fc.property(fc.array(round, { maxLength: 10 }), (rounds) => {
      const set = new SequenceSet();
      const twin = new Set<number>();
      for (const { added, takes } of rounds) {
        for (const sequence of added) {
          if (!twin.has(sequence)) set.add(sequence);
          twin.add(sequence);
        }
        const sorted = [...twin].sort((a, b) => a - b);
        for (const lengthMax of takes) assert.deepEqual(set.takeRun(lengthMax), takeFrom(sorted, lengthMax));
        twin.clear();
        for (const sequence of sorted) twin.add(sequence);
        assert.equal(set.isEmpty, twin.size === 0);
      }
    }),
    propertyOptions({ numRuns: 200 }),
  );
});
