import { Code, type Family, type Histogram, type Registry } from "../base/mod.ts";
import type { GrpcServer } from "./server.ts";

/** Prometheus' default bounds, which grpc-go's handling times have. */
const handlingBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const methodLabels = ["grpc_type", "grpc_service", "grpc_method"];

const codeNames = Object.entries(Code).map(([name, code]) => ({
  name: name === "Ok" ? "OK" : name,
  code: code as number,
}));

/**
 * Registers what a server counts, under the names of grpc-go's and etcd's metrics; every method and code is shown from the start, as
 * in etcd. Call it when all services have been added. With `extensive`, from now on the time of each call is measured too, which
 * costs a look at the clock per call.
 */
export function registerGrpcMetrics(
  registry: Registry,
  { server, extensive }: { server: GrpcServer; extensive: boolean },
): void {
  const started = registry.counters("grpc_server_started_total", {
    help: "Total number of RPCs started on the server.",
    labelNames: methodLabels,
  });
  const handled = registry.counters("grpc_server_handled_total", {
    help: "Total number of RPCs completed on the server, regardless of success or failure.",
    labelNames: [...methodLabels, "grpc_code"],
  });
  const received = registry.counters("grpc_server_msg_received_total", {
    help: "Total number of RPC stream messages received on the server.",
    labelNames: methodLabels,
  });
  const sent = registry.counters("grpc_server_msg_sent_total", {
    help: "Total number of gRPC stream messages sent by the server.",
    labelNames: methodLabels,
  });
  const receivedBytes = registry.counter("etcd_network_client_grpc_received_bytes_total", {
    help: "The total number of bytes received from grpc clients.",
  });
  const sentBytes = registry.counter("etcd_network_client_grpc_sent_bytes_total", {
    help: "The total number of bytes sent to grpc clients.",
  });
  const requests = registry.counters("etcd_server_client_requests_total", {
    help: "The total number of client requests per client version.",
    labelNames: ["type", "client_api_version"],
  });
  const handling: Family<Histogram> | undefined = extensive
    ? registry.histograms("grpc_server_handling_seconds", {
      help: "Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.",
      labelNames: methodLabels,
      bounds: handlingBounds,
    })
    : undefined;
  const methods = server.methodStats().map((stats) => {
    const labels = [stats.kind, stats.service, stats.method];
    if (handling !== undefined) stats.handlingSeconds = handling.labels(...labels);
    return {
      stats,
      started: started.labels(...labels),
      received: received.labels(...labels),
      sent: sent.labels(...labels),
      handled: codeNames.map(({ name, code }) => ({ code, counter: handled.labels(...labels, name) })),
    };
  });
  registry.onCollect(() => {
    receivedBytes.value = sentBytes.value = 0;
    for (const { stats, ...counters } of methods) {
      counters.started.value = stats.started;
      counters.received.value = stats.messagesReceived;
      counters.sent.value = stats.messagesSent;
      for (const { code, counter } of counters.handled) counter.value = stats.handled[code];
      receivedBytes.value += stats.bytesReceived;
      sentBytes.value += stats.bytesSent;
    }
    for (const [version, counts] of server.clientVersions.all()) {
      if (counts.unary > 0) requests.labels("unary", version).value = counts.unary;
      if (counts.stream > 0) requests.labels("stream", version).value = counts.stream;
    }
  });
}
