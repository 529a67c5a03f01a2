import type { CompareOp, RangeQuery, RequestOp, TxnOp } from "../../mvcc/mod.ts";
import { alarmText } from "../space/alarms.ts";
import type { Command } from "../command.ts";

/** Longer texts are cut. */
const textMax = 4096;

/** Names of `Compare.CompareTarget` and `Compare.CompareResult`, by number. */
const compareTargets = ["VERSION", "CREATE", "MOD", "VALUE", "LEASE"];
const compareResults = ["EQUAL", "GREATER", "LESS", "NOT_EQUAL"];

/** A command for a log line, much as etcd writes it: a value's size stands for the value. */
export function commandText(command: Command): string {
  switch (command.kind) {
    case "put":
      return cut(`put:<${putText(command.put)}>`);
    case "deleteRange":
      return cut(`delete_range:<${keysText(command.deleteRange)}>`);
    case "txn":
      return cut(`txn:<${txnText(command.txn)}>`);
    case "compact":
      return `compaction:<revision:${command.compact.revision}${command.compact.physical ? " physical:true" : ""}>`;
    case "alarm": {
      const action = ["", "action:ACTIVATE ", "action:DEACTIVATE "][command.alarm.action] ??
        `action:${command.alarm.action} `;
      return `alarm:<${action}${alarmText(command.alarm)}>`;
    }
    case "leaseGrant":
      return `lease_grant:<ttl:${command.leaseGrant.ttlSeconds}-second id:${hex(command.leaseGrant.id)}>`;
    case "leaseRevoke":
      return `lease_revoke:<id:${hex(command.leaseRevoke.id)}>`;
    case "leaseRenew":
      return `lease_renew:<leases:${command.leaseRenew.ids.length}>`;
    case "leaseExpire":
      return `lease_expire:<leases:${command.leaseExpire.ids.length}>`;
  }
}

/** An id as etcd writes leases in its logs. */
function hex(id: bigint): string {
  return BigInt.asUintN(64, id).toString(16).padStart(16, "0");
}

/** A Range for a log line. */
export function rangeText(query: RangeQuery): string {
  return cut(queryText(query));
}

/** A transaction for a log line; see {@link commandText}. */
export function readTxnText(txn: TxnOp): string {
  return cut(txnText(txn));
}

function cut(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax)}...`;
}

/** Bytes as in protobuf's text format: ASCII as it is, other bytes in octal. Reads no more of them than are shown. */
function quoted(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes.subarray(0, textMax)) {
    if (byte === 0x22 || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\${byte.toString(8).padStart(3, "0")}`;
  }
  return `"${text}"`;
}

function keysText({ key, rangeEnd }: { key: Uint8Array; rangeEnd?: Uint8Array }): string {
  return `key:${quoted(key)}${rangeEnd !== undefined && rangeEnd.length > 0 ? ` range_end:${quoted(rangeEnd)}` : ""}`;
}

function queryText(query: RangeQuery): string {
  let text = keysText(query);
  if (query.limit) text += ` limit:${query.limit}`;
  if (query.revision) text += ` revision:${query.revision}`;
  if (query.sortOrder) text += ` sort_order:${["NONE", "ASCEND", "DESCEND"][query.sortOrder]}`;
  if (query.sortTarget) text += ` sort_target:${["KEY", "VERSION", "CREATE", "MOD", "VALUE"][query.sortTarget]}`;
  if (query.keysOnly) text += " keys_only:true";
  if (query.countOnly) text += " count_only:true";
  return text;
}

function putText(put: { key: Uint8Array; value: Uint8Array; lease?: bigint }): string {
  return `key:${quoted(put.key)} value_size:${put.value.length}${put.lease ? ` lease:${put.lease}` : ""}`;
}

function txnText(txn: TxnOp): string {
  return [
    ...txn.compare.map((compare) => `compare:<${compareText(compare)}>`),
    ...txn.success.map((op) => `success:<${opText(op)}>`),
    ...txn.failure.map((op) => `failure:<${opText(op)}>`),
  ].join(" ");
}

function compareText(compare: CompareOp): string {
  const { operand } = compare;
  const shown = operand instanceof Uint8Array ? `value_size:${operand.length}` : `operand:${operand}`;
  const result = compareResults[compare.result] ?? compare.result;
  return `result:${result} target:${compareTargets[compare.target] ?? compare.target} ${keysText(compare)} ${shown}`;
}

function opText(op: RequestOp): string {
  switch (op.kind) {
    case "range":
      return `request_range:<${queryText(op.range)}>`;
    case "put":
      return `request_put:<${putText(op.put)}>`;
    case "deleteRange":
      return `request_delete_range:<${keysText(op.deleteRange)}>`;
    case "txn":
      return `request_txn:<${txnText(op.txn)}>`;
  }
}
