import { compareBytes, errors } from "../../../src/base/mod.ts";
import {
  type CompareOp,
  CompareResult,
  CompareTarget,
  type DeleteRangeOp,
  type PutOp,
  type RangeQuery,
  type TxnOp,
} from "../../../src/mvcc/mod.ts";

/**
 * The keyspace as a list of all events that ever were, for tests: every answer is worked out from the whole list. Slow, and as
 * plain as the rules allow.
 */
export class NaiveKeySpace {
  events: NaiveEvent[] = [];
  revision = 1;
  compactRevision = -1;
  leases: Set<bigint>;

  constructor(leases: Iterable<bigint>) {
    this.leases = new Set(leases);
  }

  clone(): NaiveKeySpace {
    const copy = new NaiveKeySpace(this.leases);
    copy.events = [...this.events];
    copy.revision = this.revision;
    copy.compactRevision = this.compactRevision;
    return copy;
  }

  /** Newest state of each key at the revision, in key order. */
  state(revision: number): NaiveEvent[] {
    const newest = new Map<string, NaiveEvent>();
    for (const event of this.events) if (event.revision <= revision) newest.set(hex(event.key), event);
    return [...newest.values()].filter((event) => !event.isTombstone).sort((a, b) => compareBytes(a.key, b.key));
  }

  range(query: RangeQuery): NaiveRange {
    const asked = query.revision ?? 0;
    if (asked > this.revision) throw errors.futureRev();
    const revision = asked <= 0 ? this.revision : asked;
    if (revision < this.compactRevision) throw errors.compacted();
    let kvs = this.state(revision).filter((event) => inRange(event.key, query.key, query.rangeEnd));
    const count = kvs.length;
    if (query.countOnly) return { kvs: [], count, more: false, revision: this.revision };
    const { limit = 0, sortOrder = 0, sortTarget = 0 } = query;
    const { maxModRevision = 0, minModRevision = 0, maxCreateRevision = 0, minCreateRevision = 0 } = query;
    const filtered = [maxModRevision, minModRevision, maxCreateRevision, minCreateRevision].some((bound) =>
      bound !== 0
    );
    const inKeyOrder = sortOrder === 0 || (sortTarget === 0 && sortOrder === 1);
    if (limit > 0 && inKeyOrder && !filtered) kvs = kvs.slice(0, limit + 1);
    if (maxModRevision !== 0) kvs = kvs.filter((kv) => kv.revision <= maxModRevision);
    if (minModRevision !== 0) kvs = kvs.filter((kv) => kv.revision >= minModRevision);
    if (maxCreateRevision !== 0) kvs = kvs.filter((kv) => kv.createRevision <= maxCreateRevision);
    if (minCreateRevision !== 0) kvs = kvs.filter((kv) => kv.createRevision >= minCreateRevision);
    const sign = sortOrder === 2 ? -1 : 1;
    kvs.sort((a, b) => sign * compareBy[sortTarget](a, b));
    const more = limit > 0 && kvs.length > limit;
    if (more) kvs = kvs.slice(0, limit);
    return { kvs: kvs.map((kv) => shown(kv, query)), count, more, revision: this.revision };
  }

  put(op: PutOp): { revision: number; prevKv: NaiveKeyValue | undefined } {
    this.#checkPut(op);
    return this.#write((change) => this.#put(op, change));
  }

