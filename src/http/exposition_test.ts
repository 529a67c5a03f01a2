import assert from "node:assert/strict";
import fc from "fast-check";
import { Registry } from "../base/mod.ts";
import { formatFloat, renderMetrics } from "./exposition.ts";
import { propertyOptions } from "../../tests/support/seed.ts";
import { type ParsedFamily, parseExposition } from "../../tests/support/exposition_parser.ts";
import { registerProcessMetrics } from "./process_metrics.ts";

function familiesOf(registry: Registry): Map<string, ParsedFamily> {
  return parseExposition(renderMetrics(registry));
}

Deno.test("formatFloat() writes numbers as Go does", () => {
  const numbers: [number, string][] = [
    [0, "0"],
    [-0, "-0"],
    [1, "1"],
    [-1.5, "-1.5"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [999999, "999999"],
    [1000000, "1e+06"],
    [1234567, "1.234567e+06"],
    [28123136, "2.8123136e+07"],
    [1795471185.705, "1.795471185705e+09"],
    [123456789012345680000, "1.2345678901234568e+20"],
    [1e21, "1e+21"],
    [1e100, "1e+100"],
    [1e-7, "1e-07"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [NaN, "NaN"],
  ];
  for (const [value, text] of numbers) assert.equal(formatFloat(value), text);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.equal(Number(formatFloat(value)), value);
    }),
    propertyOptions({ numRuns: 200 }),
  );
});

Deno.test("renderMetrics() writes each type in the text format", () => {
  const registry = new Registry();
  registry.counter("b_total", { help: "counts\\ things\nin lines" }).add(3);
  registry.gauges("a", { help: "a gauge", labelNames: ["z", "a"] }).labels('q"\\\n', "2").set(-0.5);
  const histogram = registry.histogram("h_seconds", { help: "", bounds: [0.001, 1] });
  for (const value of [0.001, 0.5, 7]) histogram.observe(value);
  assert.equal(
    renderMetrics(registry),
    `# HELP a a gauge
# TYPE a gauge
a{a="2",z="q\\"\\\\\\n"} -0.5
# HELP b_total counts\\\\ things\\nin lines
# TYPE b_total counter
b_total 3
# HELP h_seconds${" "}
# TYPE h_seconds histogram
h_seconds_bucket{le="0.001"} 1
h_seconds_bucket{le="1"} 2
h_seconds_bucket{le="+Inf"} 3
h_seconds_sum 7.501
h_seconds_count 3
`,
  );
});

Deno.test("renderMetrics() leaves out a family that has no metric yet", () => {
  const registry = new Registry();
  registry.counters("a_total", { help: "", labelNames: ["x"] });
  assert.equal(renderMetrics(registry), "");
});

Deno.test("renderMetrics() can be read back: any labels, any values", () => {
  const label = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(label, label), { selector: (pair) => JSON.stringify(pair), maxLength: 5, minLength: 1 }),
      fc.double({ noNaN: true }),
      (pairs, value) => {
        const registry = new Registry();
        const family = registry.gauges("g", { help: "help", labelNames: ["one", "two"] });
        for (const pair of pairs) family.labels(...pair).set(value);
        const samples = familiesOf(registry).get("g")!.samples;
        assert.equal(samples.length, pairs.length);
        for (const [one, two] of pairs) {
          const sample = samples.find((each) => each.labels.one === one && each.labels.two === two);
          assert.equal(sample?.value, value);
        }
      },
    ),
    propertyOptions({ numRuns: 100 }),
  );
});

Deno.test("registerProcessMetrics() tells what the process has used", () => {
  const registry = new Registry();
  registerProcessMetrics(registry);
  const families = familiesOf(registry);
  const value = (name: string) => families.get(name)!.samples[0].value;
  assert.equal(families.get("process_cpu_seconds_total")?.type, "counter");
  assert.ok(value("process_cpu_seconds_total") > 0);
  assert.ok(value("process_resident_memory_bytes") > 1e6);
  assert.ok(Math.abs(value("process_start_time_seconds") - performance.timeOrigin / 1000) < 1);
  if (families.has("process_open_fds")) assert.ok(value("process_open_fds") > 2);
});
