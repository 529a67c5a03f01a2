import { compareBytes, emptyBytes, errors, unreachable } from "../base/mod.ts";
import type { KeySpaceCounts } from "./counts.ts";
import { keyBytes, keyRange, type KeyText } from "./key.ts";
import { keyValueBytes, type KeyValueFields, readLease, readValue, writeKeyValue } from "./key_value.ts";
import { range, type RangeSource } from "./range.ts";
import { Arena, RECORD_HEADER_BYTES, RecordKind, writeRecordHeader } from "./record.ts";
import {
  type AppliedEvent,
  type CompareOp,
  CompareResult,
  CompareTarget,
  type DeleteRangeOp,
  type DeleteRangeResult,
  type LeaseBook,
  type PutOp,
  type PutResult,
  type ResponseOp,
  type TxnOp,
  type TxnOutcome,
} from "./types.ts";

/** What transactions read from, and where they say what they do. */
export interface CountedSource extends RangeSource {
  readonly counts: KeySpaceCounts;
}

/** A transaction's way: what its compares came to, and those of the nested ones in the branch taken, in order. */
export interface TxnPath {
  succeeded: boolean;
  nested: TxnPath[];
}

/**
 * Judges all compares, those of nested transactions too, on the state before the transaction, as etcd does: a nested compare does not see
 * what the outer transaction writes.
 */
export function evaluatePath(source: CountedSource, txn: TxnOp): TxnPath {
  const succeeded = txn.compare.every((compare) => meets(source, compare));
  const path: TxnPath = { succeeded, nested: [] };
  for (const op of succeeded ? txn.success : txn.failure) {
    if (op.kind === "txn") path.nested.push(evaluatePath(source, op.txn));
  }
  return path;
}

function meets(source: CountedSource, compare: CompareOp): boolean {
  const { index } = source;
  source.counts.ranges++;
  let seen = false;
  let met = true;
  index.scan(keyRange(compare.key, compare.rangeEnd), { revision: source.revision, visitedMax: Infinity }, (row) => {
    seen = true;
    let order = 0;
    switch (compare.target) {
      case CompareTarget.Version:
        order = row.version - Number(compare.operand);
        break;
      case CompareTarget.Create:
        order = row.createRevision - Number(compare.operand);
        break;
      case CompareTarget.Mod:
        order = row.revision - Number(compare.operand);
        break;
      case CompareTarget.Value:
        order = compareBytes(readValue(source.records.get(row.sequence)), valueOperand(compare));
        break;
      case CompareTarget.Lease:
        order = compareLeases(readLease(source.records.get(row.sequence)), compare);
        break;
      default:
        // As etcd: a target that it does not know compares as equal.
        break;
    }
    met = judge(order, compare.result);
    return met;
  });
  if (seen) return met;
  // A missing key compares as one with zero fields, but has no value to compare with.
  if (compare.target === CompareTarget.Value) return false;
  if (compare.target === CompareTarget.Lease) return judge(compareLeases(0n, compare), compare.result);
  if (compare.target > CompareTarget.Lease) return judge(0, compare.result);
  return judge(0 - Number(compare.operand), compare.result);
}

function valueOperand(compare: CompareOp): Uint8Array {
  return compare.operand instanceof Uint8Array ? compare.operand : emptyBytes;
}

function compareLeases(lease: bigint, compare: CompareOp): number {
  const operand = typeof compare.operand === "bigint" ? BigInt.asIntN(64, compare.operand) : 0n;
  return lease < operand ? -1 : lease > operand ? 1 : 0;
}

function judge(order: number, result: CompareResult): boolean {
  switch (result) {
    case CompareResult.Equal:
      return order === 0;
    case CompareResult.NotEqual:
      return order !== 0;
    case CompareResult.Greater:
      return order > 0;
    case CompareResult.Less:
      return order < 0;
    default:
      // As etcd: a result that it does not know is met.
      return true;
  }
}

/** Whether nothing in either branch can change anything. A nested transaction counts as a change, as in etcd. */
export function isReadOnly(txn: TxnOp): boolean {
  return txn.success.every((op) => op.kind === "range") && txn.failure.every((op) => op.kind === "range");
}

/** Refuses, on the state before the transaction, whatever etcd refuses in the branches that will be taken. */
export function checkTxn(
  source: RangeSource,
  { txn, path, leases }: { txn: TxnOp; path: TxnPath; leases: LeaseBook },
): void {
  let nested = 0;
  for (const op of path.succeeded ? txn.success : txn.failure) {
    switch (op.kind) {
      case "range":
        checkRange(source, op.range.revision ?? 0);
        break;
      case "put":
        checkPut(source, { put: op.put, leases });
        break;
      case "deleteRange":
        break;
      case "txn":
        checkTxn(source, { txn: op.txn, path: path.nested[nested++], leases });
        break;
      default:
        unreachable(op);
    }
  }
}

/** etcd is stricter here than in a lone Range: a negative revision is refused as compacted, except -1 before the first compaction. */
function checkRange(source: RangeSource, revision: number): void {
  if (revision === 0) return;
  if (revision > source.revision) throw errors.futureRev();
  if (revision < source.compactRevision) throw errors.compacted();
}

/** Refuses a put whose lease does not exist, and one that wants to keep what is not there. */
export function checkPut(source: RangeSource, { put, leases }: { put: PutOp; leases: LeaseBook }): void {
  const lease = put.lease ?? 0n;
  if (lease !== 0n && !leases.has(lease)) throw errors.leaseNotFound();
  if ((put.ignoreValue || put.ignoreLease) && !source.index.find(put.key)) throw errors.keyNotFound();
}

