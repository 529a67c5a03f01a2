import assert from "node:assert/strict";
import { RecentIds } from "./recent_ids.ts";

Deno.test("RecentIds keeps the newest ids, a bounded number", () => {
  const ids = new RecentIds();
  assert.equal(ids.has(1), false);
  for (let id = 1; id <= 4001; id += 2) ids.add(id);
  assert.equal(ids.has(4001), true);
  assert.equal(ids.has(3001), true);
  assert.equal(ids.has(1), false);
});
