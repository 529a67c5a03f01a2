export { type AutoCompaction, AutoCompactor, type AutoCompactorParts } from "./space/auto_compactor.ts";
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
} from "./space/alarms.ts";
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
export { decodeLeaseCommand, type LeaseCommand } from "./lease/command.ts";
export {
  type GrantedLease,
  type LeaseKeeper,
  type LeaseStatus,
  type LeaseWaiter,
  type RenewalWaiter,
} from "./lease/keeper.ts";
export { Member, type MemberOptions, type MemberParts } from "./member.ts";
export { type AnyRange, type MemberReads, type Reader, type StreamReader } from "./reads.ts";
export { Maintenance } from "./space/maintenance.ts";
export { announceMember } from "./announce.ts";
export { type MemberInfo, MemberStore } from "./member_store.ts";
export { commandCost, defaultQuotaBytes, type QuotaOptions } from "./space/quota.ts";
export { commandText, rangeText, readTxnText } from "./measure/request_text.ts";
export { soloLogDefaults, type SoloLogOptions } from "./solo_log.ts";
export { durationText } from "./measure/timings.ts";
export { runToEnd } from "./slices.ts";
