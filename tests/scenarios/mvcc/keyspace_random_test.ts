import assert from "node:assert/strict";
import { EtcdError } from "../../../src/base/mod.ts";
import {
  type AppliedEvent,
  type CompactionPause,
  type CompareOp,
  decodeKeyValue,
  type DeleteRangeOp,
  encodeKeyValue,
  type HashResult,
  keyBytes,
  KeySpace,
  type KeyText,
  type LeaseBook,
  type LongRangeResult,
  type PutOp,
  type RangeChunk,
  type RangeQuery,
  type RequestOp,
  type TxnOp,
} from "../../../src/mvcc/mod.ts";
import { type StorageAdapter, WriteBatch } from "../../../src/ports/mod.ts";
import { memory } from "../../../storage_adapters/memory/mod.ts";
import { naiveHash } from "./naive_hash.ts";
import { hex, type NaiveEvent, NaiveKeySpace, type NaiveKeyValue, type NaiveRange } from "./naive_keyspace.ts";

const leaseIds = [1n, 7n << 40n, -5n];

class Leases implements LeaseBook {
  readonly attached = new Map<KeyText, bigint>();
  has(lease: bigint): boolean {
    return leaseIds.includes(lease);
  }
  leaseOf(key: KeyText): bigint {
    return this.attached.get(key) ?? 0n;
  }
  attach(lease: bigint, key: KeyText): void {
    assert(!this.attached.has(key));
    this.attached.set(key, lease);
  }
  detach(lease: bigint, key: KeyText): void {
    assert.equal(this.attached.get(key), lease);
    this.attached.delete(key);
  }
}

/** Chance that can be replayed: xorshift32. */
class Chance {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 88675123) >>> 0 || 1;
  }
  below(bound: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % bound;
  }
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }
  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }
}

function decoded(kv: Uint8Array): NaiveKeyValue {
  const fields = decodeKeyValue(kv);
  assert.deepEqual(encodeKeyValue(fields.key, fields), kv.slice(), "a KeyValue is encoded canonically");
  const { lease, modRevision, createRevision, version } = fields;
  return { key: hex(fields.key), value: hex(fields.value), lease, modRevision, createRevision, version };
}

/** A KeySpace's answer, with all KeyValues decoded. */
function shown(answer: unknown): unknown {
  if (answer instanceof Uint8Array) return decoded(answer);
  if (Array.isArray(answer)) return answer.map(shown);
  if (typeof answer !== "object" || answer === null) return answer;
  return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, shown(value)]));
}

function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    if (error instanceof EtcdError) return `${error.code} ${error.message}`;
    throw error;
  }
}

/** Of a row, before its KeyValue. */
const HEADER_BYTES = 12;

interface SlicedRead {
  steps: Generator<unknown, LongRangeResult | void>;
  query: RangeQuery;
  expected: NaiveRange;
  kvs: NaiveKeyValue[];
  isStream: boolean;
}

class Rig {
  readonly chance: Chance;
  readonly storage: StorageAdapter = memory();
  leases = new Leases();
  naive = new NaiveKeySpace(leaseIds);
  /** The naive keyspace as of the last effects. */
  stored = this.naive.clone();
  keyspace: KeySpace;
  compaction: Generator<CompactionPause, void> | undefined;
  reads: SlicedRead[] = [];
  hashes: { steps: Generator<undefined, HashResult>; expected: HashResult }[] = [];
  heard: { revision: number; events: AppliedEvent[] }[] = [];

  constructor(seed: number) {
    this.chance = new Chance(seed);
    this.keyspace = this.open();
  }

  open(): KeySpace {
    this.leases = new Leases();
    const cacheBytesMax = this.chance.pick([0, 600, 3000, 1 << 20]);
    const steps = KeySpace.open(this.storage, {
      leases: this.leases,
      cacheBytesMax,
      sliceKeysMax: this.chance.pick([1, 3, 2048]),
    });
    for (;;) {
      const step = steps.next();
      if (!step.done) continue;
      const listens = this.chance.oneIn(2);
      this.heard = [];
      if (listens) step.value.setListener((revision, events) => this.heard.push({ revision, events: [...events] }));
      return step.value;
    }
  }

  key(): Uint8Array {
    const { chance } = this;
    const bytes = [0, 1, 0x61, 0x7f, 0x80, 0xff];
    return Uint8Array.from({ length: 1 + chance.below(2) }, () => chance.pick(bytes));
  }

