import { assert, compareBytes, emptyBytes, errors } from "../base/mod.ts";
import { type KeyRange, keyRange } from "./key.ts";
import type { KeyIndex, ScannedRow, ScanRest } from "./key_index.ts";
import { keyValueBytes, readCreateRevision, readValue, readVersion, withoutValue, writeKeyValue } from "./key_value.ts";
import { Arena } from "./record.ts";
import type { RecordList } from "./record_list.ts";
import type { RecordStore } from "./record_store.ts";
import { sortInSlices } from "./sort.ts";
import { type RangeQuery, type RangeResult, type RangeSummary, SortOrder, SortTarget } from "./types.ts";

/** What a Range reads from. */
export interface RangeSource {
  readonly index: KeyIndex;
  readonly records: RecordStore;
  readonly compactRevision: number;
  /** The newest revision for this reader. */
  readonly revision: number;
}

/** The revision that a query reads at. Throws etcd's errors for compacted and future revisions. */
export function readRevision(source: RangeSource, asked: number | undefined): number {
  const revision = asked === undefined || asked <= 0 ? source.revision : asked;
  if (revision > source.revision) throw errors.futureRev();
  if (revision < source.compactRevision) throw errors.compacted();
  return revision;
}

/** Whether the answer is in etcd's own order, so that the limit can be applied while reading. As etcd, an order of None counts as such with any target. */
export function isDefaultOrder(query: RangeQuery): boolean {
  const order = query.sortOrder ?? SortOrder.None;
  return order === SortOrder.None ||
    (order === SortOrder.Ascend && (query.sortTarget ?? SortTarget.Key) === SortTarget.Key);
}

/** Whether the query filters by revisions. */
export function hasRevisionFilters(query: RangeQuery): boolean {
  return !!query.minModRevision || !!query.maxModRevision || !!query.minCreateRevision || !!query.maxCreateRevision;
}

/** Answers a query in one go. */
export function range(source: RangeSource, query: RangeQuery): RangeResult {
  if ((query.rangeEnd === undefined || query.rangeEnd.length === 0) && isPlain(query)) return getOne(source, query);
  const kvs: Uint8Array[] = [];
  const task = { query, revision: readRevision(source, query.revision), sliceKeysMax: Infinity };
  const steps = rangeSteps(source, task, kvs);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return { kvs, count: value.count, more: value.more, revision: value.revision };
  }
}

function isPlain(query: RangeQuery): boolean {
  return !query.countOnly && !query.keysOnly && !hasRevisionFilters(query);
}

/** The quick way for a single key. */
function getOne(source: RangeSource, query: RangeQuery): RangeResult {
  const revision = readRevision(source, query.revision);
  const sequence = source.index.sequenceAt(query.key, revision);
  if (sequence === 0) return { kvs: [], count: 0, more: false, revision: source.revision };
  return { kvs: [source.records.get(sequence)], count: 1, more: false, revision: source.revision };
}

/** A query being answered: the query, the revision it reads at, and how many keys a step may handle. */
export interface RangeTask {
  query: RangeQuery;
  revision: number;
  sliceKeysMax: number;
  /** Leave `count` at what was seen: counting the rest costs a walk. */
  uncounted?: boolean;
}

/** Where the records of an answer go: kept as they are, or copied. */
export type RecordSink = Uint8Array[] | RecordList;

/**
 * Answers a query step by step, its records into `out`. Between steps the keyspace may change, as long as nothing is forgotten that a reader
 * of the task's revision can see.
 */
