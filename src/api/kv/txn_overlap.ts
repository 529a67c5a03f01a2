import { errors } from "../../base/mod.ts";
import { keyText } from "../../mvcc/mod.ts";
import type { etcdserverpb } from "../../../proto/gen/mod.ts";

type TxnRequest = etcdserverpb.TxnRequest;
type RequestOps = TxnRequest["success"];

/** Keys that a list of operations may write, and intervals that it may delete. */
interface Effects {
  puts: Set<string>;
  deletes: IntervalSet;
}

/**
 * Refuses a transaction that could write a key twice, or write and delete it: the outcome would hang on the order of its
 * operations. The branches of one nested transaction exclude each other and may write the same key. As etcd's `checkIntervals`:
 * a delete from a key onwards (`range_end` of one zero byte) is not held against anything.
 *
 * @throws EtcdError `duplicateKey`
 */
export function checkOverlaps(txn: TxnRequest): void {
  effectsOf(txn.success);
  effectsOf(txn.failure);
}

function effectsOf(ops: RequestOps): Effects {
  const own = new IntervalSet();
  for (const { requestDeleteRange: request } of ops) {
    if (!request) continue;
    const begin = keyText(request.key);
    own.add(begin, request.rangeEnd.length === 0 ? begin + "\0" : keyText(request.rangeEnd));
  }

  const puts = new Set<string>();
  const nested = new IntervalSet();
  const refuse = (key: string) => own.has(key) || nested.has(key);
  for (const { requestTxn: txn } of ops) {
    if (!txn) continue;
    const success = effectsOf(txn.success);
    const failure = effectsOf(txn.failure);
    for (const key of success.puts) {
      if (puts.has(key) || refuse(key)) throw errors.duplicateKey();
    }
    for (const key of failure.puts) {
      if (puts.has(key) || refuse(key)) throw errors.duplicateKey();
    }
    for (const key of success.puts) puts.add(key);
    for (const key of failure.puts) puts.add(key);
    nested.addAll(success.deletes);
    nested.addAll(failure.deletes);
  }

  for (const { requestPut: request } of ops) {
    if (!request) continue;
    const key = keyText(request.key);
    if (puts.has(key) || refuse(key)) throw errors.duplicateKey();
    puts.add(key);
  }
  nested.addAll(own);
  return { puts, deletes: nested };
}

/** A set of keys made of intervals [begin, end); an empty `end` is beyond every key. Look-ups are logarithmic. */
export class IntervalSet {
  #pending: [begin: string, end: string][] = [];
  /** Ascending, apart from each other. */
  #merged: [begin: string, end: string][] = [];

  /** Adds [begin, end); adds nothing when `end` is not above `begin`. */
  add(begin: string, end: string): void {
    if (end === "" || begin < end) this.#pending.push([begin, end]);
  }

  /** Adds every interval of another set. */
  addAll(other: IntervalSet): void {
    for (const [begin, end] of other.#merged) this.#pending.push([begin, end]);
    for (const [begin, end] of other.#pending) this.#pending.push([begin, end]);
  }

  /** Whether `key` is in one of the intervals. */
  has(key: string): boolean {
    this.#merge();
    const intervals = this.#merged;
    let low = 0;
    let high = intervals.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (intervals[middle][0] <= key) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return false;
    const end = intervals[low - 1][1];
    return end === "" || key < end;
  }

  #merge(): void {
    if (this.#pending.length === 0) return;
    const all = [...this.#merged, ...this.#pending].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    this.#pending = [];
    this.#merged = [];
    let last: [string, string] | undefined;
    for (const [begin, end] of all) {
      if (last !== undefined && (last[1] === "" || begin <= last[1])) {
        if (last[1] !== "" && (end === "" || end > last[1])) last[1] = end;
      } else {
        last = [begin, end];
        this.#merged.push(last);
      }
    }
  }
}
