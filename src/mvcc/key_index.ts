import { assert, emptyBytes } from "../base/mod.ts";
import { keyAfter, type KeyRange, type KeyText, keyText } from "./key.ts";
import { Column, KeyTable } from "./key_table.ts";
import { sortByKey } from "./key_sort.ts";
import { firstNotBelow, KeyTree, type Leaf } from "./key_tree.ts";
import { OlderRevisions } from "./older_revisions.ts";

/** A key's state at the revision that a scan reads, handed to its visitor. */
export interface ScannedRow {
  readonly key: KeyText;
  /** Sequence number of the event that gave the key its value. */
  sequence: number;
  /** Main revision of that event. */
  revision: number;
  /** Main revision that created the key; 0 when only the event's record says it, because the key has changed since. */
  createRevision: number;
  /** Version of the key; 0 when only the event's record says it. */
  version: number;
}

/** An event as its record tells it. */
export interface RestoredEvent {
  sequence: number;
  revision: number;
  createRevision: number;
  /** 0 for a tombstone. */
  version: number;
}

/** How far {@link KeyIndex.scan} goes. */
export interface ScanOptions {
  /** The state to read: the newest event of each key at or below this main revision. */
  revision: number;
  /** Visit at most this many keys, live or not. */
  visitedMax: number;
  /** From the highest key downwards. */
  reverse?: boolean;
}

/** Where a scan that stopped goes on: a range for the next call, or undefined when everything was visited. */
export type ScanRest = KeyRange | undefined;

/** How much {@link KeyIndex.compactSlice} does at most. */
export interface CompactSliceOptions {
  /** Forget what nobody can see who reads at this revision or later. */
  target: number;
  /** Keys looked at. */
  visitedMax: number;
  /** Events forgotten. */
  removedMax: number;
}

/**
 * Every key with its newest event in a row of numbers, and its older events where there are any: etcd's key index with its generations. A
 * generation needs no representation of its own: it ends at a tombstone, and only the newest one's creation and version are kept, as those of
 * older events stand in their records.
 */
export class KeyIndex {
  readonly #table: KeyTable;
  readonly #tree: KeyTree;
  readonly #older = new OlderRevisions();
  /** Whether the table holds keys that the tree does not. */
  #restoring = false;
  /** The key of the last {@link find}: its slot, 0 when it is unknown, and its bytes. */
  #slot = 0;
  #foundBytes: Uint8Array = emptyBytes;
  readonly #row: IndexRow;

  /** `hashSeed` makes it hard to choose keys that collide in the hash table. */
  constructor(options: { hashSeed?: number } = {}) {
    this.#table = new KeyTable(options);
    this.#tree = new KeyTree(this.#table);
    this.#row = new IndexRow(this.#table);
  }

  /** Keys that have a value at the newest revision. */
  get liveKeys(): number {
    return this.#tree.live;
  }

  /** Keys held, with those of which only deleted states are left. */
  get keys(): number {
    return this.#table.size;
  }

  /** Events held: one for every row of the history that can still be asked for. */
  get events(): number {
    return this.#table.size + this.#older.total;
  }

  /**
   * Goes to `key`; whether it has a value at the newest revision. The getters below, {@link put}, {@link tombstone} and {@link restore} then
   * speak of it; its bytes must not change before they are called.
   */
  find(key: Uint8Array): boolean {
    this.#foundBytes = key;
    this.#slot = this.#table.find(key);
    return this.version !== 0;
  }

  /** The text of the found key, which must be known. */
  get key(): KeyText {
    assert(this.#slot !== 0, "An unknown key was asked for its text");
    return this.#table.key(this.#slot);
  }
  /** Sequence number of the found key's newest event; 0 when the key is unknown. */
  get sequence(): number {
    return this.#number(Column.Sequence);
  }
  /** Create revision of the found key; 0 when it is not live. */
  get createRevision(): number {
    return this.#number(Column.CreateRevision);
  }
  /** Version of the found key; 0 when it is not live. */
  get version(): number {
    return this.#number(Column.Version);
  }

  #number(column: number): number {
    return this.#slot === 0 ? 0 : this.#table.page(this.#slot)[this.#table.base(this.#slot) + column];
  }

