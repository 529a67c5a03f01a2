import { etcdserverpb } from "../../proto/gen/mod.ts";
import { assert } from "../base/mod.ts";
import {
  type Command,
  CommandCode,
  type CommandDecoder,
  decodeAlarmOp,
  decodeLeaseCommand,
  requestOffset,
} from "../server/mod.ts";
import { toTxnOp } from "./kv/decode.ts";

/** Reads a log entry back into its command. */
export const decodeCommand: CommandDecoder = (code: CommandCode, entry: Uint8Array): Command => {
  const request = entry.subarray(requestOffset);
  switch (code) {
    case CommandCode.put:
      return { kind: "put", put: etcdserverpb.PutRequest.decode(request) };
    case CommandCode.deleteRange:
      return { kind: "deleteRange", deleteRange: etcdserverpb.DeleteRangeRequest.decode(request) };
    case CommandCode.txn:
      return { kind: "txn", txn: toTxnOp(etcdserverpb.TxnRequest.decode(request)) };
    case CommandCode.compact:
      return { kind: "compact", compact: etcdserverpb.CompactionRequest.decode(request) };
    case CommandCode.alarm:
      return { kind: "alarm", alarm: decodeAlarmOp(request) };
    case CommandCode.leaseGrant:
      return decodeLeaseCommand("leaseGrant", request);
    case CommandCode.leaseRevoke:
      return decodeLeaseCommand("leaseRevoke", request);
    case CommandCode.leaseRenew:
      return decodeLeaseCommand("leaseRenew", request);
    case CommandCode.leaseExpire:
      return decodeLeaseCommand("leaseExpire", request);
    default:
      code satisfies never;
      assert(false, `the log has a command of kind ${code}: it was written by a newer version`);
  }
};
