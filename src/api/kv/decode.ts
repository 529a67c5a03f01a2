import type { etcdserverpb } from "../../../proto/gen/mod.ts";
import { assert } from "../../base/mod.ts";
import type { CompareOp, CompareResult, CompareTarget, RangeQuery, RequestOp, TxnOp } from "../../mvcc/mod.ts";

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
