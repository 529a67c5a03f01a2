import type { AutoCompaction } from "../server/mod.ts";
import { autoCompaction } from "./auto_compaction.ts";
import type { LogLevel } from "./options/kinds.ts";
import type { OptionValues } from "./options/table.ts";
import type { EndpointUrl } from "./urls.ts";

/** How the member logs. */
export interface LogConfig {
  /** Lines below it are not written. */
  level: LogLevel;
  /** JSON for programs, columns for people. */
  format: "json" | "console";
  /** "stderr", "stdout" or paths of files; each once. Empty when lines are to be thrown away. */
  outputs: readonly string[];
}

/** Bounds and times of the gRPC server. */
export interface GrpcConfig {
  /** Streams that a client may have open on a connection. */
  maxConcurrentStreams: number;
  /** Shortest time between pings that a client may send. */
  keepaliveMinTimeMs: number;
  /** Silence after which the server pings; 0 for never. */
  keepaliveIntervalMs: number;
  /** Time for the answer to such a ping. */
  keepaliveTimeoutMs: number;
}

/** A validated configuration: what a member is started with. All lists of addresses are sorted by their text. */
export interface Config {
  /** Name of the member. */
  name: string;
  /** Directory of all data. */
  dataDir: string;
  /** Addresses on which clients are served. */
  listenClientUrls: readonly EndpointUrl[];
  /** Addresses for HTTP alone; when there are any, `listenClientUrls` serve gRPC alone. */
  listenClientHttpUrls: readonly EndpointUrl[];
  /** Addresses on which other members are served. */
  listenPeerUrls: readonly EndpointUrl[];
  /** Further addresses for metrics and health. */
  listenMetricsUrls: readonly EndpointUrl[];
  /** Addresses at which clients find the member. */
  advertiseClientUrls: readonly EndpointUrl[];
  /** Addresses at which other members find it, when it founds a cluster or joins one. */
  initialAdvertisePeerUrls: readonly EndpointUrl[];
  /** The text of `--initial-cluster`, or what follows from the name where it is not given; see `checkBootstrap`. */
  initialCluster: string;
  /** Whether the member founds a cluster or joins one. */
  initialClusterState: "new" | "existing";
  /** What keeps clusters with the same URLs apart. */
  initialClusterToken: string;
  /** Time between a leader's heartbeats. */
  heartbeatIntervalMs: number;
  /** Time without a heartbeat before an election. */
  electionTimeoutMs: number;
  /** How long a request may take before it is given up: 5 s and two elections, as in etcd. */
  requestTimeoutMs: number;
  /** Most operations in a transaction. */
  maxTxnOps: number;
  /** Largest request. */
  maxRequestBytes: number;
  /** Live bytes at which writes are refused; 0 for the default, negative for no bound. */
  quotaBackendBytes: number;
  /** Whether an alarm that the quota has raised waits for an operator, as in etcd. */
  quotaAlarmManualDisarm: boolean;
  /** Revisions that one slice of a compaction deletes; above 0. */
  compactionBatchLimit: number;
  /** Rest between two slices of a compaction; undefined for the usual. */
  compactionRestMs: number | undefined;
  /** What history is kept; undefined for all of it. */
  autoCompaction: AutoCompaction | undefined;
  /** Time between progress notifications on idle watches; above 0. */
  watchProgressNotifyIntervalMs: number;
  /** Time after which an applied entry is logged as slow. */
  warningApplyDurationMs: number;
  /** Time after which a request is logged as slow. */
  warningUnaryRequestDurationMs: number;
  /** Bounds and times of the gRPC server. */
  grpc: GrpcConfig;
  /** How the member logs. */
  log: LogConfig;
  /** Whether histograms of the time that each gRPC method takes are exported. */
  extensiveMetrics: boolean;
  /** Whether listeners set SO_REUSEPORT. */
  reusePort: boolean;
  /** Origins from which browsers may ask; "*" for all. */
  corsOrigins: readonly string[];
  /** Host names under which plain HTTP is answered; "*" for all. */
  hostWhitelist: readonly string[];
  /** The value of every option by its flag's name, also of those that have no effect so far. */
  values: Readonly<OptionValues>;
}

function logOutputs(values: Readonly<OptionValues>): string[] {
  const outputs = values["log-outputs"].map((output) =>
    output === "default" || output === "systemd/journal" ? "stderr" : output
  );
  return outputs.includes("/dev/null") ? [] : [...new Set(outputs)];
}

/** What {@link makeConfig} needs besides the values. */
export interface ConfigSource {
  values: Readonly<OptionValues>;
  /** Whether clients' addresses have been given; if not, they are unset where the listeners are. */
  advertiseClientUrls: readonly EndpointUrl[];
  initialAdvertisePeerUrls: readonly EndpointUrl[];
  initialCluster: string;
}

/** Gives the values their names and units. The values must have been validated. */
export function makeConfig(source: ConfigSource): Config {
  const { values } = source;
  const electionTicks = Math.floor(values["election-timeout"] / values["heartbeat-interval"]);
  return {
    name: values.name,
    dataDir: values["data-dir"] === "" ? `${values.name}.etcd` : values["data-dir"],
    listenClientUrls: values["listen-client-urls"],
    listenClientHttpUrls: values["listen-client-http-urls"],
    listenPeerUrls: values["listen-peer-urls"],
    listenMetricsUrls: values["listen-metrics-urls"],
    advertiseClientUrls: source.advertiseClientUrls,
    initialAdvertisePeerUrls: source.initialAdvertisePeerUrls,
    initialCluster: source.initialCluster,
    initialClusterState: values["initial-cluster-state"],
    initialClusterToken: values["initial-cluster-token"],
    heartbeatIntervalMs: values["heartbeat-interval"],
    electionTimeoutMs: values["election-timeout"],
    requestTimeoutMs: 5000 + 2 * electionTicks * values["heartbeat-interval"],
    maxTxnOps: values["max-txn-ops"],
    maxRequestBytes: values["max-request-bytes"],
    quotaBackendBytes: values["quota-backend-bytes"],
    quotaAlarmManualDisarm: values["quota-alarm-manual-disarm"],
    compactionBatchLimit: values["compaction-batch-limit"] > 0 ? values["compaction-batch-limit"] : 1000,
    // As in etcd, whose usual rest is 10 ms, 0 stands for the usual.
    compactionRestMs: values["compaction-sleep-interval"] === 0
      ? undefined
      : Math.max(0, values["compaction-sleep-interval"]),
    autoCompaction: autoCompaction(values),
    watchProgressNotifyIntervalMs: values["watch-progress-notify-interval"] > 0
      ? values["watch-progress-notify-interval"]
      : 600_000,
    warningApplyDurationMs: values["warning-apply-duration"],
    warningUnaryRequestDurationMs: values["warning-unary-request-duration"] || 300,
    grpc: {
      maxConcurrentStreams: values["max-concurrent-streams"],
      keepaliveMinTimeMs: values["grpc-keepalive-min-time"],
      keepaliveIntervalMs: values["grpc-keepalive-interval"],
      keepaliveTimeoutMs: values["grpc-keepalive-timeout"],
    },
    log: {
      level: values["log-level"],
      format: values["log-format"] === "console" ? "console" : "json",
      outputs: logOutputs(values),
    },
    extensiveMetrics: values.metrics === "extensive",
    reusePort: values["socket-reuse-port"],
    corsOrigins: values.cors,
    hostWhitelist: values["host-whitelist"],
    values,
  };
}
