import type { Row } from "../row.ts";
import { measureRequests, requestMeasures } from "./small_requests.ts";

/** Leases that are kept alive, with etcd's benchmark tool: each request is a stream of its own. */
export const leaseRows: Row[] = [
  {
    name: "lease-keep-alive",
    title: "lease keep-alive, 10 connections, 100 clients",
    measures: requestMeasures({ rate: { ratioAtLeast: 2.5 } }),
    run: (bench) => measureRequests(bench, ["--conns=10", "--clients=100", "lease-keepalive"], 10_000),
  },
];
