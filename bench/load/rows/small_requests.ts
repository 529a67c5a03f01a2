import type { ServerProcess } from "../../../tests/support/server_process.ts";
import { type BenchRun, cpuOf, MiB } from "../bench_run.ts";
import { runBenchmark, runProbe } from "../load_tools.ts";
import type { Measure, Sample, Samples, Target } from "../model.ts";
import { processUsage } from "../process_usage.ts";
import type { Row } from "../row.ts";

/** The key that `loadprobe fill -writes=1` makes. */
const KEY = "k".padEnd(32, "0");
const manyClients = ["--conns=100", "--clients=1000"];
const putLoad = ["put", "--key-size=16", "--val-size=256", "--key-space-size=100000"];
const rangeLoad = ["range", KEY, "--consistency=l"];

/** Puts and ranges of one key, with etcd's benchmark tool. */
export const smallRequestRows: Row[] = [
  {
    name: "put-many",
    title: "put 256 B, 100 connections, 1000 clients",
    measures: requestMeasures({ rate: { ratioAtLeast: 2.5 }, cpu: { ratioAtMost: 1 / 3 } }),
    run: (bench) => measureRequests(bench, [...manyClients, ...putLoad], 10_000),
  },
  {
    name: "put-one",
    title: "put 256 B, 1 client",
    measures: requestMeasures({ rate: { ratioAtLeast: 1.2 } }),
    run: (bench) => measureRequests(bench, ["--conns=1", "--clients=1", ...putLoad], 500),
  },
  {
    name: "range-one",
    title: "range of one key, linearizable, 100 connections, 1000 clients",
    measures: requestMeasures({ rate: { ratioAtLeast: 2 }, cpu: { ratioAtMost: 1 / 4 } }),
    run: (bench) => measureRequests(bench, [...manyClients, ...rangeLoad], 10_000),
  },
];

/** Rate, CPU, p99, memory and threads of a server under requests of one kind. */
export function requestMeasures(targets: { rate: Target; cpu?: Target }): Measure[] {
  return [
    { key: "rate", label: "requests", unit: "/s", better: "higher", target: targets.rate, charted: true },
    {
      key: "cpu",
      label: "server CPU per request",
      unit: "us",
      better: "lower",
      target: targets.cpu,
      charted: targets.cpu !== undefined,
    },
    { key: "p99", label: "p99", unit: "ms", better: "lower" },
    { key: "rss", label: "server RSS after it", unit: "MiB", better: "lower" },
    { key: "threads", label: "server threads", unit: "times", better: "lower" },
  ];
}

/** A server with how many requests a round of the aimed length has. */
class LoadedServer implements AsyncDisposable {
  constructor(readonly server: ServerProcess, readonly total: number) {}

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.server[Symbol.asyncDispose]();
  }
}

/** Runs `benchmark` with `args`, in rounds of the aimed length, after a warm-up of `warmUpTotal` requests. */
export function measureRequests(bench: BenchRun, args: string[], warmUpTotal: number): Promise<Samples> {
  return bench.alternate(
    async (side) => {
      const server = await bench.start(side);
      await runProbe("fill", server.endpoint, ["-writes=1", "-key-bytes=32", "-value-bytes=256"]);
      const warmUp = await runBenchmark(server.endpoint, [...args, `--total=${warmUpTotal}`]);
      return new LoadedServer(server, Math.ceil(warmUp.requestsPerSecond * bench.settings.roundSeconds));
    },
    ({ server, total }) => sampleRequests(server, args, total),
  );
}

async function sampleRequests(server: ServerProcess, args: string[], total: number): Promise<Sample> {
  const { result, cpuSeconds } = await cpuOf(
    server,
    () => runBenchmark(server.endpoint, [...args, `--total=${total}`]),
  );
  return {
    rate: result.requestsPerSecond,
    cpu: cpuSeconds * 1e6 / total,
    p99: result.p99Ms,
    ...memoryAndThreads(server.pid),
  };
}

/** The last two of {@link requestMeasures}. */
export function memoryAndThreads(pid: number): Sample {
  const { residentBytes, threads } = processUsage(pid);
  return { rss: residentBytes / MiB, threads };
}
