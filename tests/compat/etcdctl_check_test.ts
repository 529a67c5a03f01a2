import assert from "node:assert/strict";
import { testWithTools } from "../support/tools.ts";
import { runCtl } from "./etcdctl_runner.ts";
import { Pair } from "./pair.ts";

/** What a check says in the end, without its progress and its figures. */
async function verdict(etcdctl: string, endpoint: string, line: string): Promise<string> {
  const { code, stdout, stderr } = await runCtl(etcdctl, { endpoint, format: "simple", command: { line } });
  const lines = new TextDecoder().decode(stdout).split(/[\r\n]+/).map((text) => text.replace(/^.* p\/s/, ""));
  const told = lines.filter((text) => text !== "" && !/^\d+ \/ \d+/.test(text))
    .map((text) => text.replace(/\d+(\.\d+)?(ns|µs|ms|s)?\b/g, "N").replace(/\[(127|N)\S*\]/, "[ENDPOINT]"));
  return [`exit code ${code}`, ...told, ...stderr.split("\n").filter((text) => text.startsWith("Error"))].join("\n");
}

const checks: { line: string; isLong?: boolean }[] = [
  { line: "check datascale --load s --auto-compact --auto-defrag" },
  { line: "check perf --load s --auto-compact --auto-defrag", isLong: true },
];

for (const { line, isLong } of checks) {
  // It takes a minute, of which it works a few seconds.
  if (isLong && Deno.env.get("CI") !== "true" && Deno.env.get("LONG") !== "1") continue;
  testWithTools(`etcdctl ${line} passes, and says of detcd what it says of etcd`, {
    tools: ["etcd", "etcdctl"],
    run: async ({ etcdctl }) => {
      await using pair = await Pair.start();
      const [expected, found] = await Promise.all(
        [pair.etcd, pair.candidate].map(({ endpoint }) => verdict(etcdctl, endpoint, line)),
      );
      assert.match(found, /^PASS/m);
      assert.equal(found, expected);
    },
  });
}
