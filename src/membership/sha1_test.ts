import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { sha1Head } from "./sha1.ts";

Deno.test("sha1Head() agrees with the system's SHA-1 at every length around the block size", () => {
  for (let length = 0; length <= 200; length++) {
    const message = Uint8Array.from({ length }, (_, at) => (at * 131 + length) & 0xff);
    const expected = createHash("sha1").update(message).digest().readBigUInt64BE();
    assert.equal(sha1Head(message), expected, `length ${length}`);
  }
});
