export { type AutoCompaction, AutoCompactor, type AutoCompactorParts } from "./auto_compactor.ts";
export {
  AlarmAction,
  type AlarmMember,
  alarmName,
  type AlarmOp,
  type AlarmResult,
  alarmText,
  AlarmType,
  decodeAlarmOp,
  dropQuotaAlarms,
  encodeAlarmOp,
} from "./alarms.ts";
export {
  type ClientCommand,
  type Command,
  CommandCode,
  type CommandDecoder,
  type CommandResult,
  type CompactOp,
  type CompactResult,
  EntryMaker,
  requestOffset,
} from "./command.ts";
export { type MemberIdentity, readIdentity, writeIdentity } from "./identity.ts";
export { decodeLeaseCommand, type LeaseCommand } from "./lease_command.ts";
export {
  type GrantedLease,
  type LeaseKeeper,
  type LeaseStatus,
  type LeaseWaiter,
  type RenewalWaiter,
} from "./lease_keeper.ts";
export {
  type AnyRange,
  Member,
  type MemberOptions,
  type MemberParts,
  type Reader,
  type StreamReader,
} from "./member.ts";
export { Maintenance } from "./maintenance.ts";
export { announceMember } from "./announce.ts";
export { type MemberInfo, MemberStore } from "./member_store.ts";
export { commandCost, defaultQuotaBytes, type QuotaOptions } from "./quota.ts";
export { commandText, rangeText, readTxnText } from "./request_text.ts";
export { soloLogDefaults, type SoloLogOptions } from "./solo_log.ts";
export { durationText } from "./timings.ts";