  rangeEnd(): Uint8Array | undefined {
    return this.chance.pick([undefined, new Uint8Array(0), new Uint8Array(1), this.key(), this.key()]);
  }

  revision(): number {
    const { chance } = this;
    return chance.pick([
      0,
      0,
      -1,
      -4,
      chance.below(this.naive.revision + 3),
      this.naive.revision,
      this.naive.compactRevision,
    ]);
  }

  value(): Uint8Array {
    return new Uint8Array(this.chance.pick([0, 1, 5, 130])).fill(this.chance.below(256));
  }

  put(): PutOp {
    const { chance } = this;
    return {
      key: this.key(),
      value: this.value(),
      lease: chance.pick([undefined, 0n, ...leaseIds, 99n, 0n]),
      prevKv: chance.oneIn(2),
      ignoreValue: chance.oneIn(8),
      ignoreLease: chance.oneIn(8),
    };
  }

  deleteRange(): DeleteRangeOp {
    return {
      key: this.key(),
      rangeEnd: this.chance.oneIn(2) ? undefined : this.rangeEnd(),
      prevKv: this.chance.oneIn(2),
    };
  }

  query(): RangeQuery {
    const { chance } = this;
    const bound = () => (chance.oneIn(8) ? chance.below(this.naive.revision + 2) - 1 : 0);
    return {
      key: this.key(),
      rangeEnd: this.rangeEnd(),
      limit: chance.pick([0, 0, 1, 2, 5, -3, 1000]),
      revision: this.revision(),
      sortOrder: chance.pick([0, 0, 1, 2] as const),
      sortTarget: chance.pick([0, 0, 1, 2, 3, 4] as const),
      keysOnly: chance.oneIn(4),
      countOnly: chance.oneIn(8),
      minModRevision: bound(),
      maxModRevision: bound(),
      minCreateRevision: bound(),
      maxCreateRevision: bound(),
    };
  }

  compare(): CompareOp {
    const { chance } = this;
    const target = chance.pick([0, 1, 2, 3, 4] as const);
    const number = chance.pick([0, 1, 2, chance.below(this.naive.revision + 1)]);
    const operand = target === 3 ? this.value() : target === 4 ? chance.pick([0n, ...leaseIds]) : number;
    return { key: this.key(), rangeEnd: this.rangeEnd(), target, result: chance.pick([0, 1, 2, 3] as const), operand };
  }

  txn(depth: number): TxnOp {
    const { chance } = this;
    const ops = (): RequestOp[] =>
      Array.from({ length: chance.below(4) }, (): RequestOp => {
        const kind = chance.below(depth > 0 ? 5 : 4);
        if (kind === 4) return { kind: "txn", txn: this.txn(depth - 1) };
        if (kind === 3) return { kind: "deleteRange", deleteRange: this.deleteRange() };
        if (kind === 2) return { kind: "range", range: this.query() };
        const put = this.put();
        return { kind: "put", put };
      });
    return { compare: Array.from({ length: chance.below(3) }, () => this.compare()), success: ops(), failure: ops() };
  }

  same(work: (side: KeySpace | NaiveKeySpace) => unknown): void {
    const got = outcome(() => shown(work(this.keyspace)));
    const wanted = outcome(() => work(this.naive));
    assert.deepEqual(got, wanted);
    assert.equal(this.keyspace.revision, this.naive.revision);
    assert.equal(this.keyspace.compactRevision, this.naive.compactRevision);
    assert.equal(this.keyspace.liveBytes, this.liveBytes());
  }

  /** Bytes of the rows in the storage and of those that no effects took yet. */
  liveBytes(): number {
    const stored = this.storage.scanNumbered("history", { limit: 1e9 });
    let bytes = stored.reduce((sum, { value }) => sum + value.length, 0);
    for (let i = this.stored.events.length; i < this.naive.events.length; i++) {
      bytes += HEADER_BYTES + this.keyspace.recordAt(i + 1).length;
    }
    return bytes;
  }

  effects(): void {
    const batch = new WriteBatch();
    this.keyspace.takeEffects(batch);
    if (this.chance.oneIn(2)) this.same((side) => side.range(this.wholeQuery));
    this.storage.apply(batch);
    this.keyspace.effectsStored();
    this.stored = this.naive.clone();
    if (!this.keyspace.isCompactionPending && this.compaction === undefined) this.checkRows();
  }

  readonly wholeQuery: RangeQuery = { key: new Uint8Array(1), rangeEnd: new Uint8Array(1) };

