import { assert } from "../base/mod.ts";
import type { KeyText } from "./key.ts";

/** Keys in a leaf at most. */
export const LEAF_KEYS_MAX = 64;
/** Children of a branch at most. */
const BRANCH_CHILDREN_MAX = 128;
/** A node with no more than this part of what it may hold is merged with a neighbour when both fit well in one. */
const SPARSE_DIVISOR = 4;

/** Columns of a key's row in {@link Leaf.numbers}. */
export const Column = {
  /** Sequence number of the key's newest event in the history. */
  Sequence: 0,
  /** Main revision of the newest event. */
  Revision: 1,
  /** Main revision that created the key; 0 when the newest event is a tombstone. */
  CreateRevision: 2,
  /** Puts since the creation; 0 when the newest event is a tombstone: then the key is not live. */
  Version: 3,
  /** Handle of the events before the newest; see OlderRevisions. */
  Older: 4,
} as const;
/** Columns of a row. */
export const COLUMNS = 5;

/** Keys in order and a row of numbers for each: `numbers[at * COLUMNS + column]` belongs to `keys[at]`. */
export class Leaf {
  keys: KeyText[] = [];
  readonly numbers = new Float64Array(LEAF_KEYS_MAX * COLUMNS);
  /** Keys of this leaf whose newest event is a put. */
  live = 0;
  previous: Leaf | undefined;
  next: Leaf | undefined;
}

/** Children in order. `firstKeys[i]` is above all keys of child i-1 and not above any of child i; `firstKeys[0]` is never looked at. */
class Branch {
  children: (Leaf | Branch)[] = [];
  firstKeys: KeyText[] = [];
  /** Live keys below each child. */
  live: number[] = [];
}

/**
 * A B+ tree from keys to rows of numbers, with the count of live keys kept in every branch, so that counting a range costs a descent. After
 * {@link seek}, `leaf` and `at` say where the key is, or where the first key above it would be (`at` may be one past the leaf's
 * last key). They hold until the next call that changes or seeks.
 */
export class KeyTree {
  /** Where the last {@link seek} ended. */
  leaf: Leaf;
  /** Position in {@link leaf}. */
  at = 0;

  #root: Leaf | Branch;
  /** Levels of branches above the leaves. */
  #height = 0;
  #first: Leaf;
  #keys = 0;
  /** The way of the last seek: branch and child's position at each level, 1 being just above the leaves. */
  readonly #pathBranch: Branch[] = [];
  readonly #pathChild: number[] = [];
  /** Where the last insertion happened, to see keys that come in order. */
  #lastInserted: Leaf | undefined;

  constructor() {
    this.leaf = new Leaf();
    this.#root = this.leaf;
    this.#first = this.leaf;
  }

  /** Keys held, live or not. */
  get size(): number {
    return this.#keys;
  }

  /** Live keys. */
  get live(): number {
    return liveOf(this.#root);
  }

  /** The leaf with the largest keys. */
  lastLeaf(): Leaf {
    let node = this.#root;
    while (!(node instanceof Leaf)) node = node.children[node.children.length - 1];
    return node;
  }

  /** Goes to `key`; whether it is there. */
  seek(key: KeyText): boolean {
    let node = this.#root;
    for (let level = this.#height; level > 0; level--) {
      const branch = node as Branch;
      const firstKeys = branch.firstKeys;
      let low = 1;
      let high = firstKeys.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (firstKeys[middle] <= key) low = middle + 1;
        else high = middle;
      }
      this.#pathBranch[level] = branch;
      this.#pathChild[level] = low - 1;
      node = branch.children[low - 1];
    }
    const leaf = node as Leaf;
    const keys = leaf.keys;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    this.leaf = leaf;
    this.at = low;
    return low < keys.length && keys[low] === key;
  }

