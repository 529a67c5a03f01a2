import { services } from "../../proto/gen/mod.ts";
import {
  clusterHandlers,
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
import type { Registry } from "../base/mod.ts";
import { parseEndpointUrl } from "../config/mod.ts";
import { GrpcServer, registerGrpcMetrics } from "../grpc/mod.ts";
import { gunzip, plainAdapter, type RequestHandler, systemRandom } from "../runtime/mod.ts";
import { durationText, Maintenance, type Member } from "../server/mod.ts";
import { type AppParts, componentLogger } from "./parts.ts";

/** Bytes that a gRPC message may have beyond `--max-request-bytes`, as in etcd. */
const grpcOverheadBytes = 512 * 1024;
/** Progress notifications come no oftener, as in etcd. */
const progressNotifyMinMs = 100;

/** etcd's gRPC services for one member. */
export interface Services {
  /** Where they are called. */
  readonly server: GrpcServer;
  /** Ends calls that have no end of their own, and refuses new ones of that kind. */
  close(): void;
}

/** Makes a member's gRPC services. `clientRoute` answers what comes over HTTP/2 and is not gRPC; without it such requests are refused. */
export function createServices(
  parts: AppParts,
  { member, registry, clientRoute }: { member: Member; registry: Registry; clientRoute: RequestHandler | undefined },
): Services {
  const { config, clock, storage } = parts;
  const { maxTxnOps, maxRequestBytes } = config;
  const maintenance = new Maintenance({
    storage,
    keyspace: member.keyspace,
    clock,
    registry,
    onFault: (error) => member.health.report(error),
  });
  const watch = watchService(parts, member);
  const localClient = new LocalClient({ member, clock, maxTxnOps, maxRequestBytes });
  const server = grpcServer(parts, clientRoute);
  server.addService(services.KV, kvHandlers({ member, maxTxnOps, maxRequestBytes }));
  server.addService(services.Watch, watch.handlers);
  server.addService(services.Lease, leaseHandlers(member));
  server.addService(services.Lock, lockHandlers(localClient));
  server.addService(services.Election, electionHandlers(localClient));
  server.addService(services.Cluster, clusterHandlers({ member, parseUrls }));
  server.addService(
    services.Maintenance,
    maintenanceHandlers({ member, maintenance, clock, logger: componentLogger(parts, "maintenance") }),
  );
  server.addService(services.Health, healthHandlers(member.health));
  registerGrpcMetrics(registry, { server, extensive: config.extensiveMetrics });
  return {
    server,
    close: () => {
      watch.close();
      localClient.close();
    },
  };
}

function grpcServer(parts: AppParts, clientRoute: RequestHandler | undefined): GrpcServer {
  const { config, clock } = parts;
  const { grpc } = config;
  const logger = componentLogger(parts, "grpc");
  return new GrpcServer({
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
    handlePlain: clientRoute === undefined ? undefined : plainAdapter(clientRoute, logger),
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

function parseUrls(texts: readonly string[]): string[] {
  return texts.map((text) => parseEndpointUrl(text).text);
}
