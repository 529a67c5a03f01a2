import {
  checkBootstrap,
  type Config,
  ConfigError,
  helpText,
  type Notice,
  processEnvironment,
  readArguments,
  usageText,
} from "./src/config/mod.ts";
import { detcdVersion, etcdVersion } from "./src/base/mod.ts";
import { runCommand } from "./src/cli/mod.ts";
import { type App, startApp } from "./src/app.ts";
import { clusterId, memberId } from "./src/membership/mod.ts";
import { StorageError } from "./src/ports/mod.ts";
import { createLogger, logId, systemClock } from "./src/runtime/mod.ts";
import type { MemberIdentity } from "./src/server/mod.ts";
import { sqlite } from "./storage_adapters/sqlite/mod.ts";

/** The ids that etcd would give to the founder of a cluster of one. */
async function foundCluster(config: Config): Promise<MemberIdentity> {
  const cluster = await checkBootstrap(config);
  const options = { clusterToken: config.initialClusterToken };
  const memberIds = [...cluster.values()].map((urls) => memberId(urls.map((url) => url.text), options));
  if (memberIds.length > 1) {
    throw new ConfigError(
      `--initial-cluster names ${memberIds.length} members; this version of detcd runs clusters of one`,
      { exitCode: 1 },
    );
  }
  if (config.initialClusterState === "existing") {
    throw new ConfigError(
      `--initial-cluster-state=existing needs a cluster to join; this version of detcd runs clusters of one`,
      { exitCode: 1 },
    );
  }
  return { memberId: memberIds[0], clusterId: clusterId(memberIds) };
}

/** Runs a member until a signal or a fault ends it. */
async function serve({ config, notices }: { config: Config; notices: Notice[] }): Promise<number> {
  const logger = createLogger(config.log);
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
  let app: App;
  try {
    app = await startApp({
      config,
      storage: sqlite({ directory: `${config.dataDir}/member`, logger: logger.component("storage") }),
      clock: systemClock,
      logger,
      newIdentity: () => foundCluster(config),
      onFatal: () => ended.resolve(1),
    });
  } catch (error) {
    logger.error("failed to start", { error: startFailure(error, config) });
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
    "cluster-id": logId(app.member.identity.clusterId),
    "member-id": logId(app.member.identity.memberId),
    addresses: app.clientAddresses.map(addressText),
  });
  const onSignal = (signal: string) => () => {
    logger.info("received signal; shutting down...", { signal });
    ended.resolve(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, onSignal(signal));
  const exitCode = await ended.promise;
  await app.stop();
  logger.info("closed etcd server", { name: config.name, "data-dir": config.dataDir });
  await logger.close();
  return exitCode;
}

/** Where somebody is listened to, as etcd writes it. */
function addressText(address: Deno.Addr): string {
  if (address.transport === "tcp" || address.transport === "udp") {
    const { hostname, port } = address;
    return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
  }
  return "path" in address ? address.path : String(address.port);
}

/** What kept a member from starting, and what to do about it where the reason is a permission. */
function startFailure(error: unknown, config: Config): string {
  if (error instanceof Deno.errors.NotCapable) {
    return `${error.message} The task "start" may only touch what is below the project's folder. To keep data elsewhere: ` +
      `deno run --allow-net --allow-env=ETCD_* --allow-read=${config.dataDir} --allow-write=${config.dataDir} main.ts ...`;
  }
  if (error instanceof ConfigError || error instanceof StorageError) return error.message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

const exitCode = await runCommand(Deno.args, {
  readArguments: (args) => readArguments(args, { environment: processEnvironment() }),
  serve,
  logRefusal: ({ message }) => console.error(JSON.stringify({ level: "fatal", msg: message })),
  stdout: (text) => Deno.stdout.writeSync(new TextEncoder().encode(text)),
  stderr: (text) => Deno.stderr.writeSync(new TextEncoder().encode(text)),
  usageText,
  helpText,
  platform: { deno: Deno.version.deno, os: Deno.build.os, arch: Deno.build.arch },
});
Deno.exit(exitCode);
