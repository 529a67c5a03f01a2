import assert from "node:assert/strict";
import { errors } from "../../base/mod.ts";
import { answerDowngrade, DowngradeAction } from "./downgrade.ts";

Deno.test("answerDowngrade() validates the version before, in short or in full, and cancels nothing", () => {
  for (const version of ["3.6", "3.6.0", "3.6.12-rc.1+b"]) {
    assert.equal(answerDowngrade({ action: DowngradeAction.validate, version }), "3.7");
  }
  assert.equal(answerDowngrade({ action: DowngradeAction.cancel, version: "anything" }), "3.7");
});

Deno.test("answerDowngrade() refuses other versions, what is no version, and to begin", () => {
  for (const action of [DowngradeAction.validate, DowngradeAction.enable]) {
    for (const version of ["3.7", "3.5.0", "2.6", "4.6"]) {
      assert.throws(() => answerDowngrade({ action, version }), errors.invalidDowngradeTargetVersion());
    }
    for (const version of ["", "3", "v3.6", "3.6.", "3.6.0-a..b", "9223372036854775808.6"]) {
      assert.throws(() => answerDowngrade({ action, version }), errors.wrongDowngradeVersionFormat());
    }
  }
  assert.throws(
    () => answerDowngrade({ action: DowngradeAction.enable, version: "3.6" }),
    /no earlier version can read/,
  );
  assert.throws(() => answerDowngrade({ action: 3, version: "3.6" }), /unknown method/);
});
