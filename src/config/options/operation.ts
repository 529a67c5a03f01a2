import { boolean, durationMs, forgotten, logLevel, signed, text, uniqueTexts, unsigned, urls } from "./kinds.ts";
import { type Option, rowsOf } from "./option.ts";

const monitoring = rowsOf("Profiling and Monitoring");
const logging = rowsOf("Logging");
const tracing = rowsOf("Distributed tracing");
const features = rowsOf("Features");
const unsafe = rowsOf("Unsafe feature");
const general = rowsOf("General");

/** Options for watching a member at work: metrics, logs, traces. */
export const monitoringOptions = {
  "enable-pprof": monitoring.inert("Serve Go's run-time profiles.", { kind: boolean, initial: false }),
  "metrics": monitoring.works('"extensive" adds histograms of the time that each gRPC method takes to "basic".', {
    kind: text,
    initial: "basic",
  }),
  "listen-metrics-urls": monitoring.works("Further addresses for /metrics and the health endpoints.", {
    kind: urls,
    initial: [],
  }),
  "logger": logging.works('The structured logger; "zap" is the only name.', { kind: text, initial: "zap" }),
  "log-outputs": logging.works('Where log lines go: "default", "stderr", "stdout", or files; several with commas.', {
    kind: uniqueTexts,
    initial: ["default"],
  }),
  "log-level": logging.works("Least level that is logged: debug, info, warn, error, panic or fatal.", {
    kind: logLevel,
    initial: "info",
  }),
  "log-format": logging.works("Form of log lines: json or console.", { kind: text, initial: "json" }),
  "enable-log-rotation": logging.pending("Rotate the log file.", { kind: boolean, initial: false }),
  "log-rotation-config-json": logging.pending(
    "How to rotate: maxsize (MB), maxage (days), maxbackups, localtime, compress.",
    {
      kind: text,
      initial: '{"maxsize": 100, "maxage": 0, "maxbackups": 0, "localtime": false, "compress": false}',
    },
  ),
  "warning-unary-request-duration": logging.works("Time after which a request is logged as slow.", {
    kind: durationMs,
    initial: 300,
  }),
  "enable-distributed-tracing": tracing.pending("Send OpenTelemetry traces.", { kind: boolean, initial: false }),
  "distributed-tracing-address": tracing.pending("Address of the collector.", {
    kind: text,
    initial: "localhost:4317",
  }),
  "distributed-tracing-service-name": tracing.pending("Name of the service, the same on all members.", {
    kind: text,
    initial: "etcd",
  }),
  "distributed-tracing-instance-id": tracing.pending("Name of this member, different on all members.", {
    kind: text,
    initial: "",
  }),
  "distributed-tracing-sampling-rate": tracing.pending("Traces to take out of a million.", {
    kind: signed,
    initial: 0,
  }),
};

/** Options that tune single functions. */
export const featureOptions = {
  "corrupt-check-time": features.pending("Time between comparisons of the members' data; 0 for none.", {
    kind: durationMs,
    initial: 0,
  }),
  "compact-hash-check-time": features.pending("Time between comparisons of the members' compaction hashes.", {
    kind: durationMs,
    initial: 60_000,
    shownDefault: "1m",
  }),
  "compaction-batch-limit": features.works("Revisions that are deleted in one slice of a compaction.", {
    kind: signed,
    initial: 1000,
  }),
  "peer-skip-client-san-verification": features.pending("Do not compare a member's address with its certificate.", {
    kind: boolean,
    initial: false,
  }),
  "watch-progress-notify-interval": features.works("Time between progress notifications on idle watches.", {
    kind: durationMs,
    initial: 0,
    shownDefault: "10m",
  }),
  "warning-apply-duration": features.works("Time after which an applied entry is logged as slow.", {
    kind: durationMs,
    initial: 100,
  }),
  "bootstrap-defrag-threshold-megabytes": features.pending(
    "Defragment at start when it frees this much; 0 for never.",
    {
      kind: unsigned,
      initial: 0,
      shownDefault: "",
    },
  ),
  "max-learners": features.pending("Largest number of learners in the cluster.", { kind: signed, initial: 1 }),
  "compaction-sleep-interval": features.works("Pause between two slices of a compaction.", {
    kind: durationMs,
    initial: 0,
    shownDefault: "",
  }),
  "downgrade-check-time": features.pending("Time between two looks at the state of a downgrade.", {
    kind: durationMs,
    initial: 5000,
    shownDefault: "",
  }),
  "snapshot-catchup-entries": features.pending("Log entries that are kept for slow members.", {
    kind: unsigned,
    initial: 5000,
    shownDefault: "",
  }),
  "force-new-cluster": unsafe.pending("Make a one-member cluster of the data that is there.", {
    kind: boolean,
    initial: false,
  }),
  "unsafe-no-fsync": unsafe.pending("Do not wait for the disk: a power cut loses data.", {
    kind: boolean,
    initial: false,
  }),
  "config-file": general.pending("File with the configuration; other flags and variables are then ignored.", {
    kind: text,
    initial: "",
  }),
  "version": general.works("Print the version and exit.", { kind: boolean, initial: false }),
};

function forgottenFlag(): Option<null> {
  return { kind: forgotten, initial: null, group: "General", effect: "forgotten", help: "" };
}

/** Flags of etcd's early releases, which etcd still takes and forgets. */
export const forgottenOptions = {
  "cluster-active-size": forgottenFlag(),
  "cluster-remove-delay": forgottenFlag(),
  "cluster-sync-interval": forgottenFlag(),
  "config": forgottenFlag(),
  "force": forgottenFlag(),
  "max-result-buffer": forgottenFlag(),
  "max-retry-attempts": forgottenFlag(),
  "peer-heartbeat-interval": forgottenFlag(),
  "peer-election-timeout": forgottenFlag(),
  "retry-interval": forgottenFlag(),
  "snapshot": forgottenFlag(),
  "v": forgottenFlag(),
  "vv": forgottenFlag(),
  "test.coverprofile": forgottenFlag(),
  "test.outputdir": forgottenFlag(),
};
