import { services } from "../../proto/gen/mod.ts";
import {
  clusterHandlers,
  compactionProposer,
  decodeCommand,
  electionHandlers,
  healthHandlers,
  kvHandlers,
  leaseHandlers,
  LocalClient,
  lockHandlers,
  maintenanceHandlers,
  slowRequestLog,
  WatchService,
} from "../api/mod.ts";
import { errors, etcdClusterVersion, etcdVersion, Registry } from "../base/mod.ts";
import { type Config, type EndpointUrl, ownPeerUrls, parseEndpointUrl } from "../config/mod.ts";
import { GrpcServer, registerGrpcMetrics } from "../grpc/mod.ts";
import { createHttpHandlers, type HttpHandlers, registerProcessMetrics } from "../http/mod.ts";
import type { Clock, Logger, StorageAdapter } from "../ports/mod.ts";
import {
  alarmName,
  AlarmType,
  announceMember,
  AutoCompactor,
  durationText,
  Maintenance,
  Member,
  type MemberIdentity,
  readIdentity,
  writeIdentity,
} from "../server/mod.ts";
import {
  gunzip,
  type ListenAddress,
  Listener,
  plainAdapter,
  type RequestHandler,
  systemRandom,
} from "../runtime/mod.ts";

/** Bytes that a gRPC message may have beyond `--max-request-bytes`, as in etcd. */
const grpcOverheadBytes = 512 * 1024;
/** Calls that run when a member is told to stop may go on for so long. */
const drainMs = 5000;
/** Progress notifications come no oftener, as in etcd. */
const progressNotifyMinMs = 100;

/** A logger that gives parts of the program loggers of their own. */
export interface ComponentLogger extends Logger {
  /** A logger whose lines name a component. */
  component(name: string): Logger;
}

function componentLogger({ logger }: AppParts, name: string): Logger {
  return "component" in logger ? logger.component(name) : logger;
}

/** What a member is started with. */
export interface AppParts {
  config: Config;
  /** Where it keeps its data; closed with the member. */
  storage: StorageAdapter;
  clock: Clock;
  /** Lines of the member's components name them where the logger can. */
  logger: Logger | ComponentLogger;
  /** Ids for storage that has none yet. */
  newIdentity(): Promise<MemberIdentity>;
  /** The member cannot go on and should be ended. */
  onFatal(error: unknown): void;
}

/** A member that serves. */
export interface App {
  readonly member: Member;
  /** Where clients reach it, in the order of `config.listenClientUrls`. */
  readonly clientAddresses: readonly Deno.Addr[];
  /** Stops serving, lets running calls end for a while, stores everything and closes storage. */
  stop(): Promise<void>;
}