export function* rangeSteps(
  source: RangeSource,
  task: RangeTask,
  out: RecordSink,
): Generator<undefined, RangeSummary> {
  const { query } = task;
  const result: RangeSummary = { count: 0, more: false, revision: source.revision };
  const keys = keyRange(query.key, query.rangeEnd);
  // Taken before the first pause: afterwards only a walk can tell it.
  const counted = task.uncounted || keys.single || task.revision < source.revision
    ? undefined
    : source.index.countNewest(keys);
  if (query.countOnly) {
    result.count = counted ?? (yield* countSteps(source, { keys, ...task }));
    return result;
  }
  const plan = planOf(query);
  if (!query.keysOnly && plan.sortTarget === undefined && !hasRevisionFilters(query)) {
    yield* listSteps(source, { keys, plan, counted, result, out, ...task });
    return result;
  }
  const scanned = yield* scanSteps(source, { keys, plan, ...task });
  if (scanned.rest === undefined || task.uncounted) result.count = scanned.seen;
  else result.count = counted ?? scanned.seen + (yield* countSteps(source, { keys: scanned.rest, ...task }));
  let { rows } = scanned;
  if (plan.needsFields) yield* completeSteps(source, rows, task);
  if (plan.filtersLate) rows = rows.filter((row) => createWanted(query, row.createRevision));
  if (plan.sortTarget === SortTarget.Value) {
    yield* loadSteps(source, rows.filter((row) => row.record === undefined), task.sliceKeysMax);
  }
  if (plan.sortTarget !== undefined) {
    rows = yield* sortInSlices(rows, { compare: comparison(plan), sliceMax: task.sliceKeysMax });
  }
  if (plan.limit > 0 && rows.length > plan.limit) {
    rows.length = plan.limit;
    result.more = true;
  }
  yield* answerSteps(source, { rows, query, sliceKeysMax: task.sliceKeysMax, out });
  return result;
}

/** What a query's options mean for the way it is answered. */
interface Plan {
  /** Keys to answer with at most; 0: all. */
  limit: number;
  /** Stop reading when this many rows were accepted. */
  acceptedMax: number;
  /** Read from the highest key downwards. */
  reverse: boolean;
  /** What to sort by after reading; undefined when rows are read in the order wanted. */
  sortTarget: SortTarget | undefined;
  descending: boolean;
  /** Whether create revision and version are needed also where the index does not know them. */
  needsFields: boolean;
  /** Whether rows must be filtered again when their fields are known. */
  filtersLate: boolean;
}

function planOf(query: RangeQuery): Plan {
  const target = query.sortTarget ?? SortTarget.Key;
  const order = query.sortOrder ?? SortOrder.None;
  const limit = query.limit !== undefined && query.limit > 0 ? query.limit : 0;
  const filtersCreate = !!query.minCreateRevision || !!query.maxCreateRevision;
  const byKey = target === SortTarget.Key;
  // etcd limits what it reads before it sorts when the order is None, and sorts before it limits otherwise.
  const stopsEarly = limit > 0 && !filtersCreate && (byKey || (order === SortOrder.None && !hasRevisionFilters(query)));
  return {
    limit,
    acceptedMax: stopsEarly ? limit + 1 : Infinity,
    reverse: byKey && order === SortOrder.Descend,
    sortTarget: byKey ? undefined : target,
    descending: order === SortOrder.Descend,
    needsFields: filtersCreate || target === SortTarget.Create || target === SortTarget.Version ||
      (!!query.keysOnly && target !== SortTarget.Value),
    filtersLate: filtersCreate,
  };
}

/** Answers of up to so many keys are pages, of which what is read again is kept in memory. */
const PAGE_KEYS_MAX = 1000;

