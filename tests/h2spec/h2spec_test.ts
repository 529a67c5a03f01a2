import assert from "node:assert/strict";
import { testWithTools } from "../support/tools.ts";
import { PlainServer } from "./server.ts";

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

for (
  const { suite, strict, testsMin } of [
    { suite: "generic", strict: true, testsMin: 44 },
    { suite: "http2", strict: true, testsMin: 95 },
    { suite: "hpack", strict: true, testsMin: 7 },
    { suite: "", strict: false, testsMin: 145 },
  ]
) {
  testWithTools(`Http2Connection passes h2spec ${suite || "as a whole"}${strict ? ", strict" : ""}`, {
    tools: ["h2spec"],
    run: async ({ h2spec }) => {
      const server = new PlainServer();
      try {
        const args = [...(suite ? [suite] : []), "-h", "127.0.0.1", "-p", `${server.port}`, "-o", "5"];
        if (strict) args.push("-S");
        const result = await new Deno.Command(h2spec, { args, stdout: "piped", stderr: "piped" }).output();
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