/**
 * Makes the changes of one write transaction after another: all of one get the same main revision, and sub-revisions in their order.
 * Nothing here refuses anything: {@link checkPut} and {@link checkTxn} come first.
 */
export class Writer implements RangeSource {
  readonly #base: RangeSource;
  readonly #counts: KeySpaceCounts;
  readonly #leases: LeaseBook;
  readonly #arena = new Arena();
  #changes = 0;
  #events: AppliedEvent[] | undefined;

  constructor(base: CountedSource, leases: LeaseBook) {
    this.#base = base;
    this.#counts = base.counts;
    this.#leases = leases;
  }

  get index(): RangeSource["index"] {
    return this.#base.index;
  }
  get records(): RangeSource["records"] {
    return this.#base.records;
  }
  get compactRevision(): number {
    return this.#base.compactRevision;
  }
  /** The newest revision, the transaction's own once it has changed something. */
  get revision(): number {
    return this.#changes === 0 ? this.#base.revision : this.#base.revision + 1;
  }
  /** Changes that the transaction has made. */
  get changes(): number {
    return this.#changes;
  }

  /** Starts a transaction. Its changes are added to `events` when somebody wants to know them. */
  begin(events: AppliedEvent[] | undefined): void {
    this.#changes = 0;
    this.#events = events;
  }

  /** Ends the transaction; the revision that the base shows must move before anything else is read. */
  end(): void {
    this.#changes = 0;
    this.#events = undefined;
  }

  put(op: PutOp): PutResult {
    const { index } = this;
    const existed = index.find(op.key);
    const previousSequence = existed ? index.sequence : 0;
    const wantsPrevious = existed && (op.prevKv || op.ignoreValue || op.ignoreLease);
    const previous = wantsPrevious ? this.records.get(previousSequence) : undefined;
    const revision = this.#base.revision + 1;
    let value = op.value;
    let lease = BigInt.asIntN(64, op.lease ?? 0n);
    if (op.ignoreValue) value = previous === undefined ? emptyBytes : readValue(previous);
    if (op.ignoreLease) lease = previous === undefined ? 0n : readLease(previous);
    const record = this.#encode(op.key, {
      createRevision: existed ? index.createRevision : revision,
      modRevision: revision,
      version: index.version + 1,
      value,
      lease,
    });
    const sequence = this.records.append(record);
    index.put(sequence, revision);
    this.#changes++;
    this.#counts.puts++;
    this.#counts.putBytes += op.key.length + value.length;
    const { key } = index;
    this.#moveLease(key, existed ? this.#leases.leaseOf(key) : 0n, lease);
    this.#events?.push({ key, kv: record, isTombstone: false, sequence, previousSequence });
    return { revision, prevKv: op.prevKv ? previous : undefined };
  }

  deleteRange(op: DeleteRangeOp): DeleteRangeResult {
    this.#counts.deletes++;
    const prevKvs = op.prevKv ? range(this, { key: op.key, rangeEnd: op.rangeEnd }).kvs : [];
    const keys: KeyText[] = [];
    this.index.scan(keyRange(op.key, op.rangeEnd), { revision: this.revision, visitedMax: Infinity }, (row) => {
      keys.push(row.key);
      return true;
    });
    for (const key of keys) this.#delete(key);
    return { revision: this.revision, deleted: keys.length, prevKvs };
  }

  #delete(key: KeyText): void {
    const { index } = this;
    index.find(keyBytes(key));
    const previousSequence = index.sequence;
    const record = this.#encode(key, tombstoneFields);
    const sequence = this.records.append(record);
    index.tombstone(sequence, this.#base.revision + 1);
    this.#changes++;
    this.#moveLease(key, this.#leases.leaseOf(key), 0n);
    this.#events?.push({ key, kv: record, isTombstone: true, sequence, previousSequence });
  }

  #moveLease(key: KeyText, from: bigint, to: bigint): void {
    if (from === to) return;
    if (from !== 0n) this.#leases.detach(from, key);
    if (to !== 0n && this.#leases.has(to)) this.#leases.attach(to, key);
  }

  /** A record with its header before it, in the arena. */
  #encode(key: Uint8Array | KeyText, fields: KeyValueFields): Uint8Array {
    const length = keyValueBytes(key.length, fields);
    const at = this.#arena.reserve(RECORD_HEADER_BYTES + length);
    const { bytes } = this.#arena;
    writeRecordHeader(bytes, at, {
      kind: fields.version === 0 ? RecordKind.Tombstone : RecordKind.Put,
      revision: this.#base.revision + 1,
      sub: this.#changes,
    });
    writeKeyValue(bytes, at + RECORD_HEADER_BYTES, key, fields);
    return bytes.subarray(at + RECORD_HEADER_BYTES, at + RECORD_HEADER_BYTES + length);
  }

  /** Carries out the branches of the path. */
  execute(txn: TxnOp, path: TxnPath): TxnOutcome {
    const responses: ResponseOp[] = [];
    let nested = 0;
    for (const op of path.succeeded ? txn.success : txn.failure) {
      switch (op.kind) {
        case "range":
          this.#counts.ranges++;
          responses.push({ kind: "range", range: range(this, op.range) });
          break;
        case "put":
          responses.push({ kind: "put", put: this.put(op.put) });
          break;
        case "deleteRange":
          responses.push({ kind: "deleteRange", deleteRange: this.deleteRange(op.deleteRange) });
          break;
        case "txn":
          responses.push({ kind: "txn", txn: this.execute(op.txn, path.nested[nested++]) });
          break;
        default:
          unreachable(op);
      }
    }
    return { succeeded: path.succeeded, responses };
  }
}

/** A tombstone's record has only the key. */
const tombstoneFields: KeyValueFields = { createRevision: 0, modRevision: 0, version: 0, value: emptyBytes, lease: 0n };
