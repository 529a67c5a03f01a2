import type { ServerProcess } from "../../../tests/support/server_process.ts";
import { type BenchRun, cpuOf, MiB } from "../bench_run.ts";
import { runProbe } from "../load_tools.ts";
import type { Measure, Sample } from "../model.ts";
import { processUsage, resetPeak } from "../process_usage.ts";
import type { Row } from "../row.ts";
import { startFilled } from "./filled.ts";

interface BytesReport {
  bytes: number;
  keys: number;
  seconds: number;
  messages: number;
  largestMessageBytes: number;
}

const RANGE_KEYS = 10_000;

const measures: Measure[] = [
  {
    key: "throughput",
    label: "delivered",
    unit: "MiB/s",
    better: "higher",
    target: { ratioAtLeast: 1 },
    charted: true,
  },
  { key: "cpu", label: "server CPU per MiB", unit: "us/MiB", better: "lower" },
];

/** Ranges of many keys: bytes per second, and what they make the server grow. */
export const largeRangeRows: Row[] = [
  {
    name: "range-10k",
    title: "range of 10,000 keys of 1 KiB, 4 clients",
    measures: [...measures, { key: "growth", label: "server RSS growth", unit: "MiB", better: "lower" }],
    run: (bench) =>
      bench.alternate((side) => startWithLargeValues(bench, side), (server) => {
        const args = [`-limit=${RANGE_KEYS}`, `-keys=${RANGE_KEYS}`, "-connections=4"];
        return sampleBytes(server, [...args, `-seconds=${bench.settings.roundSeconds}`]);
      }),
  },
  {
    name: "range-stream",
    title: "RangeStream of 1 million keys, 1 client",
    measures: [
      ...measures,
      {
        key: "growth",
        label: "server RSS growth",
        unit: "MiB",
        better: "lower",
        target: { valueAtMost: 64 },
      },
    ],
    run: (bench) =>
      bench.alternate(
        (side) => startFilled(bench, side),
        (server) => sampleBytes(server, ["-stream", `-keys=${bench.settings.million}`, "-seconds=0"]),
      ),
  },
];

async function startWithLargeValues(bench: BenchRun, side: "etcd" | "candidate"): Promise<ServerProcess> {
  const server = await bench.start(side);
  await runProbe("fill", server.endpoint, [`-writes=${RANGE_KEYS}`, "-value-bytes=1024", "-per-txn=100"]);
  return server;
}

async function sampleBytes(server: ServerProcess, args: string[]): Promise<Sample> {
  resetPeak(server.pid);
  const before = processUsage(server.pid);
  const { result, cpuSeconds } = await cpuOf(server, () => runProbe<BytesReport>("bytes", server.endpoint, args));
  const mebibytes = result.bytes / MiB;
  return {
    throughput: mebibytes / result.seconds,
    cpu: cpuSeconds * 1e6 / mebibytes,
    growth: (processUsage(server.pid).peakBytes - before.residentBytes) / MiB,
  };
}
