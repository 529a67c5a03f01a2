import {
  type Config,
  ConfigError,
  foundCluster,
  helpText,
  type Notice,
  processEnvironment,
  readArguments,
  systemResolver,
  usageText,
} from "./src/config/mod.ts";
import { detcdVersion, etcdVersion } from "./src/base/mod.ts";
import { runCommand, startFailure } from "./src/cli/mod.ts";
import { type App, startApp } from "./src/app/mod.ts";
import { snapshotCommand } from "./src/snapshot_command.ts";
import { formatId } from "./src/membership/mod.ts";
import { StorageError } from "./src/ports/mod.ts";
import {
  createLogger,
  formatJson,
  HostClock,
  ListenError,
  LogFileError,
  type ProcessLogger,
} from "./src/runtime/mod.ts";
import { sqlite } from "./storage_adapters/sqlite/mod.ts";

/** Runs a member until a signal or a fault ends it. */
async function serve({ config, notices }: { config: Config; notices: Notice[] }): Promise<number> {
  const failureContext = {
    expected: [ConfigError, StorageError, ListenError, LogFileError],
    folders: foldersOf(config),
  };
  let logger: ProcessLogger;
  try {
    logger = createLogger(config.log);
  } catch (error) {
    logFatal(startFailure(error, failureContext));
    return 1;
  }
  const urlTexts = (urls: Config["listenClientUrls"]) => urls.map((url) => url.text);
  for (const { level, message, fields } of notices) logger[level](message, fields);
  logger.info("starting an etcd server", {
    "etcd-version": etcdVersion,
    "detcd-version": detcdVersion,
    "deno-version": Deno.version.deno,
    os: Deno.build.os,
    arch: Deno.build.arch,
    name: config.name,
    "data-dir": config.dataDir,
    "advertise-client-urls": urlTexts(config.advertiseClientUrls),
    "listen-client-urls": urlTexts(config.listenClientUrls),
    "listen-client-http-urls": urlTexts(config.listenClientHttpUrls),
    "listen-metrics-urls": urlTexts(config.listenMetricsUrls),
    "max-request-bytes": config.maxRequestBytes,
    "max-txn-ops": config.maxTxnOps,
  });
  const ended = Promise.withResolvers<number>();
  const onSignal = (signal: string) => () => {
    logger.info("received signal; shutting down...", { signal });
    ended.resolve(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, onSignal(signal));
  let app: App;
  try {
    app = await startApp({
      config,
      storage: sqlite({ directory: `${config.dataDir}/member`, logger: logger.component("storage") }),
      clock: await HostClock.open(),
      logger,
      newIdentity: () => foundCluster(config, { resolve: systemResolver }),
      onFatal: () => ended.resolve(1),
    });
  } catch (error) {
    logger.error("failed to start", { error: startFailure(error, failureContext) });
    await logger.close();
    return 1;
  }
  const traffic = config.listenClientHttpUrls.length > 0 ? "grpc" : "grpc+http";
  for (const address of app.clientAddresses) {
    logger.info("serving client traffic insecurely; this is strongly discouraged!", {
      traffic,
      address: addressText(address),
    });
  }
  logger.info("ready to serve client requests", {
    "cluster-id": formatId(app.member.identity.clusterId),
    "member-id": formatId(app.member.identity.memberId),
    addresses: app.clientAddresses.map(addressText),
  });
  const exitCode = await ended.promise;
  await app.stop();
  logger.info("closed etcd server", { name: config.name, "data-dir": config.dataDir });
  await logger.close();
  return exitCode;
}

/** Runs `detcd snapshot`. */
async function snapshot(args: readonly string[]): Promise<number> {
  const logger = createLogger({ level: "info", format: "json", outputs: ["stderr"] });
  try {
    return await snapshotCommand(args, {
      logger,
      openStorage: (directory) => sqlite({ directory, checkAtOpen: false, logger }),
      stdout: (text) => Deno.stdout.writeSync(new TextEncoder().encode(text)),
      stderr: (text) => Deno.stderr.writeSync(new TextEncoder().encode(text)),
    });
  } finally {
    await logger.close();
  }
}

/** Where somebody is listened to, as etcd writes it. */
function addressText(address: Deno.Addr): string {
  if (address.transport === "tcp" || address.transport === "udp") {
    const { hostname, port } = address;
    return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  }
  return "path" in address ? address.path : String(address.port);
}

/** The folders that a member so configured reads and writes: data, socket files, log files. */
function foldersOf(config: Config): string[] {
  const urls = [...config.listenClientUrls, ...config.listenClientHttpUrls, ...config.listenMetricsUrls];
  const files = urls.filter((url) => url.scheme === "unix").map((url) => url.socketPath);
  const logs = config.log.outputs.filter((output) => output !== "stderr" && output !== "stdout");
  const parents = [...files, ...logs].map((file) => file.replace(/^file:\/\//, "").replace(/\/?[^/]*$/, "") || ".");
  return [config.dataDir, ...parents];
}

/** A line of the log for what happens while there is no logger. */
function logFatal(message: string): void {
  const record = { level: "fatal", wallMs: Date.now(), component: "", message, fields: undefined };
  Deno.stderr.writeSync(new TextEncoder().encode(formatJson(record)));
}

const exitCode = await runCommand(Deno.args, {
  readArguments: (args) => readArguments(args, { environment: processEnvironment() }),
  serve,
  snapshot,
  logRefusal: ({ message }) => logFatal(message),
  stdout: (text) => Deno.stdout.writeSync(new TextEncoder().encode(text)),
  stderr: (text) => Deno.stderr.writeSync(new TextEncoder().encode(text)),
  usageText,
  helpText,
  platform: { deno: Deno.version.deno, os: Deno.build.os, arch: Deno.build.arch },
});
Deno.exit(exitCode);
