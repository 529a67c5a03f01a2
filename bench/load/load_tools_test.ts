import assert from "node:assert/strict";
import { parseBenchmark, parseWatchLatency } from "./load_tools.ts";

const report = `
Summary:
  Total:	2.0000 secs.
  Slowest:	0.3110 secs.
  Requests/sec:	15000.5000

Latency distribution:
  50% in 0.0601 secs.
  99% in 0.1420 secs.
  99.9% in 0.2500 secs.
`;

Deno.test("parseBenchmark() reads rate, count and p99", () => {
  assert.deepEqual(parseBenchmark(report), { requests: 30001, requestsPerSecond: 15000.5, p99Ms: 142 });
});

Deno.test("parseBenchmark() refuses a run with failed requests, and text that is no report", () => {
  assert.throws(
    () => parseBenchmark(report + "\nError distribution:\n  [3]	etcdserver: too many requests\n"),
    /failed/,
  );
  assert.throws(() => parseBenchmark("bench with linearizable range\n"), /no .*secs/);
});

Deno.test("parseWatchLatency() reads the summary of events, however small its figures are written", () => {
  const events = report.replace("99% in 0.1420 secs", "99% in 9.5e-05 secs");
  const read = parseWatchLatency(`\nPut summary:\n${report}\nWatch events summary:\n${events}`);
  assert.equal(read.p99Ms, 0.095);
  assert.throws(() => parseWatchLatency(report), /no "Watch events summary"/);
});
