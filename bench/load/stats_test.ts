import assert from "node:assert/strict";
import { median, spreadOf } from "./stats.ts";

Deno.test("median() is the middle of odd and the mean of the middle two of even counts", () => {
  assert.equal(median([10, 9, 100]), 10);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([]), NaN);
});

Deno.test("spreadOf() sorts by number, not by text", () => {
  assert.deepEqual(spreadOf([9, 100, 10]), { median: 10, low: 9, high: 100 });
});
