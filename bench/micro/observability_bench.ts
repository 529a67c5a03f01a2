import { exponentialBounds, Registry } from "../../src/base/mod.ts";
import { createLogger } from "../../src/runtime/mod.ts";

const registry = new Registry();
const counter = registry.counters("requests_total", { help: "", labelNames: ["method"] }).labels("Put");
const histogram = registry.histogram("duration_seconds", {
  help: "",
  bounds: exponentialBounds(0.0001, { factor: 2, count: 20 }),
});
const durations = Float64Array.from({ length: 1000 }, (_, at) => at / 1000);
let at = 0;

Deno.bench("Counter.increment()", { group: "metrics" }, () => counter.increment());
Deno.bench("Histogram.observe(), 20 buckets", { group: "metrics" }, () => {
  histogram.observe(durations[at++ % durations.length]);
});

const silent = createLogger({ level: "info", format: "json", outputs: [] });
const discarding = createLogger({ level: "info", format: "json", outputs: ["/dev/null"] });

Deno.bench("a line below the level", { group: "log" }, () => silent.debug("applied", { index: 7 }));
Deno.bench("a line with three fields, formatted and queued", { group: "log" }, () => {
  discarding.info("applied", { index: 7, id: 0x8e9e05c52164694dn, took: "1ms" });
});
