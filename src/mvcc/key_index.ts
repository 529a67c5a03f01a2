import { assert } from "../base/mod.ts";
import { keyAfter, type KeyRange, type KeyText } from "./key.ts";
import { Column, COLUMNS, KeyTree, type Leaf } from "./key_tree.ts";
import { OlderRevisions } from "./older_revisions.ts";

/** A key's state at the revision that a scan reads, handed to its visitor. */
export interface ScannedRow {
  key: KeyText;
  /** Sequence number of the event that gave the key its value. */
  sequence: number;
  /** Main revision of that event. */
  revision: number;
  /** Main revision that created the key; 0 when only the event's record says it, because the key has changed since. */
  createRevision: number;
  /** Version of the key; 0 when only the event's record says it. */
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
  readonly #tree = new KeyTree();
  readonly #older = new OlderRevisions();
  #found = false;
  #foundKey = "" as KeyText;

  /** Keys that have a value at the newest revision. */
  get liveKeys(): number {
    return this.#tree.live;
  }

  /** Keys held, with those of which only deleted states are left. */
  get keys(): number {
    return this.#tree.size;
  }

  /** Events held: one for every row of the history that can still be asked for. */
  get events(): number {
    return this.#tree.size + this.#older.total;
  }

  /** Goes to `key`; whether it has a value at the newest revision. The getters below and {@link put} then speak of it. */
  find(key: KeyText): boolean {
    this.#foundKey = key;
    this.#found = this.#tree.seek(key);
    return this.#found && this.#number(Column.Version) !== 0;
  }

  /** Sequence number of the found key's newest event; 0 when the key is unknown. */
  get sequence(): number {
    return this.#found ? this.#number(Column.Sequence) : 0;
  }
  /** Main revision of the found key's newest event; 0 when the key is unknown. */
  get revision(): number {
    return this.#found ? this.#number(Column.Revision) : 0;
  }
  /** Create revision of the found key; 0 when it is not live. */
  get createRevision(): number {
    return this.#found ? this.#number(Column.CreateRevision) : 0;
  }
  /** Version of the found key; 0 when it is not live. */
  get version(): number {
    return this.#found ? this.#number(Column.Version) : 0;
  }

