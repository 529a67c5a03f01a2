import { compactionProposer, decodeCommand } from "../api/mod.ts";
import type { Registry } from "../base/mod.ts";
import type { Config } from "../config/mod.ts";
import { systemRandom } from "../runtime/mod.ts";
import { AutoCompactor, Member, readIdentity, writeIdentity } from "../server/mod.ts";
import { type AppParts, componentLogger } from "./parts.ts";

/** Opens the member that storage holds, or a new one where it holds none. Signals and timers are heard meanwhile. */
export async function openMember(parts: AppParts, registry: Registry): Promise<Member> {
  const { config, storage, clock, onFatal } = parts;
  const logger = componentLogger(parts, "server");
  let identity = readIdentity(storage);
  if (identity === undefined) {
    identity = await parts.newIdentity();
    await writeIdentity(storage, identity);
  }
  const opening = Member.open(
    { storage, clock, logger, random: systemRandom, identity, decode: decodeCommand, registry, onFatal },
    {
      log: { requestTimeoutMs: config.requestTimeoutMs },
      compactionBatchLimit: config.compactionBatchLimit,
      compactionRestMs: config.compactionRestMs,
      warningApplyMs: config.warningApplyDurationMs,
      quota: { quotaBackendBytes: config.quotaBackendBytes, manualDisarm: config.quotaAlarmManualDisarm },
      leaseTtlSecondsMin: leaseTtlSecondsMin(config),
    },
  );
  for (;;) {
    const step = opening.next();
    if (step.done) return step.value;
    await new Promise<void>((resolve) => clock.afterInput(resolve));
  }
}

/** etcd's: one and a half election timeouts, counted in heartbeats, and rounded up to seconds. */
function leaseTtlSecondsMin({ electionTimeoutMs, heartbeatIntervalMs }: Config): number {
  const electionTicks = Math.floor(electionTimeoutMs / heartbeatIntervalMs);
  return Math.ceil(Math.floor(3 * electionTicks / 2) * heartbeatIntervalMs / 1000);
}

/** Compacts by itself, where that is configured. */
export function startAutoCompactor(parts: AppParts, member: Member): AutoCompactor | undefined {
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
