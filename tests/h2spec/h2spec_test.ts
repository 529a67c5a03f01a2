import assert from "node:assert/strict";
import { PlainServer } from "./server.ts";

/** Where `tools` puts what it builds; DETCD_TOOLS names another folder. */
function toolPath(name: string): string | undefined {
  const folder = Deno.env.get("DETCD_TOOLS") ?? new URL("../../.cache/tools/bin", import.meta.url).pathname;
  const path = `${folder}/${name}`;
  try {
    return Deno.statSync(path).isFile ? path : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

interface Summary {
  tests: number;
  passed: number;
  skipped: number;
  failed: number;
}

function readSummary(output: string): Summary {
  const found = /(\d+) tests, (\d+) passed, (\d+) skipped, (\d+) failed/.exec(output);
  assert(found !== null, `h2spec gave no summary:\n${output}`);
  const [tests, passed, skipped, failed] = found.slice(1).map(Number);
  return { tests, passed, skipped, failed };
}

const h2spec = toolPath("h2spec");
if (h2spec === undefined) {
  console.warn("skipped: h2spec is not there; build the tools, or name their folder in DETCD_TOOLS");
}

for (
  const { suite, strict, testsMin } of [
    { suite: "generic", strict: true, testsMin: 43 },
    { suite: "http2", strict: true, testsMin: 95 },
    { suite: "hpack", strict: true, testsMin: 7 },
    { suite: "", strict: false, testsMin: 140 },
  ]
) {
  const name = `Http2Connection passes h2spec ${suite || "as a whole"}${strict ? ", strict" : ""}`;
  Deno.test({
    name,
    ignore: h2spec === undefined,
    fn: async () => {
      const server = new PlainServer();
      try {
        const args = [...(suite ? [suite] : []), "-h", "127.0.0.1", "-p", `${server.port}`, "-o", "5"];
        if (strict) args.push("-S");
        const result = await new Deno.Command(h2spec!, { args, stdout: "piped", stderr: "piped" }).output();
        const output = new TextDecoder().decode(result.stdout) + new TextDecoder().decode(result.stderr);
        const summary = readSummary(output);
        assert.equal(summary.failed + summary.skipped, 0, output);
        assert.equal(summary.passed, summary.tests);
        assert(summary.tests >= testsMin, `h2spec ran only ${summary.tests} tests`);
        assert(result.success);
      } finally {
        await server.close();
      }
    },
  });
}
