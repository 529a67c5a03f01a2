import type { ServerProcess } from "../../../tests/support/server_process.ts";
import { type BenchRun, cpuOf, MiB, nothingOpen } from "../bench_run.ts";
import { runProbe, runWatchLatency, SteppedProbe } from "../load_tools.ts";
import type { Measure, Sample } from "../model.ts";
import { processUsage } from "../process_usage.ts";
import type { Row } from "../row.ts";
import { pause, SETTLE_MS } from "./filled.ts";

interface WatchReport {
  events: number;
  eventsPerSecond: number;
  putToEvent: { p50Ms: number; p99Ms: number };
}

const WATCHERS = 1000;
const WARM_UP_PUTS = 200;
const LATENCY_PUTS_PER_SECOND = 100;

/** Watchers: how many events per second they get, how late, and what they occupy when nothing happens. */
export const watchRows: Row[] = [
  {
    name: "watch-events",
    title: "1,000 watchers of a key on 10 streams, puts as fast as they are seen",
    measures: [
      {
        key: "rate",
        label: "events delivered",
        unit: "/s",
        better: "higher",
        target: { ratioAtLeast: 1.5 },
        charted: true,
      },
      { key: "cpu", label: "server CPU per event", unit: "us", better: "lower" },
      { key: "p99", label: "put to event, p99", unit: "ms", better: "lower" },
    ],
    run: (bench) =>
      bench.alternate(
        async (side) => {
          const server = await bench.start(side);
          const warmUp = await runProbe<WatchReport>("watch", server.endpoint, [`-puts=${WARM_UP_PUTS}`]);
          const puts = Math.ceil(warmUp.eventsPerSecond * bench.settings.roundSeconds / WATCHERS);
          return new WatchedServer(server, puts);
        },
        ({ server, puts }) => sampleEvents(server, [`-puts=${puts}`]),
      ),
  },
  {
    name: "watch-latency",
    title: `watchers of a key on 10 streams, ${LATENCY_PUTS_PER_SECOND} puts a second`,
    measures: latencyMeasures(),
    run: (bench) => bench.alternate((side) => bench.start(side), (server) => sampleLatency(bench, server)),
  },
  {
    name: "watch-idle",
    title: "100,000 idle watchers on 100 streams",
    measures: [
      {
        key: "growth",
        label: "server RSS growth",
        unit: "MiB",
        better: "lower",
        target: { ratioAtMost: 1 },
        charted: true,
      },
      { key: "created", label: "until all have been created", unit: "s", better: "lower" },
    ],
    run: (bench) =>
      bench.alternate(() => Promise.resolve(nothingOpen), async (_, side) => {
        await using server = await bench.start(side);
        return await sampleIdle(server);
      }),
  },
];

/** A server with how many puts a round of the aimed length has. */
class WatchedServer implements AsyncDisposable {
  constructor(readonly server: ServerProcess, readonly puts: number) {}

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.server[Symbol.asyncDispose]();
  }
}

function latencyMeasures(): Measure[] {
  const target = { ratioAtMost: 1 };
  return [
    { key: "p99", label: "put to event at 1,000 watchers, p99", unit: "ms", better: "lower", target, charted: true },
    { key: "p50", label: "put to event at 1,000 watchers, p50", unit: "ms", better: "lower" },
    { key: "cpu", label: "server CPU per event at 1,000 watchers", unit: "us", better: "lower" },
    { key: "toolP99", label: "benchmark watch-latency (100 watchers), p99", unit: "ms", better: "lower", target },
  ];
}

async function sampleEvents(server: ServerProcess, args: string[]): Promise<Sample> {
  const { result, cpuSeconds } = await cpuOf(server, () => runProbe<WatchReport>("watch", server.endpoint, args));
  return {
    rate: result.eventsPerSecond,
    cpu: cpuSeconds * 1e6 / result.events,
    p99: result.putToEvent.p99Ms,
    p50: result.putToEvent.p50Ms,
  };
}

async function sampleLatency(bench: BenchRun, server: ServerProcess): Promise<Sample> {
  const puts = LATENCY_PUTS_PER_SECOND * bench.settings.roundSeconds;
  const rate = LATENCY_PUTS_PER_SECOND;
  const events = await sampleEvents(server, [`-puts=${puts}`, `-rate=${rate}`]);
  const tool = await runWatchLatency(server.endpoint, [
    "--conns=10",
    "--clients=10",
    `--put-rate=${rate}`,
    `--put-total=${puts}`,
  ]);
  return { p99: events.p99, p50: events.p50, cpu: events.cpu, toolP99: tool.p99Ms };
}

async function sampleIdle(server: ServerProcess): Promise<Sample> {
  await pause(SETTLE_MS);
  const before = processUsage(server.pid).residentBytes;
  await using probe = new SteppedProbe("watchidle", server.endpoint, []);
  const { seconds } = await probe.step<{ seconds: number }>();
  await pause(SETTLE_MS);
  const growth = processUsage(server.pid).residentBytes - before;
  await probe.proceed();
  await probe.step(); // some of them are woken, and see it
  return { growth: growth / MiB, created: seconds };
}
