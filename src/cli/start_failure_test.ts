import assert from "node:assert/strict";
import { startFailure } from "./mod.ts";

class WrongOption extends Error {}

const context = { expected: [WrongOption], folders: ["/data/a", "/run", "/data/a"] };

Deno.test("startFailure() shows an expected error by its message, any other with its stack", () => {
  assert.equal(startFailure(new WrongOption("--x is wrong"), context), "--x is wrong");
  assert.match(startFailure(new TypeError("a bug"), context), /^TypeError: a bug\n +at /);
  assert.equal(startFailure("text", context), "text");
});

Deno.test("startFailure() says how to allow the folders that the sandbox has refused", () => {
  const refusal = new Deno.errors.NotCapable(
    'Requires read access to "/run/x.sock", run again with the --allow-read flag',
  );
  const text = startFailure(refusal, context);
  assert.match(text, /^Requires read access to "\/run\/x\.sock"\. The task "start" may only touch/);
  assert.ok(text.endsWith("--allow-read=/data/a,/run --allow-write=/data/a,/run main.ts ..."), text);
});