  #checkPut(op: PutOp): void {
    if (op.lease && !this.leases.has(op.lease)) throw errors.leaseNotFound();
    if (!op.ignoreLease && !op.ignoreValue) return;
    if (this.range({ key: op.key }).kvs.length === 0) throw errors.keyNotFound();
  }

  #put(op: PutOp, change: Change): { revision: number; prevKv: NaiveKeyValue | undefined } {
    const before = this.state(Infinity).find((event) => compareBytes(event.key, op.key) === 0);
    const event: NaiveEvent = {
      key: op.key.slice(),
      value: op.ignoreValue ? before?.value ?? new Uint8Array(0) : op.value.slice(),
      lease: op.ignoreLease ? before?.lease ?? 0n : op.lease ?? 0n,
      revision: change.revision,
      sub: change.count++,
      createRevision: before?.createRevision ?? change.revision,
      version: (before?.version ?? 0) + 1,
      isTombstone: false,
    };
    this.events.push(event);
    return { revision: change.revision, prevKv: op.prevKv && before ? shown(before, {}) : undefined };
  }

  deleteRange(op: DeleteRangeOp): { revision: number; deleted: number; prevKvs: NaiveKeyValue[] } {
    return this.#write((change) => this.#deleteRange(op, change));
  }

  #deleteRange(op: DeleteRangeOp, change: Change): { revision: number; deleted: number; prevKvs: NaiveKeyValue[] } {
    const doomed = this.state(Infinity).filter((event) => inRange(event.key, op.key, op.rangeEnd));
    for (const { key } of doomed) {
      this.events.push({
        key,
        value: new Uint8Array(0),
        lease: 0n,
        revision: change.revision,
        sub: change.count++,
        createRevision: 0,
        version: 0,
        isTombstone: true,
      });
    }
    return {
      revision: change.count > 0 ? change.revision : change.revision - 1,
      deleted: doomed.length,
      prevKvs: op.prevKv ? doomed.map((kv) => shown(kv, {})) : [],
    };
  }

  /** Answers in the shape of KeySpace's, with decoded KeyValues. */
  txn(op: TxnOp): unknown {
    const decided = new Map<TxnOp, boolean>();
    this.#decide(op, decided);
    this.#checkTxn(op, decided);
    const outcome = this.#write((change) => this.#execute(op, decided, change));
    return { revision: this.revision, ...outcome };
  }

  #decide(op: TxnOp, decided: Map<TxnOp, boolean>): void {
    decided.set(op, op.compare.every((compare) => this.#meets(compare)));
    for (const inner of branch(op, decided)) if (inner.kind === "txn") this.#decide(inner.txn, decided);
  }

  #meets(compare: CompareOp): boolean {
    const kvs = this.state(Infinity).filter((event) => inRange(event.key, compare.key, compare.rangeEnd));
    if (kvs.length === 0) return compare.target !== CompareTarget.Value && compareOne(undefined, compare);
    return kvs.every((kv) => compareOne(kv, compare));
  }

  #checkTxn(op: TxnOp, decided: Map<TxnOp, boolean>): void {
    for (const inner of branch(op, decided)) {
      if (inner.kind === "put") this.#checkPut(inner.put);
      else if (inner.kind === "txn") this.#checkTxn(inner.txn, decided);
      else if (inner.kind === "range") {
        const revision = inner.range.revision ?? 0;
        if (revision > this.revision) throw errors.futureRev();
        if (revision !== 0 && revision < this.compactRevision) throw errors.compacted();
      }
    }
  }

  #execute(op: TxnOp, decided: Map<TxnOp, boolean>, change: Change): { succeeded: boolean; responses: unknown[] } {
    const responses = branch(op, decided).map((inner): unknown => {
      switch (inner.kind) {
        case "put":
          return { kind: "put", put: this.#put(inner.put, change) };
        case "deleteRange":
          return { kind: "deleteRange", deleteRange: this.#deleteRange(inner.deleteRange, change) };
        case "txn":
          return { kind: "txn", txn: this.#execute(inner.txn, decided, change) };
        case "range": {
          if (change.count === 0) return { kind: "range", range: this.range(inner.range) };
          this.revision++;
          const range = this.range(inner.range);
          this.revision--;
          return { kind: "range", range };
        }
      }
    });
    return { succeeded: decided.get(op)!, responses };
  }

  #write<Result>(work: (change: Change) => Result): Result {
    const change = { revision: this.revision + 1, count: 0 };
    const result = work(change);
    if (change.count > 0) this.revision++;
    return result;
  }

  compact(revision: number): void {
    if (revision <= this.compactRevision) throw errors.compacted();
    if (revision > this.revision) throw errors.futureRev();
    this.compactRevision = revision;
  }

  /** Positions in {@link events} of those that a finished compaction leaves. */
  kept(): number[] {
    const newest = new Map<string, number>();
    this.events.forEach((event, i) => {
      if (event.revision <= this.compactRevision) newest.set(hex(event.key), i);
    });
    return this.events.map((_, i) => i).filter((i) => {
      const event = this.events[i];
      if (event.revision > this.compactRevision) return true;
      return newest.get(hex(event.key)) === i && (!event.isTombstone || event.revision === this.compactRevision);
    });
  }

  /** Which lease each key is attached to. */
  attached(): Map<string, bigint> {
    return new Map(this.state(Infinity).filter((kv) => kv.lease !== 0n).map((kv) => [hex(kv.key), kv.lease]));
  }
}

interface Change {
  revision: number;
  count: number;
}

/** A put or a deletion. */
export interface NaiveEvent {
  key: Uint8Array;
  value: Uint8Array;
  lease: bigint;
  revision: number;
  sub: number;
  createRevision: number;
  version: number;
  isTombstone: boolean;
}

/** What a client sees of a key. */
export interface NaiveKeyValue {
  key: string;
  value: string;
  lease: bigint;
  modRevision: number;
  createRevision: number;
  version: number;
}

/** The answer to a Range. */
export interface NaiveRange {
  kvs: NaiveKeyValue[];
  count: number;
  more: boolean;
  revision: number;
}

const compareBy: ((a: NaiveEvent, b: NaiveEvent) => number)[] = [
  (a, b) => compareBytes(a.key, b.key),
  (a, b) => a.version - b.version,
  (a, b) => a.createRevision - b.createRevision,
  (a, b) => a.revision - b.revision,
  (a, b) => compareBytes(a.value, b.value),
];

function branch(op: TxnOp, decided: Map<TxnOp, boolean>): TxnOp["success"] {
  return decided.get(op) ? op.success : op.failure;
}

function compareOne(kv: NaiveEvent | undefined, { target, result, operand }: CompareOp): boolean {
  let order = 0;
  if (target === CompareTarget.Value) order = compareBytes(kv!.value, operand as Uint8Array);
  if (target === CompareTarget.Version) order = (kv?.version ?? 0) - (operand as number);
  if (target === CompareTarget.Create) order = (kv?.createRevision ?? 0) - (operand as number);
  if (target === CompareTarget.Mod) order = (kv?.revision ?? 0) - (operand as number);
  if (target === CompareTarget.Lease) order = Number((kv?.lease ?? 0n) - (operand as bigint));
  if (result === CompareResult.Equal) return order === 0;
  if (result === CompareResult.NotEqual) return order !== 0;
  return result === CompareResult.Less ? order < 0 : order > 0;
}

function inRange(key: Uint8Array, from: Uint8Array, to: Uint8Array | undefined): boolean {
  if (to === undefined || to.length === 0) return compareBytes(key, from) === 0;
  if (compareBytes(key, from) < 0) return false;
  return (to.length === 1 && to[0] === 0) || compareBytes(key, to) < 0;
}

function shown(event: NaiveEvent, { keysOnly, sortTarget }: Partial<RangeQuery>): NaiveKeyValue {
  return {
    key: hex(event.key),
    value: keysOnly ? "" : hex(event.value),
    lease: keysOnly && sortTarget !== 4 ? 0n : event.lease,
    modRevision: event.revision,
    createRevision: event.createRevision,
    version: event.version,
  };
}

/** Bytes as text that can be compared and printed. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
