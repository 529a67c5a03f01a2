import assert from "node:assert/strict";
import { type Config, ConfigError, type Environment, type Notice, readArguments, type ReadOptions } from "./mod.ts";
import { environmentName, optionNames, options } from "./options/table.ts";
import { helpText } from "./help.ts";

function environment(variables: Record<string, string> = {}): Environment {
  return { get: (name) => variables[name], names: () => Object.keys(variables) };
}

function read(
  args: string[],
  { variables, ...rest }: Partial<ReadOptions> & { variables?: Record<string, string> } = {},
): { config: Config; notices: Notice[] } {
  const request = readArguments(args, { environment: environment(variables), ...rest });
  assert.equal(request.kind, "serve");
  return request as { config: Config; notices: Notice[] } & typeof request;
}

function refusal(args: string[], variables: Record<string, string> = {}): ConfigError {
  try {
    readArguments(args, { environment: environment(variables) });
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error;
  }
  throw new Error(`${args.join(" ")} was accepted`);
}

function texts(urls: readonly { text: string }[]): string[] {
  return urls.map((url) => url.text);
}

Deno.test("readArguments() gives etcd's defaults without arguments", () => {
  const { config } = read([]);
  assert.equal(config.name, "default");
  assert.equal(config.dataDir, "default.etcd");
  assert.deepEqual(texts(config.listenClientUrls), ["http://localhost:2379"]);
  assert.deepEqual(texts(config.advertiseClientUrls), ["http://localhost:2379"]);
  assert.deepEqual(texts(config.initialAdvertisePeerUrls), ["http://localhost:2380"]);
  assert.equal(config.initialCluster, "default=http://localhost:2380");
  assert.equal(config.initialClusterState, "new");
  assert.equal(config.initialClusterToken, "etcd-cluster");
  assert.equal(config.maxTxnOps, 128);
  assert.equal(config.maxRequestBytes, 1_572_864);
  assert.equal(config.requestTimeoutMs, 7000);
  assert.deepEqual(config.grpc, {
    maxConcurrentStreams: 0xffff_ffff,
    keepaliveMinTimeMs: 5000,
    keepaliveIntervalMs: 7_200_000,
    keepaliveTimeoutMs: 20_000,
  });
  assert.deepEqual(config.log, { level: "info", format: "json", outputs: ["stderr"] });
  assert.equal(config.extensiveMetrics, false);
});

Deno.test("readArguments() lets the last of several flags count", () => {
  const { config } = read(["--name", "a", "-max-txn-ops=1", "--name=b", "--max-txn-ops", "2"]);
  assert.equal(config.name, "b");
  assert.equal(config.maxTxnOps, 2);
});

Deno.test("readArguments() derives the data directory and the initial cluster from the name", () => {
  const { config } = read(["--name=m1", "--initial-advertise-peer-urls=http://b:1,http://a:1"]);
  assert.equal(config.dataDir, "m1.etcd");
  assert.equal(config.initialCluster, "m1=http://a:1,m1=http://b:1");
});

Deno.test("readArguments() advertises the host's own address where it listens on 0.0.0.0", () => {
  const flags = [
    "--name=m1",
    "--listen-peer-urls=http://0.0.0.0:9380",
    "--listen-client-urls=http://0.0.0.0:9379",
    "--advertise-client-urls=http://localhost:2379",
  ];
  const { config } = read(flags, { defaultHost: "192.0.2.7" });
  assert.deepEqual(texts(config.initialAdvertisePeerUrls), ["http://192.0.2.7:9380"]);
  assert.deepEqual(texts(config.advertiseClientUrls), ["http://192.0.2.7:9379"]);
  assert.equal(config.initialCluster, "m1=http://192.0.2.7:9380");
  assert.deepEqual(texts(read(flags).config.initialAdvertisePeerUrls), ["http://localhost:2380"]);
});

Deno.test("readArguments() reads every option from its variable", () => {
  for (const name of optionNames) {
    const option = options[name];
    if (option.effect === "forgotten" || name === "version" || name === "config-file") continue;
    const text = option.kind.format(option.initial as never);
    if (text === "") continue;
    const { notices } = read([], {
      variables: { [environmentName(name)]: text, ETCD_ADVERTISE_CLIENT_URLS: "http://x:1" },
    });
    const used = notices.find((notice) => notice.fields["variable-name"] === environmentName(name));
    assert.ok(used !== undefined, name);
  }
  assert.equal(read([], { variables: { ETCD_NAME: "m1" } }).config.name, "m1");
});