  #number(column: number): number {
    const { leaf, at } = this.#tree;
    return leaf.numbers[at * COLUMNS + column];
  }

  /** Gives the key of the last {@link find} a new event, a put that continues or starts a generation. */
  put(sequence: number, revision: number): void {
    const live = this.version !== 0;
    this.restore({
      sequence,
      revision,
      createRevision: live ? this.createRevision : revision,
      version: this.version + 1,
    });
  }

  /** Ends the generation of the key of the last {@link find}, which must be live. */
  tombstone(sequence: number, revision: number): void {
    assert(this.version !== 0, "Only a live key can be deleted");
    this.restore({ sequence, revision, createRevision: 0, version: 0 });
  }

  /** Gives the key of the last {@link find} a new event as its record tells it; version 0 says tombstone. */
  restore(event: { sequence: number; revision: number; createRevision: number; version: number }): void {
    const tree = this.#tree;
    let wasLive = false;
    let older = 0;
    if (!this.#found) {
      tree.insert(this.#foundKey);
      // The insertion may have moved the path of the last seek along with a split.
      this.#found = true;
    } else {
      wasLive = this.#number(Column.Version) !== 0;
      assert(
        this.#number(Column.Sequence) < event.sequence,
        "Events of a key come in the order of their sequence numbers",
      );
      older = this.#older.append(this.#number(Column.Older), {
        sequence: this.#number(Column.Sequence),
        revision: this.#number(Column.Revision),
        isTombstone: !wasLive,
      });
    }
    const { leaf, at } = tree;
    const row = at * COLUMNS;
    leaf.numbers[row + Column.Sequence] = event.sequence;
    leaf.numbers[row + Column.Revision] = event.revision;
    leaf.numbers[row + Column.CreateRevision] = event.createRevision;
    leaf.numbers[row + Column.Version] = event.version;
    leaf.numbers[row + Column.Older] = older;
    const isLive = event.version !== 0;
    if (isLive !== wasLive) tree.addLive(isLive ? 1 : -1);
  }

  /** Sequence number of the event that gives `key` its value at `revision`; 0 when it has none. */
  sequenceAt(key: KeyText, revision: number): number {
    this.#foundKey = key;
    this.#found = this.#tree.seek(key);
    if (!this.#found) return 0;
    const { leaf, at } = this.#tree;
    return this.#visible(leaf.numbers, at * COLUMNS, revision);
  }

  #visible(numbers: Float64Array, row: number, revision: number): number {
    if (numbers[row + Column.Revision] <= revision) {
      return numbers[row + Column.Version] === 0 ? 0 : numbers[row + Column.Sequence];
    }
    const older = numbers[row + Column.Older];
    const count = this.#older.countUpTo(older, revision);
    if (count === 0) return 0;
    const sequence = this.#older.sequenceAt(older, count - 1);
    return sequence < 0 ? 0 : sequence;
  }

  /**
   * Calls `visit` for every key of the range that has a value at the revision, until it returns false or enough keys were looked at.
   * The row handed over is reused for the next call.
   */
  scan(range: KeyRange, options: ScanOptions, visit: (row: ScannedRow) => boolean): ScanRest {
    return options.reverse ? this.#scanDown(range, options, visit) : this.#scanUp(range, options, visit);
  }

  readonly #row: ScannedRow = { key: "" as KeyText, sequence: 0, revision: 0, createRevision: 0, version: 0 };

  /** Whether the key at `at` has a value at `revision`, which is then in `#row`. */
  #fill(leaf: Leaf, at: number, revision: number): boolean {
    const { numbers } = leaf;
    const base = at * COLUMNS;
    const row = this.#row;
    if (numbers[base + Column.Revision] <= revision) {
      const version = numbers[base + Column.Version];
      if (version === 0) return false;
      row.sequence = numbers[base + Column.Sequence];
      row.revision = numbers[base + Column.Revision];
      row.createRevision = numbers[base + Column.CreateRevision];
      row.version = version;
    } else {
      const older = numbers[base + Column.Older];
      const count = this.#older.countUpTo(older, revision);
      if (count === 0) return false;
      const sequence = this.#older.sequenceAt(older, count - 1);
      if (sequence < 0) return false;
      row.sequence = sequence;
      row.revision = this.#older.revisionAt(older, count - 1);
      row.createRevision = 0;
      row.version = 0;
    }
    row.key = leaf.keys[at];
    return true;
  }

  #scanUp(range: KeyRange, options: ScanOptions, visit: (row: ScannedRow) => boolean): ScanRest {
    const { to, single } = range;
    const { revision } = options;
    let left = options.visitedMax;
    const found = this.#tree.seek(range.from);
    let leaf: Leaf | undefined = this.#tree.leaf;
    let at = this.#tree.at;
    if (single) {
      if (found && this.#fill(leaf, at, revision)) visit(this.#row);
      return undefined;
    }
    for (; leaf !== undefined; leaf = leaf.next, at = 0) {
      const { keys } = leaf;
      const last = keys.length - 1;
      if (last < 0) continue;
      const end = to === undefined || keys[last] < to ? keys.length : firstNotBelow(keys, to);
      for (; at < end; at++) {
        if (left-- <= 0) return { from: keys[at], to, single: false };
        if (this.#fill(leaf, at, revision) && !visit(this.#row)) return { from: keyAfter(keys[at]), to, single: false };
      }
      if (end < keys.length) return undefined;
    }
    return undefined;
  }

  #scanDown(range: KeyRange, options: ScanOptions, visit: (row: ScannedRow) => boolean): ScanRest {
    if (range.single) return this.#scanUp(range, options, visit);
    const { from, to } = range;
    let left = options.visitedMax;
    let leaf: Leaf | undefined;
    let at: number;
    if (to === undefined) {
      leaf = this.#tree.lastLeaf();
      at = leaf.keys.length - 1;
    } else {
      this.#tree.seek(to);
      leaf = this.#tree.leaf;
      at = this.#tree.at - 1;
    }
    while (leaf !== undefined) {
      const { keys } = leaf;
      for (; at >= 0; at--) {
        const key = keys[at];
        if (key < from) return undefined;
        if (left-- <= 0) return { from, to: keyAfter(key), single: false };
        if (this.#fill(leaf, at, options.revision) && !visit(this.#row)) return { from, to: key, single: false };
      }
      leaf = leaf.previous;
      if (leaf !== undefined) at = leaf.keys.length - 1;
    }
    return undefined;
  }

  /** Keys of the range that have a value at the newest revision; a descent, whatever the range holds. */
  countNewest(range: KeyRange): number {
    const { from, to, single } = range;
    if (single) return this.find(from) ? 1 : 0;
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
    const dead: KeyText[] = [];
    let left = options.visitedMax;
    let rest: KeyText | undefined;
    this.#tree.seek(from);
    let leaf: Leaf | undefined = this.#tree.leaf;
    let at = this.#tree.at;
    walk: for (; leaf !== undefined; leaf = leaf.next, at = 0) {
      for (; at < leaf.keys.length; at++) {
        const budget = options.removedMax - removed.length;
        if (left-- <= 0 || budget <= 0) {
          rest = leaf.keys[at];
          break walk;
        }
        const row = at * COLUMNS;
        const { numbers } = leaf;
        const newestRevision = numbers[row + Column.Revision];
        if (numbers[row + Column.Older] !== 0 && !this.#compactOlder({ numbers, row, target, budget }, removed)) {
          rest = leaf.keys[at];
          break walk;
        }
        if (numbers[row + Column.Version] === 0 && newestRevision < target && numbers[row + Column.Older] === 0) {
          removed.push(numbers[row + Column.Sequence]);
          dead.push(leaf.keys[at]);
        }
      }
    }
    for (const key of dead) {
      const found = this.#tree.seek(key);
      assert(found, "A key to be forgotten is not in the index");
      this.#tree.remove();
    }
    this.#found = false;
    return rest;
  }

  /** Whether the budget was enough. */
  #compactOlder(
    { numbers, row, target, budget }: { numbers: Float64Array; row: number; target: number; budget: number },
    removed: number[],
  ): boolean {
    const older = numbers[row + Column.Older];
    let drop: number;
    if (numbers[row + Column.Revision] <= target) {
      drop = this.#older.count(older);
    } else {
      const upTo = this.#older.countUpTo(older, target);
      const keep = upTo > 0 &&
        !(this.#older.sequenceAt(older, upTo - 1) < 0 && this.#older.revisionAt(older, upTo - 1) < target);
      drop = keep ? upTo - 1 : upTo;
    }
    const dropped = Math.min(drop, budget);
    for (let i = 0; i < dropped; i++) removed.push(Math.abs(this.#older.sequenceAt(older, i)));
    numbers[row + Column.Older] = this.#older.dropOldest(older, dropped);
    return dropped === drop;
  }

  /** Throws unless the index is consistent. For tests: it reads everything. */
  checkInvariants(): void {
    this.#tree.checkInvariants();
  }
}

function firstNotBelow(keys: readonly KeyText[], bound: KeyText): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
