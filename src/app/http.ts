import { errors, etcdClusterVersion, etcdVersion, type Registry } from "../base/mod.ts";
import { createHttpHandlers, type HttpHandlers, registerProcessMetrics } from "../http/mod.ts";
import { alarmName, AlarmType, type Member } from "../server/mod.ts";
import { type AppParts, componentLogger } from "./parts.ts";

/** What a member answers over HTTP: health, metrics and version. */
export function httpHandlers(
  parts: AppParts,
  { member, registry }: { member: Member; registry: Registry },
): HttpHandlers {
  const { config, clock } = parts;
  registerProcessMetrics(registry);
  return createHttpHandlers({
    registry,
    clock,
    logger: componentLogger(parts, "http"),
    requestTimeoutMs: config.requestTimeoutMs,
    rules: { corsOrigins: config.corsOrigins, hostWhitelist: config.hostWhitelist },
    versions: () => ({ server: etcdVersion, cluster: etcdClusterVersion, storage: etcdClusterVersion }),
    source: {
      alarms: () => member.alarms.list(AlarmType.none).map(({ alarm }) => alarmName(alarm)),
      hasLeader: () => member.consensus.leader !== 0n,
      isLearner: () => member.members.find(member.identity.memberId)?.isLearner === true,
      read: async ({ serializable }) => {
        if (!serializable) await member.reads.probe();
        else if (!member.health.isServing) throw errors.stopped();
        member.keyspace.range({ key: probeKey });
      },
    },
  });
}

const probeKey = new TextEncoder().encode("health");