Deno.test("readArguments() refuses a variable that a flag shadows, and warns of one that it does not know", () => {
  assert.match(refusal(["--name=a"], { ETCD_NAME: "b" }).message, /ETCD_NAME is shadowed/);
  const { notices } = read(["--name=a"], { variables: { ETCD_NMAE: "x", HOME: "/" } });
  assert.deepEqual(notices, [{
    level: "warn",
    message: "unrecognized environment variable",
    fields: { "environment-variable": "ETCD_NMAE=x" },
  }]);
});

Deno.test("readArguments() names flag, value and reason, and suggests the flag that was meant", () => {
  assert.equal(
    refusal(["--max-txn-ops=many"]).message,
    'invalid value "many" for flag --max-txn-ops: must be a whole number',
  );
  assert.equal(
    refusal(["--listen-client-url=x"]).message,
    "flag provided but not defined: --listen-client-url; did you mean --listen-client-urls?",
  );
  assert.equal(refusal(["--zzzzzz"]).message, "flag provided but not defined: --zzzzzz");
  assert.match(refusal(["--discovery=x"]).message, /use --discovery-token and --discovery-endpoints/);
  assert.match(refusal([], { ETCD_MAX_TXN_OPS: "many" }).message, /^invalid value "many" for ETCD_MAX_TXN_OPS: /);
});

Deno.test("readArguments() warns once of each option that does nothing, unless it has its default", () => {
  const { notices } = read([
    "--name=m1",
    "--pre-vote=false",
    "--strict-reconfig-check=true",
    "--max-wals=7",
    "--max-txn-ops=9",
  ]);
  assert.deepEqual(notices.map((notice) => notice.fields.option), ["pre-vote", "max-wals"]);
  assert.match(read(["--name=m1", "--max-snapshots=5"]).notices[0].message, /decommissioned in 3\.8/);
});

Deno.test("readArguments() keeps passwords out of what is logged", () => {
  const secret = "hunter2";
  const { notices } = read([`--discovery-password=${secret}`], { variables: { ETCD_DISCOVERY_USER: `me:${secret}` } });
  assert.equal(JSON.stringify(notices).includes(secret), false);
});

Deno.test("readArguments() refuses to serve without TLS what promises TLS", () => {
  for (
    const flags of [
      ["--listen-client-urls=https://127.0.0.1:0", "--advertise-client-urls=https://x:1"],
      ["--listen-client-urls=unixs:///tmp/s", "--advertise-client-urls=https://x:1"],
      ["--listen-client-http-urls=https://127.0.0.1:0"],
      ["--listen-metrics-urls=https://127.0.0.1:0"],
    ]
  ) assert.match(refusal(flags).message, /needs TLS/);
});

Deno.test("readArguments() refuses the same address for gRPC and for HTTP alone", () => {
  const message = refusal([
    "--listen-client-urls=http://127.0.0.1:1",
    "--advertise-client-urls=http://x:1",
    "--listen-client-http-urls=http://127.0.0.1:1",
  ]).message;
  assert.match(message, /cannot bind both/);
});

Deno.test("readArguments() puts etcd's default in the place of a batch limit or a warning time of zero", () => {
  const { config } = read(["--compaction-batch-limit=-1", "--warning-unary-request-duration=0"]);
  assert.equal(config.compactionBatchLimit, 1000);
  assert.equal(config.compactionRestMs, undefined);
  assert.equal(read(["--compaction-sleep-interval=20ms"]).config.compactionRestMs, 20);
  assert.equal(config.warningUnaryRequestDurationMs, 300);
});

Deno.test("readArguments() turns log outputs into streams and files", () => {
  assert.deepEqual(read(["--log-outputs=stdout,/var/log/x,stderr"]).config.log.outputs, [
    "/var/log/x",
    "stderr",
    "stdout",
  ]);
  assert.deepEqual(read(["--log-outputs=/dev/null,stderr"]).config.log.outputs, []);
  assert.equal(read(["--log-level=WARN"]).config.log.level, "warn");
});

Deno.test("helpText() has every option of etcd's list, with etcd's default", async () => {
  const list = await Deno.readTextFile(new URL("./testdata/etcd_flags.txt", import.meta.url));
  const help = new Set(helpText().split("\n").map((line) => line.trim()));
  const removed = new Set(["--discovery ''", "--discovery-proxy ''"]);
  const missing = list.split("\n").filter((line) => line.startsWith("--") && !removed.has(line))
    // The list has a few defaults without quotes, and one empty where others have none.
    .map((line) => line.replace(/ (\d+)$/, " '$1'").replace(/^(--backend-batch-interval) ''$/, "$1"))
    .filter((line) => !help.has(line));
  assert.deepEqual(missing, []);
});
