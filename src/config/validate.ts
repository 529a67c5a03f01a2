import { ConfigError } from "./config_error.ts";
import { isFeatureEnabled } from "./options/feature_gates.ts";
import type { OptionValues } from "./options/table.ts";
import { type EndpointUrl, isIpAddress } from "./urls.ts";

/** Longest election timeout that etcd takes. */
const electionTimeoutMaxMs = 50_000;

/** Largest sampling rate: every trace. */
const samplingRateMax = 1_000_000;

/** The values and the addresses as {@link validateValues} is to judge them. */
export interface Candidate {
  values: Readonly<OptionValues>;
  /** Undefined when the listeners are given and these are not. */
  advertiseClientUrls: readonly EndpointUrl[] | undefined;
  initialAdvertisePeerUrls: readonly EndpointUrl[];
  initialCluster: string;
}

function refused(message: string): ConfigError {
  return new ConfigError(message, { exitCode: 1 });
}

/** Applies etcd's rules about options and about how they go together, in etcd's order. Throws {@link ConfigError}. */
export function validateValues(candidate: Candidate): void {
  const { values } = candidate;
  if (values["discovery-fallback"] === "proxy") {
    throw refused('--discovery-fallback can\'t be "proxy": the v2 proxy has been removed');
  }
  validateLogging(values);
  checkBindUrls("listen-peer-urls", values["listen-peer-urls"]);
  checkBindUrls("listen-client-urls", values["listen-client-urls"]);
  checkBindUrls("listen-client-http-urls", values["listen-client-http-urls"]);
  checkBindUrls("listen-metrics-urls", values["listen-metrics-urls"]);
  checkHostUrls("initial-advertise-peer-urls", candidate.initialAdvertisePeerUrls);
  checkHostUrls("advertise-client-urls", candidate.advertiseClientUrls ?? []);
  validateBootstrapFlags(candidate);
  validateTimes(values);
  if (candidate.advertiseClientUrls === undefined) {
    throw refused("--advertise-client-urls is required when --listen-client-urls is set explicitly");
  }
  validateCompaction(values);
  validateRest(values);
}

function validateLogging(values: Readonly<OptionValues>): void {
  if (values.logger === "capnslog") throw refused("--logger=capnslog is removed in v3.5");
  if (values.logger !== "zap") throw refused(`unknown logger option "${values.logger}"; "zap" is the only one`);
  const outputs = values["log-outputs"];
  if (outputs.length > 1 && outputs.includes("default")) {
    throw refused('--log-outputs can\'t have "default" among several outputs; use "stderr"');
  }
  if (values["enable-log-rotation"]) validateLogRotation(values);
  if (!["", "json", "console"].includes(values["log-format"])) {
    throw refused(`unknown log format: "${values["log-format"]}", supported values json, console`);
  }
}

function validateLogRotation(values: Readonly<OptionValues>): void {
  const outputs = values["log-outputs"];
  const files = outputs.filter((output) => !["default", "stderr", "stdout"].includes(output));
  if (files.length > 1 || (outputs.length === 1 && files.length === 0)) {
    throw refused("--log-outputs requires a single file path when --enable-log-rotation is set");
  }
  const kinds: Record<string, string> = {
    maxsize: "number",
    maxage: "number",
    maxbackups: "number",
    localtime: "boolean",
    compress: "boolean",
  };
  let rotation: unknown;
  try {
    rotation = JSON.parse(values["log-rotation-config-json"]);
  } catch (error) {
    throw refused(`improperly formatted log rotation config: ${(error as Error).message}`);
  }
  if (rotation === null || typeof rotation !== "object" || Array.isArray(rotation)) {
    throw refused("invalid log rotation config: must be a JSON object");
  }
  for (const [key, value] of Object.entries(rotation)) {
    const wanted = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (wanted !== undefined && typeof value !== wanted) {
      throw refused(`invalid log rotation config: "${key}" must be a ${wanted}`);
    }
  }
}

function checkBindUrls(flag: string, urls: readonly EndpointUrl[]): void {
  for (const url of urls) {
    if (url.scheme === "unix" || url.scheme === "unixs" || url.host === "localhost") continue;
    if (!isIpAddress(url.host)) throw refused(`--${flag}: expected IP in URL for binding (${url.text})`);
  }
}

function checkHostUrls(flag: string, urls: readonly EndpointUrl[]): void {
  for (const url of urls) {
    if (url.scheme === "unix" || url.scheme === "unixs" || url.host !== "") continue;
    throw refused(`--${flag} "${urls.map((each) => each.text).join(",")}" must be "host:port": unexpected empty host`);
  }
}