  /** Adds `delta` to the count of live keys where the last seek ended. */
  addLive(delta: number): void {
    this.leaf.live += delta;
    for (let level = 1; level <= this.#height; level++) this.#pathBranch[level].live[this.#pathChild[level]] += delta;
  }

  /** Puts `key` where the last seek, which did not find it, ended. Its row is zero; `leaf` and `at` point to it. */
  insert(key: KeyText): void {
    if (this.leaf.keys.length === LEAF_KEYS_MAX) this.#makeRoom(key);
    const { leaf, at } = this;
    const count = leaf.keys.length;
    if (at < count) {
      leaf.keys.splice(at, 0, key);
      leaf.numbers.copyWithin((at + 1) * COLUMNS, at * COLUMNS, count * COLUMNS);
      leaf.numbers.fill(0, at * COLUMNS, (at + 1) * COLUMNS);
    } else {
      leaf.keys.push(key);
    }
    this.#keys++;
    this.#lastInserted = leaf;
  }

  /** Live keys below `key`. */
  liveBelow(key: KeyText): number {
    this.seek(key);
    const { leaf, at } = this;
    let count = 0;
    if (leaf.live === leaf.keys.length) {
      count = at;
    } else {
      for (let i = 0; i < at; i++) {
        if (leaf.numbers[i * COLUMNS + Column.Version] !== 0) count++;
      }
    }
    for (let level = 1; level <= this.#height; level++) {
      const { live } = this.#pathBranch[level];
      const child = this.#pathChild[level];
      for (let i = 0; i < child; i++) count += live[i];
    }
    return count;
  }

  /** Takes away the row at which the last seek ended, which must not be live. */
  remove(): void {
    const { leaf, at } = this;
    const count = leaf.keys.length;
    assert(at < count, "There is no key to remove");
    assert(leaf.numbers[at * COLUMNS + Column.Version] === 0, "A live key cannot be removed from the index");
    leaf.keys.splice(at, 1);
    leaf.numbers.copyWithin(at * COLUMNS, (at + 1) * COLUMNS, count * COLUMNS);
    leaf.numbers.fill(0, (count - 1) * COLUMNS, count * COLUMNS);
    this.#keys--;
    if (leaf.keys.length * SPARSE_DIVISOR <= LEAF_KEYS_MAX) this.#mergeSparse();
  }

  /** Splits the full leaf of the last seek and all full branches above it, and goes to where `key` belongs. */
  #makeRoom(key: KeyText): void {
    this.#splitFullBranches();
    this.seek(key);
    const { leaf, at } = this;
    // Keys that come in order leave full leaves behind them.
    const from = at === LEAF_KEYS_MAX && this.#lastInserted === leaf ? LEAF_KEYS_MAX : LEAF_KEYS_MAX >>> 1;
    const right = new Leaf();
    right.keys = leaf.keys.splice(from);
    right.numbers.set(leaf.numbers.subarray(from * COLUMNS));
    leaf.numbers.fill(0, from * COLUMNS);
    for (let i = 0; i < right.keys.length; i++) {
      if (right.numbers[i * COLUMNS + Column.Version] !== 0) right.live++;
    }
    leaf.live -= right.live;
    right.previous = leaf;
    right.next = leaf.next;
    if (leaf.next !== undefined) leaf.next.previous = right;
    leaf.next = right;
    this.#addSibling({ level: 1, right, firstKey: right.keys[0] ?? key });
    this.seek(key);
  }

