import assert from "node:assert/strict";
import * as path from "node:path";

const ciRun = path.join(import.meta.dirname!, "..", ".ci", "run");

/** Runs .ci/run with programs in place of npx, node and go: `test` is a script for the test task, `failing` a task that fails. */
async function runCi(
  { test, failing }: { test: string; failing?: string },
): Promise<{ code: number; lastLine: string }> {
  const bin = await Deno.makeTempDir();
  try {
    const script = (name: string, body: string) =>
      Deno.writeTextFile(path.join(bin, name), `#!/usr/bin/env bash\n${body}\n`, { mode: 0o755 });
    await script("node", "echo v0");
    await script("go", "echo go0");
    await script("npx", `[ "$*" = "-y deno@2.9.6 task ${failing}" ] && exit 3\n[ "$4" = test ] || exit 0\n${test}`);
    const { code, stdout } = await new Deno.Command("bash", {
      args: [ciRun],
      env: { PATH: `${bin}:${Deno.env.get("PATH")}` },
      stderr: "null",
    }).output();
    return { code, lastLine: new TextDecoder().decode(stdout).trimEnd().split("\n").at(-1)! };
  } finally {
    await Deno.remove(bin, { recursive: true });
  }
}

Deno.test(".ci/run counts what Deno counted", async () => {
  const ok = `echo 'ok | 9 passed | 0 failed (1s)'; echo 'ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)'`;
  assert.deepEqual(await runCi({ test: ok }), { code: 0, lastLine: "12 passed, 0 failed" });
  const failed = `echo 'FAILED | 10 passed (2 steps) | 2 failed (1 step) (2s)'; exit 1`;
  assert.deepEqual(await runCi({ test: failed }), { code: 1, lastLine: "10 passed, 2 failed" });
});

Deno.test(".ci/run fails when the test run breaks off, fails outside of a test, or runs none", async () => {
  assert.deepEqual(await runCi({ test: "echo 'a ... ok (1ms)'; kill -9 $$" }), {
    code: 1,
    lastLine: "0 passed, 1 failed",
  });
  const outside = "echo 'ok | 12 passed | 0 failed (2s)'; exit 1";
  assert.deepEqual(await runCi({ test: outside }), { code: 1, lastLine: "12 passed, 1 failed" });
  const none = "echo 'ok | 0 passed | 0 failed (0ms)'";
  assert.deepEqual(await runCi({ test: none }), { code: 1, lastLine: "0 passed, 1 failed" });
  assert.deepEqual(await runCi({ test: "exit 0" }), { code: 1, lastLine: "0 passed, 1 failed" });
});

Deno.test(".ci/run counts a failing check beside the tests, and runs them all the same", async () => {
  const ok = "echo 'ok | 12 passed | 0 failed (2s)'";
  assert.deepEqual(await runCi({ test: ok, failing: "check" }), { code: 1, lastLine: "12 passed, 1 failed" });
  assert.deepEqual(await runCi({ test: ok, failing: "tools" }), { code: 1, lastLine: "12 passed, 1 failed" });
});