function validateBootstrapFlags(candidate: Candidate): void {
  const { values } = candidate;
  const endpoints = values["discovery-endpoints"];
  const ways = [candidate.initialCluster !== "", values["discovery-srv"] !== "", endpoints.length > 0];
  if (ways.filter((way) => way).length > 1) {
    throw refused("choose one of --initial-cluster, --discovery-endpoints and --discovery-srv: several are set");
  }
  if ((values["discovery-token"] !== "") !== (endpoints.length > 0)) {
    throw refused("both --discovery-token and --discovery-endpoints must be set");
  }
  if (endpoints.some((endpoint) => endpoint.trim() === "")) {
    throw refused("--discovery-endpoints must not contain empty endpoints");
  }
}

function validateTimes(values: Readonly<OptionValues>): void {
  const heartbeatMs = values["heartbeat-interval"];
  const electionMs = values["election-timeout"];
  if (heartbeatMs === 0) throw refused("--heartbeat-interval must be >0 (set to 0ms)");
  if (electionMs === 0) throw refused("--election-timeout must be >0 (set to 0ms)");
  if (5 * heartbeatMs > electionMs) {
    throw refused(
      `--election-timeout[${electionMs}ms] should be at least as 5 times as --heartbeat-interval[${heartbeatMs}ms]`,
    );
  }
  if (electionMs > electionTimeoutMaxMs) {
    throw refused(`--election-timeout[${electionMs}ms] must be at most ${electionTimeoutMaxMs}ms`);
  }
}

function validateCompaction(values: Readonly<OptionValues>): void {
  const mode = values["auto-compaction-mode"];
  if (mode !== "periodic" && mode !== "revision") {
    throw refused(`unknown --auto-compaction-mode "${mode}"; use "periodic" or "revision"`);
  }
}

function validateRest(values: Readonly<OptionValues>): void {
  const rate = values["distributed-tracing-sampling-rate"];
  if (values["enable-distributed-tracing"] && (rate < 0 || rate > samplingRateMax)) {
    throw refused(`--distributed-tracing-sampling-rate must be from 0 to ${samplingRateMax} (set to ${rate})`);
  }
  const gates = values["feature-gates"];
  if (isFeatureEnabled(gates, "LeaseCheckpointPersist") && !isFeatureEnabled(gates, "LeaseCheckpoint")) {
    throw refused("--feature-gates: LeaseCheckpointPersist requires LeaseCheckpoint");
  }
  if (values["compact-hash-check-time"] <= 0) {
    throw refused(`--compact-hash-check-time must be >0 (set to ${values["compact-hash-check-time"]}ms)`);
  }
  const minimum = tlsVersion("tls-min-version", values);
  const maximum = tlsVersion("tls-max-version", values);
  if (maximum !== 0 && minimum > maximum) {
    throw refused(
      `--tls-min-version ${values["tls-min-version"]} is greater than --tls-max-version ${values["tls-max-version"]}`,
    );
  }
  if (minimum === 13 && values["cipher-suites"].length > 0) {
    throw refused("--cipher-suites cannot be configured when only TLS1.3 is enabled");
  }
}

function tlsVersion(flag: "tls-min-version" | "tls-max-version", values: Readonly<OptionValues>): number {
  const version = values[flag];
  if (version === "") return 0;
  if (version === "TLS1.2") return 12;
  if (version === "TLS1.3") return 13;
  throw refused(`unexpected TLS version "${version}" for --${flag} (must be one of: TLS1.2, TLS1.3)`);
}

/**
 * Refuses what this version cannot do and must not pass over in silence: an address that promises TLS, a cluster that is to
 * be found elsewhere. Throws {@link ConfigError}.
 */
export function refuseUnsupported(candidate: Candidate): void {
  const { values } = candidate;
  for (const flag of ["listen-client-urls", "listen-client-http-urls", "listen-metrics-urls"] as const) {
    for (const url of values[flag]) {
      if (url.scheme === "https" || url.scheme === "unixs") {
        throw refused(`--${flag}: ${url.text} needs TLS, which this version of detcd does not serve yet`);
      }
      if (url.scheme === "unix" && url.socketPath === "") {
        throw refused(`--${flag}: ${url.text} names no socket file`);
      }
    }
  }
  const grpc = new Set(values["listen-client-urls"].map((url) => url.host + ":" + url.port + url.socketPath));
  for (const url of values["listen-client-http-urls"]) {
    if (grpc.has(url.host + ":" + url.port + url.socketPath)) {
      throw refused(`cannot bind both --listen-client-urls and --listen-client-http-urls on the same url ${url.text}`);
    }
  }
  if (values["discovery-endpoints"].length > 0 || values["discovery-srv"] !== "") {
    throw refused("discovery is not supported by this version of detcd; use --initial-cluster");
  }
}
