import assert from "node:assert/strict";
import { chart } from "./chart.ts";
import type { RowResult } from "./model.ts";
import { betweenMarkers, markdownTable, markers, terminalTable } from "./report.ts";
import { timesBetter, verdicts } from "./verdict.ts";

const row: RowResult = {
  name: "put",
  title: "put <256 B>",
  measures: [
    { key: "rate", label: "requests", unit: "/s", better: "higher", target: { ratioAtLeast: 2.5 }, charted: true },
    { key: "cpu", label: "CPU", unit: "us", better: "lower", target: { ratioAtMost: 0.3 }, charted: true },
    { key: "rss", label: "RSS", unit: "MiB", better: "lower", target: { valueAtMost: 80 } },
    { key: "p99", label: "p99", unit: "ms", better: "lower" },
  ],
  samples: {
    etcd: [{ rate: 10_000, cpu: 60, rss: 50, p99: 5 }, { rate: 12_000, cpu: 64, rss: 52, p99: 6 }],
    candidate: [{ rate: 30_000, cpu: 30, rss: 70, p99: 2 }, { rate: 36_000, cpu: 32, rss: 75, p99: 3 }],
  },
  measuredAt: "2026-01-02T03:04:05Z",
  command: "deno task bench:load put",
  machine: "a machine",
};

Deno.test("verdicts() judges targets by medians and pairs the rounds", () => {
  const [rate, cpu, rss, p99] = verdicts(row);
  assert.equal(rate.ratio, 3);
  assert.deepEqual(rate.ratioSpread, { median: 3, low: 3, high: 3 });
  assert.deepEqual([rate.reached, cpu.reached, rss.reached, p99.reached], [true, false, true, undefined]);
  assert.equal(timesBetter(cpu), 2);
});

Deno.test("terminalTable() and markdownTable() carry figures, targets and origin", () => {
  const terminal = terminalTable([row]);
  assert.match(terminal, /requests +11,000\/s \(10000-12000\) +33,000\/s \(30000-36000\) +3x +3x - 3x +≥ 2.5x +yes/);
  const markdown = markdownTable([row]);
  assert.match(markdown, /\| put <256 B>: CPU \| 62 µs \| 31 µs \| 0.5x \| 0.5x - 0.5x \| ≤ 0.3x \| NO \|/);
  assert.match(markdown, /`deno task bench:load put` on a machine, 2026-01-02, 2 rounds: put$/m);
});

Deno.test("betweenMarkers() replaces what is between them, again and again, and refuses a document without", () => {
  const first = betweenMarkers(`a\n${markers.begin}\nold\n${markers.end}\nz\n`, "new");
  assert.equal(first, `a\n${markers.begin}\n\nnew\n\n${markers.end}\nz\n`);
  assert.equal(betweenMarkers(first, "new"), first);
  assert.throws(() => betweenMarkers("a", "new"), /no "<!-- bench:load begin/);
});

Deno.test("chart() draws one bar per charted measure, escaped, for both colour schemes", () => {
  const svg = chart([row]);
  assert.equal(svg.match(/<rect /g)?.length, 2);
  assert.match(svg, /put &lt;256 B&gt;/);
  assert.match(svg, /prefers-color-scheme: dark/);
  assert.match(svg, />3.00×</);
});
