import assert from "node:assert/strict";
import * as path from "node:path";
import { findTool } from "./tools.ts";

/** Runs a test that needs etcd, with DETCD_TOOLS set to `tools`. */
async function runNeedyTest(
  { tools, ci }: { tools: string; ci: boolean },
): Promise<{ success: boolean; output: string }> {
  const file = path.join(tools, "needy_test.ts");
  const support = new URL("tools.ts", import.meta.url).href;
  const run = "run: ({ etcd }) => console.log(`found ${etcd}`)";
  const source = `import { testWithTools } from "${support}";\ntestWithTools("needy", { tools: ["etcd"], ${run} });`;
  await Deno.writeTextFile(file, source);
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--no-lock", file],
    env: { DETCD_TOOLS: tools, CI: String(ci), NO_COLOR: "1" },
  }).output();
  return { success, output: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("testWithTools() runs where the tool is, skips with a reason where it is not, and fails there in CI", async () => {
  const tools = await Deno.makeTempDir();
  try {
    const skipped = await runNeedyTest({ tools, ci: false });
    assert.ok(skipped.success, skipped.output);
    assert.match(skipped.output, /needy \[skipped: needs etcd: run `deno task tools`.*\] \.\.\. ignored/);
    const failed = await runNeedyTest({ tools, ci: true });
    assert.ok(!failed.success);
    assert.match(failed.output, /Cannot run the test: it needs etcd/);
    await Deno.writeTextFile(path.join(tools, "etcd"), "");
    const ran = await runNeedyTest({ tools, ci: true });
    assert.ok(ran.success, ran.output);
    assert.match(ran.output, new RegExp(`found ${path.join(tools, "etcd")}`));
  } finally {
    await Deno.remove(tools, { recursive: true });
  }
});

Deno.test("findTool() finds nothing in a folder without tools", async () => {
  const before = Deno.env.get("DETCD_TOOLS");
  const tools = await Deno.makeTempDir();
  try {
    Deno.env.set("DETCD_TOOLS", tools);
    assert.equal(findTool("etcd"), undefined);
    await Deno.mkdir(path.join(tools, "etcd"));
    assert.equal(findTool("etcd"), undefined);
  } finally {
    if (before === undefined) Deno.env.delete("DETCD_TOOLS");
    else Deno.env.set("DETCD_TOOLS", before);
    await Deno.remove(tools, { recursive: true });
  }
});
