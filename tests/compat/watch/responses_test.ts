import assert from "node:assert/strict";
import type { Message } from "../wire.ts";
import { normalized, withoutMarkers } from "./responses.ts";

function event(key: string, revision: number): Message {
  return { kv: { key, mod_revision: String(revision) } };
}

/** A response on watch 0 with events of these revisions. */
function response(revisions: number[], rest: Message = {}): Message {
  const header = { revision: String(revisions.at(-1)) };
  return { header, events: revisions.map((revision) => event("k", revision)), ...rest };
}

const free = (...responses: Message[]) => normalized(responses, "free").get("0");

Deno.test("normalized() takes revisions in one response, or in several, for the same", () => {
  assert.deepEqual(free(response([2, 3, 3, 4])), free(response([2]), response([3, 3]), response([4])));
  assert.notDeepEqual(normalized([response([2, 3])], "exact"), normalized([response([2]), response([3])], "exact"));
});

Deno.test("normalized() tells a revision that is split from one that is whole, or in fragments", () => {
  const whole = free(response([2, 3, 3]));
  assert.notDeepEqual(free(response([2, 3]), response([3])), whole);
  assert.deepEqual(free(response([2, 3], { fragment: true }), response([3])), whole);
  assert.deepEqual(free(response([2], { fragment: true }), response([3, 3])), whole);
});

Deno.test("normalized() tells events that are lost, doubled, in another order, or above their header", () => {
  const good = free(response([2, 3, 4]));
  for (const revisions of [[2, 4], [2, 3, 3, 4], [3, 2, 4]]) assert.notDeepEqual(free(response(revisions)), good);
  assert.notDeepEqual(free(response([2, 3, 4], { header: { revision: "3" } })), good);
});

Deno.test("normalized() keeps watches apart, and progress once for each revision", () => {
  const progress = (revision: number, watch_id: string) => ({ header: { revision: String(revision) }, watch_id });
  const created = { header: { revision: "1" }, created: true };
  const found = normalized(
    [created, progress(2, "-1"), progress(2, "-1"), { ...created, watch_id: "7" }, progress(3, "-1"), progress(3, "7")],
    "free",
  );
  assert.deepEqual([...found.entries()], [
    ["0", [created]],
    ["progress of -1", [progress(2, "-1"), progress(3, "-1")]],
    ["7", [{ ...created, watch_id: "7" }]],
    ["progress of 7", [progress(3, "7")]],
  ]);
});

Deno.test("withoutMarkers() leaves out markers and their watches, nothing else", () => {
  const marker = event("~marker of main", 3);
  const other = event("k", 3);
  assert.deepEqual(
    withoutMarkers([
      { watch_id: "9", created: true },
      { watch_id: "1", events: [marker] },
      { watch_id: "1", events: [other, marker] },
      { watch_id: "1" },
    ], 9n),
    [{ watch_id: "1", events: [other] }, { watch_id: "1" }],
  );
});
