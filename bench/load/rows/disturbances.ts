import { type BenchRun, nothingOpen } from "../bench_run.ts";
import { runProbe } from "../load_tools.ts";
import type { Measure, Sample } from "../model.ts";
import type { Row } from "../row.ts";
import { filledData, filledRevisions, startFilled } from "./filled.ts";

interface Latencies {
  samples: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  p999Ms: number;
  maxMs: number;
}

interface DisturbReport {
  alone: Latencies;
  beside: Latencies;
  times: number;
}

const measures: Measure[] = [
  { key: "ratio", label: "p99 beside it to p99 alone", unit: "times", better: "lower", target: { valueAtMost: 3 } },
  { key: "alone", label: "p99 alone", unit: "ms", better: "lower" },
  { key: "beside", label: "p99 beside it", unit: "ms", better: "lower", charted: true },
  { key: "besideMax", label: "longest beside it", unit: "ms", better: "lower" },
];

/** Small puts at 500 a second, sent on time whether or not earlier ones were answered, while something large goes on. */
export const disturbanceRows: Row[] = [
  once("compact", filledRevisions, {
    name: "puts-beside-compaction",
    title: "small puts while 1 million revisions are compacted",
    label: "the compaction",
  }),
  once("defragment", filledData, {
    name: "puts-beside-defragment",
    title: "small puts while 1 million keys, half of them deleted and compacted, are defragmented",
    label: "the defragmentation",
  }),
  {
    name: "puts-beside-expiry",
    title: "small puts while 100,000 leases expire, each with a key",
    measures: [
      ...measures.map(({ target: _, ...measure }) => measure),
      { key: "duration", label: "until the last key has gone", unit: "s", better: "lower" },
    ],
    run: (bench) =>
      bench.alternate(() => Promise.resolve(nothingOpen), async (_, side) => {
        await using server = await bench.start(side);
        const leases = bench.settings.million / 10;
        return await sampleDisturbance(bench, server.endpoint, "expiry", [`-leases=${leases}`]);
      }, 1),
  },
  besideRange("range", "small puts while 1 million keys are ranged, again and again, by one Range each time"),
  besideRange("stream", "small puts while 1 million keys are ranged, again and again, by RangeStream"),
];

/** On a copy of what `filled` gives, because it can be done once only. */
function once(
  by: "compact" | "defragment",
  filled: typeof filledData,
  names: { name: string; title: string; label: string },
): Row {
  return {
    name: names.name,
    title: names.title,
    measures: [...measures, { key: "duration", label: names.label, unit: "s", better: "lower" }],
    run: (bench) =>
      bench.alternate(() => Promise.resolve(nothingOpen), async (_, side) => {
        const { dataDir } = await filled(bench, side);
        await using server = await bench.start(side, await bench.copy(dataDir));
        const sample = await sampleDisturbance(bench, server.endpoint, by, [`-keys=${bench.settings.million}`]);
        await Deno.remove(server.dataDir, { recursive: true });
        return sample;
      }),
  };
}

function besideRange(by: "range" | "stream", title: string): Row {
  return {
    name: `puts-beside-${by}`,
    title,
    measures: [...measures, { key: "duration", label: "each of them", unit: "s", better: "lower" }],
    run: (bench) =>
      bench.alternate(
        (side) => startFilled(bench, side),
        (server) => sampleDisturbance(bench, server.endpoint, by),
      ),
  };
}

async function sampleDisturbance(
  bench: BenchRun,
  endpoint: string,
  by: string,
  more: readonly string[] = [],
): Promise<Sample> {
  const seconds = bench.settings.roundSeconds;
  const args = [`-by=${by}`, `-alone-seconds=${seconds}`, `-beside-seconds=${seconds}`, ...more];
  const { alone, beside, times } = await runProbe<DisturbReport>("disturb", endpoint, args);
  return {
    ratio: beside.p99Ms / alone.p99Ms,
    alone: alone.p99Ms,
    beside: beside.p99Ms,
    besideMax: beside.maxMs,
    duration: beside.seconds / times,
  };
}
