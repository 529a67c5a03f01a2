import { etcdserverpb } from "../../../proto/gen/mod.ts";
import { assert } from "../../base/mod.ts";
import type { CompareOp, CompareResult, CompareTarget, RangeQuery, RequestOp, TxnOp } from "../../mvcc/mod.ts";
import {
  type Command,
  CommandCode,
  type CommandDecoder,
  decodeAlarmOp,
  decodeLeaseCommand,
  requestOffset,
} from "../../server/mod.ts";

/** The keyspace's form of a checked Range. The bytes stay the request's. */
export function toRangeQuery(request: etcdserverpb.RangeRequest): RangeQuery {
  return request as RangeQuery;
}

/** The keyspace's form of a checked Txn. The bytes stay the request's. */
export function toTxnOp(request: etcdserverpb.TxnRequest): TxnOp {
  return {
    compare: request.compare.map(toCompareOp),
    success: request.success.map(toRequestOp),
    failure: request.failure.map(toRequestOp),
  };
}

function toCompareOp(compare: etcdserverpb.Compare): CompareOp {
  return {
    key: compare.key,
    rangeEnd: compare.rangeEnd,
    target: compare.target as CompareTarget,
    result: compare.result as CompareResult,
    operand: operandOf(compare),
  };
}

/** What the target is compared with. As etcd has it, an operand of another target's kind counts as zero or empty. */
function operandOf(compare: etcdserverpb.Compare): CompareOp["operand"] {
  switch (compare.target) {
    case 0:
      return compare.version;
    case 1:
      return compare.createRevision;
    case 2:
      return compare.modRevision;
    case 3:
      return compare.value;
    case 4:
      return compare.lease;
    default:
      return 0;
  }
}

function toRequestOp(op: etcdserverpb.RequestOp): RequestOp {
  switch (op.request) {
    case "requestRange":
      return { kind: "range", range: toRangeQuery(op.requestRange) };
    case "requestPut":
      return { kind: "put", put: op.requestPut };
    case "requestDeleteRange":
      return { kind: "deleteRange", deleteRange: op.requestDeleteRange };
    case "requestTxn":
      return { kind: "txn", txn: toTxnOp(op.requestTxn) };
    case "":
      assert(false, "an operation without content has passed the checks");
  }
}

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
