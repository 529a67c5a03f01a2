import { cpuOf } from "../bench_run.ts";
import { runProbe } from "../load_tools.ts";
import type { Row } from "../row.ts";
import { measureRequests, memoryAndThreads, requestMeasures } from "./small_requests.ts";

interface KeepAliveReport {
  requests: number;
  requestsPerSecond: number;
  latency: { p99Ms: number };
}

/** Leases that are kept alive: each request on a stream of its own by etcd's benchmark tool, and on streams that stay. */
export const leaseRows: Row[] = [
  {
    name: "lease-keep-alive",
    title: "lease keep-alive, 10 connections, 100 clients",
    measures: requestMeasures({ rate: { ratioAtLeast: 2.5 } }),
    run: (bench) => measureRequests(bench, ["--conns=10", "--clients=100", "lease-keepalive"], 10_000),
  },
  {
    name: "lease-streams",
    title: "lease keep-alive, 10 connections, 100 clients, on streams that stay",
    measures: requestMeasures({ rate: { ratioAtLeast: 2.5 } }),
    run: (bench) =>
      bench.alternate((side) => bench.start(side), async (server) => {
        const { result, cpuSeconds } = await cpuOf(
          server,
          () => runProbe<KeepAliveReport>("keepalive", server.endpoint, [`-seconds=${bench.settings.roundSeconds}`]),
        );
        return {
          rate: result.requestsPerSecond,
          cpu: cpuSeconds * 1e6 / result.requests,
          p99: result.latency.p99Ms,
          ...memoryAndThreads(server.pid),
        };
      }),
  },
];