/** Answers a query that wants what it reads, in the order in which it is read: most of them. */
function* listSteps(
  source: RangeSource,
  { keys, plan, counted, result, revision, sliceKeysMax, uncounted, out }:
    & { keys: KeyRange; plan: Plan; counted: number | undefined; result: RangeSummary; out: RecordSink }
    & RangeTask,
): Generator<undefined, void> {
  const limit = plan.limit > 0 ? plan.limit : Infinity;
  const portion = new Portion(Math.min(sliceKeysMax, RECORDS_PER_FETCH));
  const isPage = !uncounted && Math.min(limit, counted ?? Infinity) <= PAGE_KEYS_MAX;
  let seen = 0;
  let rest: ScanRest = keys;
  while (rest !== undefined && seen < limit) {
    if (rest !== keys) yield;
    const sequences: number[] = [];
    const wanted = Math.min(portion.keys, limit - seen);
    rest = source.index.scan(rest, { revision, visitedMax: sliceKeysMax, reverse: plan.reverse }, (row) => {
      return sequences.push(row.sequence) < wanted;
    });
    seen += sequences.length;
    portion.noteFetch(sequences.length, fetchRecords(source.records, { sequences, isPage, out }));
  }
  result.count = seen;
  if (rest === undefined) return;
  if (counted !== undefined) {
    result.count = counted;
    result.more = counted > seen;
  } else if (uncounted) {
    result.more = yield* anySteps(source, { keys: rest, revision, sliceKeysMax });
  } else {
    result.count += yield* countSteps(source, { keys: rest, revision, sliceKeysMax });
    result.more = result.count > seen;
  }
}

/** Adds the records of `sequences` to `out`; returns how many bytes they have, where that is easy to tell. */
function fetchRecords(
  records: RecordStore,
  { sequences, isPage, out }: { sequences: readonly number[]; isPage: boolean; out: RecordSink },
): number {
  if (Array.isArray(out)) {
    records.getMany(sequences, { from: 0, to: sequences.length }, out);
    return 0;
  }
  const before = out.bytes;
  records.visitMany(sequences, (record) => out.push(record), { isPage });
  return out.bytes - before;
}

/** How many records are fetched in one go: as many as have a bounded number of bytes together, if they are like the last ones. */
class Portion {
  readonly #keysMax: number;
  keys: number;

  constructor(keysMax: number) {
    this.#keysMax = keysMax;
    this.keys = Math.min(keysMax, FIRST_FETCH_KEYS);
  }

