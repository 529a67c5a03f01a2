import type { ServerProcess } from "../../../tests/support/server_process.ts";
import { type BenchRun, cpuOf, MiB } from "../bench_run.ts";
import { SteppedProbe } from "../load_tools.ts";
import type { Sample } from "../model.ts";
import { processUsage } from "../process_usage.ts";
import type { Row } from "../row.ts";

interface Kind {
  p99Ms: number;
}

interface KubernetesReport {
  operations: number;
  operationsPerSecond: number;
  kinds: Record<"update" | "get" | "list", Kind>;
}

/** Compactions in a round. A cluster's is every five minutes; some must fall into each round. */
const COMPACTIONS_PER_ROUND = 5;

/** What kube-apiserver asks of its store, in the proportions of a busy cluster. */
export const kubernetesRows: Row[] = [
  {
    name: "kubernetes",
    title: "a mix as kube-apiserver asks it: 8,000 objects of 1-4 KiB, 12 watchers",
    measures: [
      { key: "rate", label: "operations", unit: "/s", better: "higher", target: { ratioAtLeast: 2 }, charted: true },
      {
        key: "cpu",
        label: "server CPU per operation",
        unit: "us",
        better: "lower",
        target: { ratioAtMost: 0.5 },
        charted: true,
      },
      { key: "updateP99", label: "update, p99", unit: "ms", better: "lower" },
      { key: "getP99", label: "get, p99", unit: "ms", better: "lower" },
      { key: "listP99", label: "page of a list, p99", unit: "ms", better: "lower" },
      { key: "rss", label: "server RSS after it", unit: "MiB", better: "lower" },
    ],
    run: (bench) =>
      bench.alternate(async (side) => {
        const server = await bench.start(side);
        await sampleMix(bench, server); // both start the first round warm
        return server;
      }, (server) => sampleMix(bench, server)),
  },
];

async function sampleMix(bench: BenchRun, server: ServerProcess): Promise<Sample> {
  const seconds = bench.settings.roundSeconds;
  await using probe = new SteppedProbe("kubernetes", server.endpoint, [
    `-seconds=${seconds}`,
    `-compact-every=${Math.round(seconds * 1000 / COMPACTIONS_PER_ROUND)}ms`,
  ]);
  await probe.step(); // the objects are there, and watched
  const { result, cpuSeconds } = await cpuOf(server, async () => {
    await probe.proceed();
    return await probe.step<KubernetesReport>();
  });
  const rss = processUsage(server.pid).residentBytes / MiB;
  await probe.proceed();
  await probe.step(); // every watcher has seen everything
  return {
    rate: result.operationsPerSecond,
    cpu: cpuSeconds * 1e6 / result.operations,
    updateP99: result.kinds.update.p99Ms,
    getP99: result.kinds.get.p99Ms,
    listP99: result.kinds.list.p99Ms,
    rss,
  };
}
