import assert from "node:assert/strict";
import { exponentialBounds, Histogram, Registry } from "./metrics.ts";

Deno.test("Histogram.observe() counts a value at a bound into that bound's bucket", () => {
  const histogram = new Histogram([1, 2, 4]);
  for (const value of [0.5, 1, 1.5, 2, 4, 4.1, Infinity]) histogram.observe(value);
  assert.deepEqual([...histogram.counts], [2, 2, 1, 2]);
  assert.equal(histogram.count, 7);
});

Deno.test("Histogram refuses bounds that do not ascend", () => {
  assert.throws(() => new Histogram([1, 1]), /must ascend/);
});

Deno.test("exponentialBounds() multiplies step by step", () => {
  assert.deepEqual(exponentialBounds(0.001, { factor: 2, count: 4 }), [0.001, 0.002, 0.004, 0.008]);
});

Deno.test("Family.labels() gives the same metric for the same values, another for others", () => {
  const family = new Registry().counters("requests_total", { help: "", labelNames: ["type", "code"] });
  family.labels("put", "OK").increment();
  family.labels("put", "OK").add(2);
  assert.equal(family.labels("put", "OK").value, 3);
  assert.equal(family.labels("OK", "put").value, 0);
  assert.throws(() => family.labels("put"), /wrong number of label values/);
});

Deno.test("Registry.collect() asks the collectors first and orders by name", () => {
  const registry = new Registry();
  const late = registry.gauge("z", { help: "" });
  registry.counter("a", { help: "" });
  registry.onCollect(() => late.set(7));
  const families = registry.collect();
  assert.deepEqual(families.map((family) => family.name), ["a", "z"]);
  assert.equal(late.value, 7);
});

Deno.test("Registry refuses a name that is taken, and one that is none", () => {
  const registry = new Registry();
  registry.counter("a", { help: "" });
  assert.throws(() => registry.gauge("a", { help: "" }), /registered twice/);
  assert.throws(() => registry.gauge("a-b", { help: "" }), /not valid/);
});
