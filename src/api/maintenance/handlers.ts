import type { services } from "../../../proto/gen/mod.ts";
import type { etcdserverpb } from "../../../proto/gen/mod.ts";
import { Code, errors, etcdClusterVersion, EtcdError, etcdVersion } from "../../base/mod.ts";
import type { HandlersFor } from "../../grpc/mod.ts";
import type { Clock, Logger } from "../../ports/mod.ts";
import {
  AlarmAction,
  type AlarmOp,
  type AlarmResult,
  alarmText,
  AlarmType,
  CommandCode,
  type CommandResult,
  encodeAlarmOp,
  EntryMaker,
  type Maintenance,
  type Member,
} from "../../server/mod.ts";
import { answerDowngrade } from "./downgrade.ts";
import { readRequest } from "../decode.ts";
import { responseHeader } from "../header.ts";
import { sendSnapshot } from "./snapshot_stream.ts";

/** What the Maintenance service works with. */
export interface MaintenanceOptions {
  member: Member;
  maintenance: Maintenance;
  clock: Clock;
  logger: Logger;
}

/** Handlers of `etcdserverpb.Maintenance`. */
export function maintenanceHandlers(options: MaintenanceOptions): HandlersFor<typeof services.Maintenance> {
  const { member, maintenance, clock, logger } = options;
  const entries = new EntryMaker();
  const header = () => responseHeader(member, member.keyspace.revision);

  return {
    Status: (call) => {
      readRequest(call);
      call.respond(status(options, header()));
    },

    Alarm: (call) => {
      const { action, memberID: memberId, alarm } = call.request;
      // etcd puts it into its log and then crashes over the answer.
      if (!knownActions.has(action)) throw new EtcdError(Code.InvalidArgument, "etcdserver: unknown alarm action");
      const op: AlarmOp = { action, memberId, alarm, byQuota: false };
      member.propose({
        entry: entries.make(CommandCode.alarm, encodeAlarmOp(op)),
        command: { kind: "alarm", alarm: op },
        arrivalMs: call.arrivalMs,
        answer: (result: CommandResult) => {
          const { alarms, revision } = result as AlarmResult;
          call.respond({
            header: responseHeader(member, revision),
            alarms: alarms.map(({ memberId, alarm }) => ({ memberID: memberId, alarm })),
          });
        },
        failed: (error) => call.fail(error),
      });
    },

    Hash: (call) => {
      readRequest(call);
      member.storeEffects().then(() =>
        maintenance.hashAll({
          arrivalMs: call.arrivalMs,
          finished: ({ hash }) => call.respond({ header: header(), hash }),
          failed: (error) => call.fail(error),
          isGone: () => call.isEnded,
        })
      ).catch((error) => call.fail(error));
    },

    HashKV: (call) => {
      maintenance.hashKeySpace(call.request.revision, {
        arrivalMs: call.arrivalMs,
        finished: ({ hash, revision, compactRevision }) =>
          call.respond({ header: header(), hash, compactRevision, hashRevision: revision }),
        failed: (error) => call.fail(error),
        isGone: () => call.isEnded,
      });
    },

    Defragment: (call) => {
      readRequest(call);
      logger.info("starting defragment");
      maintenance.defragment().then(() => {
        logger.info("finished defragment");
        call.respond({});
      }, (error) => {
        logger.warn("failed to defragment", { error: String(error) });
        call.fail(new EtcdError(Code.Unknown, (error as Error).message));
      });
    },

    Snapshot: (call) => {
      readRequest(call);
      const { inUseBytes } = maintenance.size();
      logger.info("sending database snapshot to client", { "expected-bytes": inUseBytes });
      const startedMs = clock.monotonicMs();
      sendSnapshot(call, {
        source: maintenance.snapshot(),
        clock,
        expectedBytes: inUseBytes,
        version: etcdClusterVersion,
      }).then(() => {
        if (call.isCancelled) return logger.warn("the client has given up its database snapshot");
        logger.info("successfully sent database snapshot to client", {
          took: `${Math.round(clock.monotonicMs() - startedMs)}ms`,
        });
      }, (error) => {
        logger.warn("failed to send database snapshot to client", { error: String(error) });
        call.fail(error);
      });
    },

    MoveLeader: (call) => {
      const { leader } = member.consensus;
      if (leader !== member.identity.memberId) throw errors.notLeader();
      const target = member.members.find(call.request.targetID);
      if (target === undefined || target.isLearner) throw errors.badLeaderTransferee();
      // The only member that can be named is the leader.
      call.respond({});
    },

    Downgrade: (call) => call.respond({ header: header(), version: answerDowngrade(call.request) }),
  };
}

const knownActions: ReadonlySet<number> = new Set(Object.values(AlarmAction));

function status(
  { member, maintenance }: MaintenanceOptions,
  header: etcdserverpb.ResponseHeader,
): etcdserverpb.StatusResponse {
  const { consensus, quota, alarms, identity } = member;
  const { totalBytes, inUseBytes } = maintenance.size();
  const { leader, term, committedIndex, appliedIndex } = consensus;
  return {
    header,
    version: etcdVersion,
    dbSize: totalBytes,
    dbSizeInUse: inUseBytes,
    dbSizeQuota: quota.configuredBytes,
    leader,
    raftIndex: committedIndex,
    raftTerm: term,
    raftAppliedIndex: appliedIndex,
    errors: [
      ...(leader === 0n ? [errors.noLeader().message] : []),
      ...alarms.list(AlarmType.none).map(alarmText),
      ...(quota.warning === undefined ? [] : [quota.warning]),
    ],
    isLearner: member.members.find(identity.memberId)?.isLearner ?? false,
    storageVersion: etcdClusterVersion,
    downgradeInfo: { enabled: false, targetVersion: "" },
  };
}