  #splitFullBranches(): void {
    for (let level = this.#height; level >= 1; level--) {
      const branch = this.#pathBranch[level];
      if (branch.children.length < BRANCH_CHILDREN_MAX) continue;
      const last = branch.children.length - 1;
      const from = this.#pathChild[level] === last ? last : BRANCH_CHILDREN_MAX >>> 1;
      const right = new Branch();
      right.children = branch.children.splice(from);
      right.firstKeys = branch.firstKeys.splice(from);
      right.live = branch.live.splice(from);
      this.#addSibling({ level: level + 1, right, firstKey: right.firstKeys[0] });
      if (this.#pathChild[level] >= from) {
        this.#pathBranch[level] = right;
        this.#pathChild[level] -= from;
        this.#pathChild[level + 1]++;
      }
    }
  }

  /** Hangs `right` up beside the child of the path at `level`, which has room; a new root where there is no branch yet. */
  #addSibling({ level, right, firstKey }: { level: number; right: Leaf | Branch; firstKey: KeyText }): void {
    const moved = liveOf(right);
    if (level > this.#height) {
      const root = new Branch();
      root.children.push(this.#root);
      root.firstKeys.push("" as KeyText);
      root.live.push(liveOf(this.#root) + moved);
      this.#root = root;
      this.#height = level;
      this.#pathBranch[level] = root;
      this.#pathChild[level] = 0;
    }
    const branch = this.#pathBranch[level];
    const child = this.#pathChild[level];
    branch.children.splice(child + 1, 0, right);
    branch.firstKeys.splice(child + 1, 0, firstKey);
    branch.live.splice(child + 1, 0, moved);
    branch.live[child] -= moved;
  }

  /** Merges the sparse leaf of the last seek with a neighbour, then branches that have become sparse. */
  #mergeSparse(): void {
    this.#lastInserted = undefined;
    for (let level = 1; level <= this.#height; level++) {
      const branch = this.#pathBranch[level];
      const child = this.#pathChild[level];
      if (childCount(branch.children[child]) === 0) {
        this.#unlink(branch, child);
      } else if (!this.#mergeAt(branch, child) && !(child > 0 && this.#mergeAt(branch, child - 1))) {
        break;
      }
      if (branch.children.length * SPARSE_DIVISOR > BRANCH_CHILDREN_MAX) break;
    }
    while (this.#height > 0 && (this.#root as Branch).children.length <= 1) {
      const root = this.#root as Branch;
      this.#root = root.children[0] ?? new Leaf();
      this.#height = root.children.length === 0 ? 0 : this.#height - 1;
      if (root.children.length === 0) this.#first = this.#root as Leaf;
    }
  }

  #unlink(branch: Branch, child: number): void {
    const node = branch.children[child];
    if (node instanceof Leaf) this.#unchain(node);
    branch.children.splice(child, 1);
    branch.firstKeys.splice(child, 1);
    branch.live.splice(child, 1);
  }

  #unchain(leaf: Leaf): void {
    if (leaf.previous !== undefined) leaf.previous.next = leaf.next;
    else if (leaf.next !== undefined) this.#first = leaf.next;
    if (leaf.next !== undefined) leaf.next.previous = leaf.previous;
  }

  /** Merges child `left` of the branch with the one after it if both fit in three quarters of a node; whether it did. */
  #mergeAt(branch: Branch, left: number): boolean {
    if (left + 1 >= branch.children.length) return false;
    const a = branch.children[left];
    const b = branch.children[left + 1];
    const joint = childCount(a) + childCount(b);
    if (a instanceof Leaf && b instanceof Leaf) {
      if (joint * 4 > LEAF_KEYS_MAX * 3) return false;
      a.numbers.set(b.numbers.subarray(0, b.keys.length * COLUMNS), a.keys.length * COLUMNS);
      for (const key of b.keys) a.keys.push(key);
      a.live += b.live;
      this.#unchain(b);
    } else if (a instanceof Branch && b instanceof Branch) {
      if (joint * 4 > BRANCH_CHILDREN_MAX * 3) return false;
      b.firstKeys[0] = branch.firstKeys[left + 1];
      a.children.push(...b.children);
      a.firstKeys.push(...b.firstKeys);
      a.live.push(...b.live);
    }
    branch.live[left] += branch.live[left + 1];
    branch.children.splice(left + 1, 1);
    branch.firstKeys.splice(left + 1, 1);
    branch.live.splice(left + 1, 1);
    return true;
  }

  /** Throws unless order, counts, chains and separators hold. For tests: it reads the whole tree. */
  checkInvariants(): void {
    const leaves: Leaf[] = [];
    const keys = checkNode(this.#root, { level: this.#height, from: "", to: undefined, leaves });
    assert(keys === this.#keys, "The tree's size is wrong");
    assert(leaves[0] === this.#first, "The tree's first leaf is wrong");
    leaves.forEach((leaf, i) => {
      assert(leaf.previous === leaves[i - 1] && leaf.next === leaves[i + 1], "The chain of leaves is broken");
    });
  }
}

function liveOf(node: Leaf | Branch): number {
  if (node instanceof Leaf) return node.live;
  let live = 0;
  for (const count of node.live) live += count;
  return live;
}

function childCount(node: Leaf | Branch): number {
  return node instanceof Leaf ? node.keys.length : node.children.length;
}

function checkNode(
  node: Leaf | Branch,
  { level, from, to, leaves }: { level: number; from: string; to: string | undefined; leaves: Leaf[] },
): number {
  if (node instanceof Leaf) {
    assert(level === 0, "A leaf is not at the bottom");
    leaves.push(node);
    let live = 0;
    node.keys.forEach((key, i) => {
      assert(i === 0 || node.keys[i - 1] < key, "Keys of a leaf are out of order");
      assert(key >= from && (to === undefined || key < to), "A key is in the wrong leaf");
      if (node.numbers[i * COLUMNS + Column.Version] !== 0) live++;
    });
    assert(live === node.live, "A leaf's count of live keys is wrong");
    return node.keys.length;
  }
  let keys = 0;
  node.children.forEach((child, i) => {
    assert(node.live[i] === liveOf(child), "A branch's count of live keys is wrong");
    keys += checkNode(child, {
      level: level - 1,
      from: i === 0 ? from : node.firstKeys[i],
      to: i + 1 < node.children.length ? node.firstKeys[i + 1] : to,
      leaves,
    });
  });
  return keys;
}