  /** After a compaction exactly what etcd keeps is in the storage. */
  checkRows(): void {
    const rows = this.storage.scanNumbered("history", { limit: 1e9 });
    assert.deepEqual(rows.map((row) => row.key), this.stored.kept().map((i) => i + 1));
    assert.equal(this.keyspace.events, rows.length);
  }

  /** A power cut: what no effects took is gone. */
  restart(): void {
    for (const { steps } of this.reads) steps.return(undefined);
    this.reads = [];
    this.hashes = [];
    this.compaction = undefined;
    this.naive = this.stored.clone();
    this.keyspace = this.open();
    assert.equal(this.keyspace.liveBytes, this.liveBytes());
    this.checkLeases();
  }

  checkLeases(): void {
    const attached = new Map([...this.leases.attached].map(([key, lease]) => [hex(keyBytes(key)), lease]));
    const sorted = (map: Map<string, bigint>) => [...map].sort((a, b) => (a[0] < b[0] ? -1 : 1));
    assert.deepEqual(sorted(attached), sorted(this.naive.attached()));
  }

  compact(): void {
    const revision = this.chance.pick([
      this.naive.revision,
      this.chance.below(this.naive.revision + 2),
      this.naive.compactRevision,
    ]);
    this.same((side) => side.compact(revision));
  }

  compactSlice(): void {
    this.compaction ??= this.keyspace.compactionSlices();
    const step = this.compaction.next();
    if (step.done) this.compaction = undefined;
    else if (step.value === "pinned") {
      assert(this.reads.length + this.hashes.length > 0, "only readers hold compaction back");
    } else if (step.value === "storage") this.effects();
  }

  startRead(): void {
    const isStream = this.chance.oneIn(2);
    const query = isStream ? { ...this.query(), ...plain } : this.query();
    const expected = outcome(() => this.naive.range(query));
    if (typeof expected === "string") return;
    const steps = isStream ? this.keyspace.rangeStream(query, { chunkBytes: 40 }) : this.keyspace.rangeSlices(query);
    const read: SlicedRead = { steps, query, expected: expected as NaiveRange, kvs: [], isStream };
    this.reads.push(read);
    this.stepRead(read);
  }

  stepRead(read: SlicedRead): void {
    const step = read.steps.next();
    if (!read.isStream) {
      if (!step.done) return;
      const { records, ...rest } = step.value as LongRangeResult;
      assert.deepEqual(shown({ kvs: [...records], ...rest }), read.expected);
    } else {
      const chunk = step.value as RangeChunk | undefined;
      if (chunk === undefined) return assert(!step.done, "a stream ends with its last piece");
      read.kvs.push(...[...chunk.records].map(decoded));
      if (chunk.last === undefined) return assert(chunk.records.length > 0);
      assert.deepEqual({ kvs: read.kvs, ...chunk.last }, { ...read.expected });
      assert(read.steps.next().done);
    }
    this.reads.splice(this.reads.indexOf(read), 1);
  }

  startHash(): void {
    const revision = this.revision();
    const steps = this.keyspace.hashSlices(revision);
    const expected = outcome(() => naiveHash(this.naive, revision));
    const first = outcome(() => steps.next());
    if (typeof expected === "string" || typeof first === "string") return assert.deepEqual(first, expected);
    const { done, value } = first as IteratorResult<undefined, HashResult>;
    if (done) assert.deepEqual(value, expected);
    else this.hashes.push({ steps, expected: expected as HashResult });
  }

  stepHash(hash: Rig["hashes"][number]): void {
    const { done, value } = hash.steps.next();
    if (!done) return;
    assert.deepEqual(value, hash.expected);
    this.hashes.splice(this.hashes.indexOf(hash), 1);
  }

