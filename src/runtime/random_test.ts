import assert from "node:assert/strict";
import { systemRandom } from "./random.ts";

Deno.test("systemRandom.below() gives every number below the bound and no other", () => {
  const counts = new Array(5).fill(0);
  for (let i = 0; i < 5000; i++) counts[systemRandom.below(5)]++;
  assert.equal(counts.length, 5);
  for (const count of counts) assert.ok(count > 700 && count < 1300, `counts ${counts}`);
  assert.equal(systemRandom.below(1), 0);
  assert.ok(systemRandom.below(2 ** 32) < 2 ** 32);
  assert.throws(() => systemRandom.below(0));
});

Deno.test("systemRandom.uint64() gives numbers above 2^53 and never the same twice", () => {
  const numbers = Array.from({ length: 100 }, () => systemRandom.uint64());
  assert.equal(new Set(numbers).size, 100);
  assert.ok(numbers.some((number) => number > 2n ** 53n));
});