  /** Gives the found key a new event, a put that continues or starts a generation. */
  put(sequence: number, revision: number): void {
    const version = this.version;
    const createRevision = version === 0 ? revision : this.createRevision;
    this.#change({ sequence, revision, createRevision, version: version + 1 });
  }

  /** Ends the generation of the found key, which must be live. */
  tombstone(sequence: number, revision: number): void {
    assert(this.version !== 0, "Only a live key can be deleted");
    this.#change({ sequence, revision, createRevision: 0, version: 0 });
  }

  #change(event: RestoredEvent): void {
    assert(!this.#restoring, "The index was changed before it was ready");
    const isNew = this.#slot === 0;
    const wasLive = this.version !== 0;
    this.#setEvent(event);
    const key = this.#table.key(this.#slot);
    if (isNew) {
      const found = this.#tree.seek(key);
      assert(!found, "A key is in the tree but not in the table");
      this.#tree.insert(key, this.#slot);
    }
    const isLive = event.version !== 0;
    if (isLive === wasLive) return;
    if (!isNew) this.#tree.seek(key);
    this.#tree.addLive(isLive ? 1 : -1);
  }

  /**
   * Gives the found key of an index that is being filled a new event, as its record tells it; version 0 says tombstone. Before
   * anything else but {@link find} is called, {@link finishRestore} must have run.
   */
  restore(event: RestoredEvent): void {
    assert(this.#restoring || this.#tree.size === 0, "Only an empty index can be filled");
    this.#restoring = true;
    this.#setEvent(event);
  }

  /** Puts the keys of a filled index in order, step by step. */
  *finishRestore(): Generator<undefined, void> {
    if (!this.#restoring) return;
    const slots = this.#table.slots();
    yield* sortByKey(this.#table, slots);
    this.#tree.build(slots);
    this.#restoring = false;
  }

  /** Makes the event the newest of the found key, in the table only; the key is then known. */
  #setEvent(event: RestoredEvent): void {
    const isNew = this.#slot === 0;
    if (isNew) this.#slot = this.#table.insert(keyText(this.#foundBytes));
    const page = this.#table.page(this.#slot);
    const base = this.#table.base(this.#slot);
    if (!isNew) {
      const sequence = page[base + Column.Sequence];
      assert(sequence < event.sequence, "Events of a key come in the order of their sequence numbers");
      page[base + Column.Older] = this.#older.append(page[base + Column.Older], {
        sequence,
        revision: page[base + Column.Revision],
        isTombstone: page[base + Column.Version] === 0,
      });
    }
    page[base + Column.Sequence] = event.sequence;
    page[base + Column.Revision] = event.revision;
    page[base + Column.CreateRevision] = event.createRevision;
    page[base + Column.Version] = event.version;
  }

  /** Sequence number of the event that gives `key` its value at `revision`; 0 when it has none. */
  sequenceAt(key: Uint8Array, revision: number): number {
    const slot = this.#table.find(key);
    if (slot === 0) return 0;
    const page = this.#table.page(slot);
    const base = this.#table.base(slot);
    if (page[base + Column.Revision] <= revision) {
      return page[base + Column.Version] === 0 ? 0 : page[base + Column.Sequence];
    }
    return this.#fill(slot, revision) ? this.#row.sequence : 0;
  }

