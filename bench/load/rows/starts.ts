import type { ServerProcess } from "../../../tests/support/server_process.ts";
import { MiB, nothingOpen } from "../bench_run.ts";
import { runProbe } from "../load_tools.ts";
import type { Row } from "../row.ts";
import { processUsage } from "../process_usage.ts";
import { filledData, pause, SETTLE_MS } from "./filled.ts";

/** A start takes etcd between a tenth of a second and a whole one, as chance will have it: it is measured more often. */
const START_ROUNDS_FACTOR = 3;

/** How long a fresh server rests before its memory is read. */
const REST_MS = 2_000;

/** Starts of servers, empty and full, and their memory at rest. */
export const startRows: Row[] = [
  {
    name: "start",
    title: "fresh start, and at rest after it",
    measures: [
      {
        key: "start",
        label: "to the first good /health",
        unit: "ms",
        better: "lower",
        target: { ratioAtMost: 0.5 },
        charted: true,
      },
      { key: "rss", label: "RSS at rest", unit: "MiB", better: "lower", target: { valueAtMost: 80 } },
      { key: "threads", label: "threads at rest", unit: "times", better: "lower" },
    ],
    run: (bench) =>
      bench.alternate(() => Promise.resolve(nothingOpen), async (_, side) => {
        await using server = bench.spawn(side, bench.dataDir());
        const start = await firstAnswerMs(server, "health");
        await pause(REST_MS);
        const usage = processUsage(server.pid);
        return { start, rss: usage.residentBytes / MiB, threads: usage.threads };
      }, START_ROUNDS_FACTOR * bench.settings.rounds),
  },
  {
    name: "million-rss",
    title: "1 million keys (32 B + 256 B), right after they were put one by one",
    measures: [
      { key: "rss", label: "RSS", unit: "MiB", better: "lower", target: { ratioAtMost: 0.6 }, charted: true },
    ],
    run: (bench) =>
      bench.alternate(() => Promise.resolve(nothingOpen), async (_, side) => {
        return { rss: (await filledData(bench, side)).residentBytes / MiB };
      }, 1),
  },
  {
    name: "million-restart",
    title: "1 million keys (32 B + 256 B), restart",
    measures: [
      {
        key: "restart",
        label: "to the first linearizable read",
        unit: "ms",
        better: "lower",
        target: { ratioAtMost: 0.5 },
        charted: true,
      },
      { key: "rss", label: "RSS after it", unit: "MiB", better: "lower" },
    ],
    run: async (bench) => {
      const dataDirs = {
        etcd: (await filledData(bench, "etcd")).dataDir,
        candidate: (await filledData(bench, "candidate")).dataDir,
      };
      return await bench.alternate(() => Promise.resolve(nothingOpen), async (_, side) => {
        await using server = bench.spawn(side, dataDirs[side]);
        const restart = await firstAnswerMs(server, "read");
        await pause(SETTLE_MS);
        const rss = processUsage(server.pid).residentBytes / MiB;
        await server.terminate();
        return { restart, rss };
      });
    },
  },
];

/** How long it took from the process's start to its first answer; measured by another program that polls every millisecond. */
async function firstAnswerMs(server: ServerProcess, what: "health" | "read"): Promise<number> {
  const { unixNanoseconds } = await runProbe<{ unixNanoseconds: number }>("ready", server.endpoint, [`-what=${what}`]);
  return unixNanoseconds / 1e6 - server.startedAtMs;
}
