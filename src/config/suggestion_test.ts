import assert from "node:assert/strict";
import { editDistance, nearestWord } from "./suggestion.ts";

Deno.test("editDistance() counts inserted, deleted, replaced and swapped letters", () => {
  assert.equal(editDistance("name", "name"), 0);
  assert.equal(editDistance("nmae", "name"), 1);
  assert.equal(editDistance("nam", "name"), 1);
  assert.equal(editDistance("gnames", "name"), 2);
  assert.equal(editDistance("", "abc"), 3);
});

Deno.test("nearestWord() finds what was probably meant, and nothing for nonsense", () => {
  const words = ["name", "data-dir", "listen-client-urls", "listen-peer-urls"];
  assert.equal(nearestWord("listen-client-url", words), "listen-client-urls");
  assert.equal(nearestWord("datadir", words), "data-dir");
  assert.equal(nearestWord("nam", words), "name");
  assert.equal(nearestWord("quota", words), undefined);
});