  /** Sequence number of the newest event of `key` at or below `revision`, be it a put or a tombstone; 0 when none is held. */
  eventAt(key: Uint8Array, revision: number): number {
    const slot = this.#table.find(key);
    if (slot === 0) return 0;
    const page = this.#table.page(slot);
    const base = this.#table.base(slot);
    if (page[base + Column.Revision] <= revision) return page[base + Column.Sequence];
    const older = page[base + Column.Older];
    const count = this.#older.countUpTo(older, revision);
    return count === 0 ? 0 : Math.abs(this.#older.sequenceAt(older, count - 1));
  }

  /**
   * Calls `visit` for every key of the range that has a value at the revision, until it returns false or enough keys were looked at.
   * The row handed over is reused for the next call.
   */
  scan(range: KeyRange, options: ScanOptions, visit: (row: ScannedRow) => boolean): ScanRest {
    if (range.single) {
      const slot = this.#table.findText(range.from);
      if (slot !== 0 && this.#fill(slot, options.revision)) visit(this.#row);
      return undefined;
    }
    return options.reverse ? this.#scanDown(range, options, visit) : this.#scanUp(range, options, visit);
  }

  /** Whether the slot's key has a value at `revision`; what is known of it is then in `#row`. */
  #fill(slot: number, revision: number): boolean {
    const page = this.#table.page(slot);
    const base = this.#table.base(slot);
    const row = this.#row;
    if (page[base + Column.Revision] <= revision) {
      const version = page[base + Column.Version];
      if (version === 0) return false;
      row.sequence = page[base + Column.Sequence];
      row.revision = page[base + Column.Revision];
      row.createRevision = page[base + Column.CreateRevision];
      row.version = version;
    } else {
      const older = page[base + Column.Older];
      const count = this.#older.countUpTo(older, revision);
      if (count === 0) return false;
      const sequence = this.#older.sequenceAt(older, count - 1);
      if (sequence < 0) return false;
      row.sequence = sequence;
      row.revision = this.#older.revisionAt(older, count - 1);
      row.createRevision = 0;
      row.version = 0;
    }
    row.slot = slot;
    return true;
  }

  #scanUp(range: KeyRange, options: ScanOptions, visit: (row: ScannedRow) => boolean): ScanRest {
    const { to } = range;
    const { revision } = options;
    let left = options.visitedMax;
    this.#tree.seek(range.from);
    let leaf: Leaf | undefined = this.#tree.leaf;
    let at = this.#tree.at;
    for (; leaf !== undefined; leaf = leaf.next, at = 0) {
      const { slots } = leaf;
      const last = slots.length - 1;
      if (last < 0) continue;
      const endsHere = to !== undefined && leaf.keys[last] >= to;
      const end = endsHere ? firstNotBelow(leaf, to) : slots.length;
      for (; at < end; at++) {
        const slot = slots[at];
        if (left-- <= 0) return { from: this.#table.key(slot), to, single: false };
        if (this.#fill(slot, revision) && !visit(this.#row)) {
          return { from: keyAfter(this.#table.key(slot)), to, single: false };
        }
      }
      if (endsHere) return undefined;
    }
    return undefined;
  }

  #scanDown(range: KeyRange, options: ScanOptions, visit: (row: ScannedRow) => boolean): ScanRest {
    const { from, to } = range;
    let left = options.visitedMax;
    let leaf: Leaf | undefined;
    let at: number;
    if (to === undefined) {
      leaf = this.#tree.lastLeaf();
      at = leaf.slots.length - 1;
    } else {
      this.#tree.seek(to);
      leaf = this.#tree.leaf;
      at = this.#tree.at - 1;
    }
    while (leaf !== undefined) {
      for (; at >= 0; at--) {
        const key = leaf.keys[at];
        if (key < from) return undefined;
        if (left-- <= 0) return { from, to: keyAfter(key), single: false };
        if (this.#fill(leaf.slots[at], options.revision) && !visit(this.#row)) return { from, to: key, single: false };
      }
      leaf = leaf.previous;
      if (leaf !== undefined) at = leaf.slots.length - 1;
    }
    return undefined;
  }

  /** Keys of the range that have a value at the newest revision; a descent, whatever the range holds. */
  countNewest(range: KeyRange): number {
    const { from, to, single } = range;
    if (single) {
      const slot = this.#table.findText(from);
      return slot !== 0 && this.#table.isLive(slot) ? 1 : 0;
    }
    if (to !== undefined && to <= from) return 0;
    const below = this.#tree.liveBelow(from);
    return (to === undefined ? this.#tree.live : this.#tree.liveBelow(to)) - below;
  }

  /**
   * Forgets events as etcd's compaction does: of each key the newest event at or below the target stays, unless it is a tombstone
   * from before the target; a key of which nothing is left goes. Sequence numbers of what is forgotten are added to `removed`, of each
   * key the oldest first. Returns the key to go on with, or undefined after the last one.
   */
  compactSlice(from: KeyText, options: CompactSliceOptions, removed: number[]): KeyText | undefined {
    const { target } = options;
    const dead: number[] = [];
    let left = options.visitedMax;
    let rest: KeyText | undefined;
    this.#tree.seek(from);
    let leaf: Leaf | undefined = this.#tree.leaf;
    let at = this.#tree.at;
    walk: for (; leaf !== undefined; leaf = leaf.next, at = 0) {
      for (; at < leaf.slots.length; at++) {
        const budget = options.removedMax - removed.length;
        if (left-- <= 0 || budget <= 0) {
          rest = this.#table.key(leaf.slots[at]);
          break walk;
        }
        const slot = leaf.slots[at];
        const page = this.#table.page(slot);
        const base = this.#table.base(slot);
        if (page[base + Column.Older] !== 0 && !this.#compactOlder({ page, base, target, budget }, removed)) {
          rest = this.#table.key(leaf.slots[at]);
          break walk;
        }
        if (page[base + Column.Version] !== 0 || page[base + Column.Revision] >= target) continue;
        if (removed.length >= options.removedMax) {
          rest = this.#table.key(leaf.slots[at]);
          break walk;
        }
        removed.push(page[base + Column.Sequence]);
        dead.push(slot);
      }
    }
    for (const slot of dead) {
      const found = this.#tree.seek(this.#table.key(slot));
      assert(found, "A key to be forgotten is not in the tree");
      this.#tree.remove();
      this.#table.remove(slot);
    }
    this.#slot = 0;
    return rest;
  }

  /** Whether the budget was enough. */
  #compactOlder(
    { page, base, target, budget }: { page: Float64Array; base: number; target: number; budget: number },
    removed: number[],
  ): boolean {
    const older = page[base + Column.Older];
    let drop: number;
    if (page[base + Column.Revision] <= target) {
      drop = this.#older.count(older);
    } else {
      const upTo = this.#older.countUpTo(older, target);
      const keep = upTo > 0 &&
        !(this.#older.sequenceAt(older, upTo - 1) < 0 && this.#older.revisionAt(older, upTo - 1) < target);
      drop = keep ? upTo - 1 : upTo;
    }
    const dropped = Math.min(drop, budget);
    for (let i = 0; i < dropped; i++) removed.push(Math.abs(this.#older.sequenceAt(older, i)));
    page[base + Column.Older] = this.#older.dropOldest(older, dropped);
    return dropped === drop;
  }

  /** Throws unless the index is consistent. For tests: it reads everything. */
  checkInvariants(): void {
    assert(this.#tree.size === this.#table.size, "Tree and table do not hold the same keys");
    this.#tree.checkInvariants();
  }
}

/** The row that a scan hands to its visitor, the same every time. */
class IndexRow implements ScannedRow {
  slot = 0;
  sequence = 0;
  revision = 0;
  createRevision = 0;
  version = 0;
  readonly #table: KeyTable;

  constructor(table: KeyTable) {
    this.#table = table;
  }

  get key(): KeyText {
    return this.#table.key(this.slot);
  }
}