/** Puts a member together and serves it: the one place where concrete parts meet. */
export async function startApp(parts: AppParts): Promise<App> {
  const { config, storage, clock } = parts;
  const logger = componentLogger(parts, "listener");
  const registry = new Registry();
  const listeners: Listener[] = [];
  const servers: GrpcServer[] = [];
  const serve = (server: GrpcServer, handleRequest: RequestHandler | undefined): Listener => {
    const listener = new Listener({ server, clock, logger, handleRequest });
    servers.push(server);
    listeners.push(listener);
    return listener;
  };
  const closeAll = async () => {
    autoCompactor?.close();
    watch?.close();
    localClient?.close();
    await Promise.all(listeners.map((listener) => listener.stop({ drainMs })));
    for (const server of servers) server.close();
    await member?.close();
    await storage.close();
  };
  let member: Member | undefined;
  let watch: WatchService | undefined;
  let localClient: LocalClient | undefined;
  let autoCompactor: AutoCompactor | undefined;
  try {
    member = await openMember(parts, registry);
    autoCompactor = startAutoCompactor(parts, member);
    await announceMember(member, {
      name: config.name,
      peerUrls: ownPeerUrls(config),
      clientUrls: config.advertiseClientUrls.map((url) => url.text),
    });
    const maintenance = new Maintenance({
      storage,
      keyspace: member.keyspace,
      clock,
      registry,
      onFault: (error) => member?.reportFault(error),
    });
    watch = watchService(parts, member);
    const { maxTxnOps, maxRequestBytes } = config;
    localClient = new LocalClient({ member, clock, maxTxnOps, maxRequestBytes });
    const handlers = httpHandlers(parts, { member, registry });
    const http = config.listenClientHttpUrls.length > 0 ? undefined : handlers;
    const server = grpcServer(parts, { member, maintenance, watch, localClient, http });
    registerGrpcMetrics(registry, { server, extensive: config.extensiveMetrics });
    const clients = serve(server, http?.client);
    const { reusePort } = config;
    const clientAddresses = config.listenClientUrls.map((url) => clients.listen(listenAddress(url), { reusePort }));
    for (
      const [urls, route] of [
        [config.listenClientHttpUrls, handlers.client],
        [config.listenMetricsUrls, handlers.metrics],
      ] as const
    ) {
      if (urls.length === 0) continue;
      const plainServer = new GrpcServer({ clock, logger, handlePlain: plainAdapter(route, logger) });
      const listener = serve(plainServer, route);
      for (const url of urls) listener.listen(listenAddress(url), { reusePort });
    }
    return { member, clientAddresses, stop: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openMember(parts: AppParts, registry: Registry): Promise<Member> {
  const { config, storage, clock, onFatal } = parts;
  const logger = componentLogger(parts, "server");
  let identity = readIdentity(storage);
  if (identity === undefined) {
    identity = await parts.newIdentity();
    await writeIdentity(storage, identity);
  }
  const memberParts = {
    storage,
    clock,
    logger,
    random: systemRandom,
    identity,
    decode: decodeCommand,
    registry,
    onFatal,
  };
  const opening = Member.open(memberParts, {
    log: { requestTimeoutMs: config.requestTimeoutMs },
    compactionBatchLimit: config.compactionBatchLimit,
    compactionRestMs: config.compactionRestMs,
    warningApplyMs: config.warningApplyDurationMs,
    quota: { quotaBackendBytes: config.quotaBackendBytes, manualDisarm: config.quotaAlarmManualDisarm },
    leaseTtlSecondsMin: leaseTtlSecondsMin(config),
  });
  for (;;) {
    const step = opening.next();
    if (step.done) return step.value;
    // Signals and timers are heard between the slices of a long start.
    await new Promise<void>((resolve) => clock.afterInput(resolve));
  }
}

function startAutoCompactor(parts: AppParts, member: Member): AutoCompactor | undefined {
  const { config, clock } = parts;
  if (config.autoCompaction === undefined) return undefined;
  return new AutoCompactor(config.autoCompaction, {
    clock,
    logger: componentLogger(parts, "compactor"),
    revision: () => member.keyspace.revision,
    isLeader: () => member.consensus.leader === member.identity.memberId,
    compact: compactionProposer({ member, clock }),
  });
}

function watchService(parts: AppParts, member: Member): WatchService {
  const { config, clock } = parts;
  const { watchProgressNotifyIntervalMs } = config;
  if (watchProgressNotifyIntervalMs < progressNotifyMinMs) {
    componentLogger(parts, "watch").warn("adjusting watch progress notify interval to minimum period", {
      "min-watch-progress-notify-interval": durationText(progressNotifyMinMs),
    });
  }
  return new WatchService({
    member,
    clock,
    random: systemRandom,
    responseBytesMax: config.maxRequestBytes + grpcOverheadBytes,
    progressNotifyIntervalMs: Math.max(watchProgressNotifyIntervalMs, progressNotifyMinMs),
  });
}

/** etcd's: one and a half election timeouts, counted in heartbeats, and rounded up to seconds. */
function leaseTtlSecondsMin({ electionTimeoutMs, heartbeatIntervalMs }: Config): number {
  const electionTicks = Math.floor(electionTimeoutMs / heartbeatIntervalMs);
  return Math.ceil(Math.floor(3 * electionTicks / 2) * heartbeatIntervalMs / 1000);
}

function parseUrls(texts: readonly string[]): string[] {
  return texts.map((text) => parseEndpointUrl(text).text);
}

function grpcServer(
  parts: AppParts,
  options: {
    member: Member;
    maintenance: Maintenance;
    watch: WatchService;
    localClient: LocalClient;
    http: HttpHandlers | undefined;
  },
): GrpcServer {
  const { config, clock } = parts;
  const { grpc } = config;
  const logger = componentLogger(parts, "grpc");
  const server = new GrpcServer({
    clock,
    logger,
    gunzip,
    slowCalls: slowRequestLog({
      logger,
      clock,
      warningMs: config.warningUnaryRequestDurationMs,
      all: config.log.level === "debug",
    }),
    limits: {
      receiveMessageBytesMax: config.maxRequestBytes + grpcOverheadBytes,
      concurrentStreamsMax: grpc.maxConcurrentStreams,
    },
    keepalive: grpc.keepaliveIntervalMs === 0
      ? undefined
      : { intervalMs: grpc.keepaliveIntervalMs, timeoutMs: grpc.keepaliveTimeoutMs },
    pingMinTimeMs: grpc.keepaliveMinTimeMs,
    handlePlain: options.http === undefined ? undefined : plainAdapter(options.http.client, logger),
  });
  const { maxTxnOps, maxRequestBytes } = config;
  server.addService(services.KV, kvHandlers({ member: options.member, maxTxnOps, maxRequestBytes }));
  server.addService(services.Cluster, clusterHandlers({ member: options.member, parseUrls }));
  server.addService(
    services.Maintenance,
    maintenanceHandlers({
      member: options.member,
      maintenance: options.maintenance,
      clock,
      logger: componentLogger(parts, "maintenance"),
    }),
  );
  server.addService(services.Watch, options.watch.handlers);
  server.addService(services.Lease, leaseHandlers(options.member));
  server.addService(services.Lock, lockHandlers(options.localClient));
  server.addService(services.Election, electionHandlers(options.localClient));
  server.addService(services.Health, healthHandlers(options.member));
  return server;
}

function httpHandlers(parts: AppParts, { member, registry }: { member: Member; registry: Registry }): HttpHandlers {
  const { config, clock } = parts;
  const logger = componentLogger(parts, "http");
  registerProcessMetrics(registry);
  return createHttpHandlers({
    registry,
    clock,
    logger,
    requestTimeoutMs: config.requestTimeoutMs,
    rules: { corsOrigins: config.corsOrigins, hostWhitelist: config.hostWhitelist },
    versions: () => ({ server: etcdVersion, cluster: etcdClusterVersion, storage: etcdClusterVersion }),
    source: {
      alarms: () => member.alarms.list(AlarmType.none).map(({ alarm }) => alarmName(alarm)),
      hasLeader: () => member.consensus.leader !== 0n,
      isLearner: () => member.members.find(member.identity.memberId)?.isLearner === true,
      read: async ({ serializable }) => {
        if (!serializable) await member.probe();
        else if (!member.isServing) throw errors.stopped();
        member.keyspace.range({ key: probeKey });
      },
    },
  });
}

const probeKey = new TextEncoder().encode("health");

function listenAddress(url: EndpointUrl): ListenAddress {
  if (url.scheme === "unix") return { transport: "unix", path: url.socketPath };
  return { transport: "tcp", hostname: url.host, port: Number(url.port) };
}