  noteFetch(keys: number, bytes: number): void {
    const allowed = keys === 0 || bytes === 0 ? this.#keysMax : Math.floor(FETCH_BYTES * keys / bytes);
    this.keys = Math.max(1, Math.min(this.#keysMax, allowed, 4 * this.keys));
  }
}

/** A key of the answer. */
interface Row extends ScannedRow {
  /** The encoded KeyValue, once it was needed. */
  record: Uint8Array | undefined;
}

function modWanted(query: RangeQuery, revision: number): boolean {
  return !(query.maxModRevision && revision > query.maxModRevision) &&
    !(query.minModRevision && revision < query.minModRevision);
}

function createWanted(query: RangeQuery, revision: number): boolean {
  return !(query.maxCreateRevision && revision > query.maxCreateRevision) &&
    !(query.minCreateRevision && revision < query.minCreateRevision);
}

function* scanSteps(
  source: RangeSource,
  { keys, plan, query, revision, sliceKeysMax }: { keys: KeyRange; plan: Plan } & RangeTask,
): Generator<undefined, { rows: Row[]; seen: number; rest: ScanRest }> {
  const rows: Row[] = [];
  let seen = 0;
  let rest: ScanRest = keys;
  while (rest !== undefined && rows.length < plan.acceptedMax) {
    if (rest !== keys) yield;
    rest = source.index.scan(rest, { revision, visitedMax: sliceKeysMax, reverse: plan.reverse }, (row) => {
      seen++;
      if (!modWanted(query, row.revision)) return true;
      rows.push({
        key: row.key,
        sequence: row.sequence,
        revision: row.revision,
        createRevision: row.createRevision,
        version: row.version,
        record: undefined,
      });
      return rows.length < plan.acceptedMax;
    });
  }
  return { rows, seen, rest };
}

/** Counts the keys that have a value at the revision. */
export function* countSteps(
  source: RangeSource,
  { keys, revision, sliceKeysMax }: { keys: KeyRange; revision: number; sliceKeysMax: number },
): Generator<undefined, number> {
  let count = 0;
  let rest: ScanRest = keys;
  for (;;) {
    rest = source.index.scan(rest, { revision, visitedMax: sliceKeysMax }, () => {
      count++;
      return true;
    });
    if (rest === undefined) return count;
    yield;
  }
}

/** Whether any key has a value at the revision. */
function* anySteps(
  source: RangeSource,
  { keys, revision, sliceKeysMax }: { keys: KeyRange; revision: number; sliceKeysMax: number },
): Generator<undefined, boolean> {
  let found = false;
  let rest: ScanRest = keys;
  for (;;) {
    rest = source.index.scan(rest, { revision, visitedMax: sliceKeysMax }, () => {
      found = true;
      return false;
    });
    if (found || rest === undefined) return found;
    yield;
  }
}

/** Records are fetched from the storage in portions of at most this many: a millisecond where they lie far apart. */
const RECORDS_PER_FETCH = 256;
const FIRST_FETCH_KEYS = 64;
/** What a portion's records should have together at most. */
const FETCH_BYTES = 256 * 1024;

function* loadSteps(source: RangeSource, rows: readonly Row[], sliceKeysMax: number): Generator<undefined, void> {
  const portion = Math.min(sliceKeysMax, RECORDS_PER_FETCH);
  for (let from = 0; from < rows.length; from += portion) {
    if (from > 0) yield;
    const some = rows.slice(from, from + portion);
    const loaded: Uint8Array[] = [];
    source.records.getMany(some.map((row) => row.sequence), { from: 0, to: some.length }, loaded);
    for (let i = 0; i < some.length; i++) some[i].record = loaded[i];
  }
}

/** Reads create revision and version from the records where the index does not know them. */
function* completeSteps(source: RangeSource, rows: readonly Row[], task: RangeTask): Generator<undefined, void> {
  const incomplete = rows.filter((row) => row.version === 0);
  yield* loadSteps(source, incomplete, task.sliceKeysMax);
  for (const row of incomplete) {
    assert(row.record !== undefined, "A record was not loaded");
    row.createRevision = readCreateRevision(row.record);
    row.version = readVersion(row.record);
  }
}

function comparison(plan: Plan): (a: Row, b: Row) => number {
  const sign = plan.descending ? -1 : 1;
  if (plan.sortTarget === SortTarget.Version) return (a, b) => sign * (a.version - b.version);
  if (plan.sortTarget === SortTarget.Create) return (a, b) => sign * (a.createRevision - b.createRevision);
  if (plan.sortTarget === SortTarget.Mod) return (a, b) => sign * (a.revision - b.revision);
  return (a, b) => sign * compareBytes(readValue(a.record!), readValue(b.record!));
}

/** Turns rows into the messages of the answer; the rows' records are let go of. */
function* answerSteps(
  source: RangeSource,
  { rows, query, sliceKeysMax, out }: { rows: Row[]; query: RangeQuery; sliceKeysMax: number; out: RecordSink },
): Generator<undefined, void> {
  const arena = new Arena();
  // etcd 3.7 answers these from its index, which does not know the lease.
  const fromIndex = query.keysOnly && query.sortTarget !== SortTarget.Value;
  const portion = Math.min(sliceKeysMax, RECORDS_PER_FETCH);
  for (let from = 0; from < rows.length; from += portion) {
    if (from > 0) yield;
    const some = rows.slice(from, from + portion);
    if (!fromIndex) yield* loadSteps(source, some.filter((row) => row.record === undefined), sliceKeysMax);
    for (const row of some) {
      if (fromIndex) {
        out.push(keyOnly(arena, row));
        continue;
      }
      assert(row.record !== undefined, "A record was not loaded");
      out.push(query.keysOnly ? withoutValue(row.record) : row.record);
      row.record = undefined;
    }
  }
}

function keyOnly(arena: Arena, row: Row): Uint8Array {
  const fields = {
    createRevision: row.createRevision,
    modRevision: row.revision,
    version: row.version,
    value: emptyBytes,
    lease: 0n,
  };
  const length = keyValueBytes(row.key.length, fields);
  const at = arena.reserve(length);
  writeKeyValue(arena.bytes, at, row.key, fields);
  return arena.bytes.subarray(at, at + length);
}
