import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { Code, errors } from "../base/mod.ts";
import { decodeStatusMessage, encodeStatusMessage, isDeliberate, statusOf } from "./status.ts";

Deno.test("encodeStatusMessage() leaves printable ASCII as it is and percent-encodes the rest", () => {
  assert.equal(encodeStatusMessage("etcdserver: no leader"), "etcdserver: no leader");
  assert.equal(encodeStatusMessage("50%\t\u{1F608}"), "50%25%09%F0%9F%98%88");
  assert.equal(encodeStatusMessage("\ud800"), "%EF%BF%BD");
});

Deno.test("decodeStatusMessage() undoes the encoding", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const encoded = encodeStatusMessage(text);
      assert.match(encoded, /^[ -~]*$/);
      assert.equal(decodeStatusMessage(encoded), text);
    }),
    propertyOptions({ numRuns: 200 }),
  );
});

Deno.test("decodeStatusMessage() lets malformed escapes stand", () => {
  assert.equal(decodeStatusMessage("100%"), "100%");
  assert.equal(decodeStatusMessage("%zz%41"), "%zzA");
});

Deno.test("statusOf() takes errors of the table and statuses as they are, all else as Unknown", () => {
  assert.equal(statusOf(errors.noLeader()).code, Code.Unavailable);
  assert.equal(statusOf({ code: 5, message: "m" }).code, Code.NotFound);
  assert.deepEqual(statusOf(new TypeError("bug")), { code: Code.Unknown, message: "bug" });
  assert.deepEqual(statusOf("text"), { code: Code.Unknown, message: "text" });
  assert.deepEqual([errors.noLeader(), { code: 5, message: "m" }, new Error("bug"), null].map(isDeliberate), [
    true,
    true,
    false,
    false,
  ]);
});