  /** The history from some revision on, and what listeners heard. */
  history(): void {
    const { keyspace, naive, chance } = this;
    const from = 1 + chance.below(naive.revision + 2);
    const got = outcome(() => {
      const cursor = keyspace.openHistory(from);
      const events: unknown[] = [];
      const eventsMax = chance.pick([1, 2, 100]);
      for (;;) {
        const some = keyspace.readHistory(cursor, { eventsMax });
        events.push(
          ...some.map(({ revision, sub, isTombstone, kv, sequence }) => ({
            revision,
            sub,
            isTombstone,
            key: decoded(kv).key,
            sequence,
          })),
        );
        if (some.length === 0) break;
        const next = naive.events[cursor.sequence - 1];
        assert.equal(cursor.revision, next?.revision ?? Math.max(from, naive.revision + 1));
      }
      return events;
    });
    const wanted = naive.events.map((event, i) => ({ ...event, sequence: i + 1 })).filter((event) =>
      event.revision >= from
    );
    const kept = new Set(naive.kept());
    if (from < naive.compactRevision) {
      return assert.equal(got, "11 etcdserver: mvcc: required revision has been compacted");
    }
    // A key put twice in the compacted revision itself keeps only the last of these events once the removal has passed.
    const gotList = got as { sequence: number }[];
    const gone = new Set(gotList.map((event) => event.sequence));
    const list = wanted.filter((event) => kept.has(event.sequence - 1) || gone.has(event.sequence));
    assert.deepEqual(
      gotList,
      list.map(({ revision, sub, isTombstone, key, sequence }) => ({
        revision,
        sub,
        isTombstone,
        key: hex(key),
        sequence,
      })),
    );
  }

  checkHeard(): void {
    const { naive } = this;
    for (const { revision, events } of this.heard) {
      const wanted = naive.events.filter((event) => event.revision === revision);
      assert.deepEqual(events.map((event) => describe(event)), wanted.map(naiveDescription));
      for (const event of events) {
        const before = naive.events.slice(0, event.sequence - 1).findLast((e) =>
          hex(e.key) === hex(keyBytes(event.key))
        );
        const previous = before === undefined || before.isTombstone ? 0 : naive.events.indexOf(before) + 1;
        assert.equal(event.previousSequence, previous);
      }
    }
    this.heard = [];
  }

  keyValueAt(): void {
    const key = this.key();
    const revision = this.revision();
    const got = this.keyspace.keyValueAt(key, revision);
    const readable = revision >= 1 && revision >= this.naive.compactRevision && revision <= this.naive.revision;
    const wanted = readable ? this.naive.range({ key, revision }).kvs[0] : undefined;
    assert.deepEqual(got && decoded(got), wanted);
  }

  step(): void {
    const kind = this.chance.below(100);
    if (kind < 25) {
      const put = this.put();
      this.same((side) => side.put(put));
    } else if (kind < 33) {
      const deleteRange = this.deleteRange();
      this.same((side) => side.deleteRange(deleteRange));
    } else if (kind < 45) {
      const txn = this.txn(2);
      this.same((side) => side.txn(txn));
    } else if (kind < 65) {
      const query = this.query();
      this.same((side) => side.range(query));
    } else if (kind < 68) this.compact();
    else if (kind < 78) this.compactSlice();
    else if (kind < 84) this.effects();
    else if (kind < 85) this.restart();
    else if (kind < 87) this.startRead();
    else if (kind < 88) this.startHash();
    else if (kind < 93) {
      for (const hash of [...this.hashes]) this.stepHash(hash);
      if (this.reads.length > 0) this.stepRead(this.chance.pick(this.reads));
    } else if (kind < 95) this.history();
    else if (kind < 97) this.keyValueAt();
    else if (kind < 98) this.checkHeard();
    else this.checkLeases();
  }
}

const plain = {
  sortOrder: 0,
  sortTarget: 0,
  minModRevision: 0,
  maxModRevision: 0,
  minCreateRevision: 0,
  maxCreateRevision: 0,
} as const;

function describe({ sequence: _, previousSequence: __, key, kv, isTombstone }: AppliedEvent): unknown {
  return { key: hex(keyBytes(key)), value: decoded(kv).value, isTombstone };
}

function naiveDescription({ key, value, isTombstone }: NaiveEvent): unknown {
  return { key: hex(key), value: hex(value), isTombstone };
}

/** `SEED=n` replays one run, `RUNS=n` makes so many. */
const seedGiven = Deno.env.get("SEED");
const runs = seedGiven === undefined ? Number(Deno.env.get("RUNS") ?? 60) : 1;
const STEPS = 400;

Deno.test("KeySpace answers as a list of all events does, through restarts and compactions", () => {
  const first = Number(seedGiven ?? Math.floor(Math.random() * 1e9));
  for (let seed = first; seed < first + runs; seed++) {
    const rig = new Rig(seed);
    let step = 0;
    try {
      for (; step < STEPS; step++) rig.step();
    } catch (error) {
      throw new Error(`seed ${seed}, step ${step} (replay with SEED=${seed})`, { cause: error });
    }
  }
});
