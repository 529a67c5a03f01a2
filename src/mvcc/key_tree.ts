import { assert } from "../base/mod.ts";
import type { KeyText } from "./key.ts";
import type { KeyTable } from "./key_table.ts";

/** Keys in a leaf at most. */
export const LEAF_KEYS_MAX = 64;
/** Children of a branch at most. */
const BRANCH_CHILDREN_MAX = 128;
/** What nodes hold when a tree is built at once. */
const LEAF_KEYS_BUILT = 56;
const BRANCH_CHILDREN_BUILT = 112;
/** A node with no more than this part of what it may hold is merged with a neighbour when both fit well in one. */
const SPARSE_DIVISOR = 4;

/** Keys in order, and their slots in the key table. The table knows the keys too; a search that finds them here waits less for memory. */
export class Leaf {
  keys: KeyText[] = [];
  slots: number[] = [];
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
 * The keys of a {@link KeyTable} in order: a B+ tree with the count of live keys kept in every branch, so that counting a range costs a descent. After
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
  /** Whether `leaf` and the path still belong together: no node was split or merged since. */
  #pathHolds = false;
  /** Where the last insertion happened, to see keys that come in order. */
  #lastInserted: Leaf | undefined;

  readonly #table: KeyTable;

  constructor(table: KeyTable) {
    this.#table = table;
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

  /** Fills the empty tree with the keys of these slots, which are in the order of their keys. Nodes are left with some room. */
  build(slots: Uint32Array): void {
    assert(this.#keys === 0, "Only an empty tree can be built");
    const leaves: Leaf[] = [];
    for (let from = 0; from < slots.length; from += LEAF_KEYS_BUILT) {
      const leaf = from === 0 ? this.#first : new Leaf();
      leaf.slots = Array.from(slots.subarray(from, from + LEAF_KEYS_BUILT));
      leaf.keys = leaf.slots.map((slot) => this.#table.key(slot));
      leaf.live = leaf.slots.reduce((live, slot) => (this.#table.isLive(slot) ? live + 1 : live), 0);
      leaf.previous = leaves.at(-1);
      if (leaf.previous !== undefined) leaf.previous.next = leaf;
      leaves.push(leaf);
    }
    let nodes: { node: Leaf | Branch; firstKey: KeyText }[] = leaves.map((node) => ({ node, firstKey: node.keys[0] }));
    while (nodes.length > 1) {
      const above: { node: Branch; firstKey: KeyText }[] = [];
      for (let from = 0; from < nodes.length; from += BRANCH_CHILDREN_BUILT) {
        const branch = new Branch();
        for (const { node, firstKey } of nodes.slice(from, from + BRANCH_CHILDREN_BUILT)) {
          branch.children.push(node);
          branch.firstKeys.push(firstKey);
          branch.live.push(liveOf(node));
        }
        above.push({ node: branch, firstKey: nodes[from].firstKey });
      }
      nodes = above;
      this.#height++;
    }
    if (nodes.length > 0) this.#root = nodes[0].node;
    this.#keys = slots.length;
    this.#pathHolds = false;
  }

  /** Goes to `key`; whether it is there. Close to where the last call ended, that is quicker. */
  seek(key: KeyText): boolean {
    if (!this.#pathHolds || !this.#isInLeaf(key)) this.#descend(key);
    const { leaf } = this;
    this.at = firstNotBelow(leaf, key);
    return this.at < leaf.keys.length && leaf.keys[this.at] === key;
  }

  /** Whether `key` is, or would be, in the leaf of the last seek. It may say no where a descent would end there. */
  #isInLeaf(key: KeyText): boolean {
    const { keys, next } = this.leaf;
    if (keys.length === 0 || key < keys[0]) return false;
    if (next === undefined || key <= keys[keys.length - 1]) return true;
    const bound = this.#pathBranch[1].firstKeys[this.#pathChild[1] + 1];
    return bound !== undefined && key < bound;
  }

  #descend(key: KeyText): void {
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
    this.leaf = node as Leaf;
    this.#pathHolds = true;
  }

  /** Adds `delta` to the count of live keys where the last seek ended. */
  addLive(delta: number): void {
    this.leaf.live += delta;
    for (let level = 1; level <= this.#height; level++) this.#pathBranch[level].live[this.#pathChild[level]] += delta;
  }

  /** Puts `key`, whose slot is not live yet, where the last seek, which did not find it, ended. `leaf` and `at` point to it. */
  insert(key: KeyText, slot: number): void {
    if (this.leaf.slots.length === LEAF_KEYS_MAX) this.#makeRoom(key);
    const { leaf, at } = this;
    if (at < leaf.keys.length) {
      leaf.keys.splice(at, 0, key);
      leaf.slots.splice(at, 0, slot);
    } else {
      leaf.keys.push(key);
      leaf.slots.push(slot);
    }
    this.#keys++;
    this.#lastInserted = leaf;
  }

  /** Live keys below `key`. */
  liveBelow(key: KeyText): number {
    this.seek(key);
    const { leaf, at } = this;
    let count = 0;
    if (leaf.live === leaf.slots.length) {
      count = at;
    } else {
      for (let i = 0; i < at; i++) {
        if (this.#table.isLive(leaf.slots[i])) count++;
      }
    }
    for (let level = 1; level <= this.#height; level++) {
      const { live } = this.#pathBranch[level];
      const child = this.#pathChild[level];
      for (let i = 0; i < child; i++) count += live[i];
    }
    return count;
  }

  /** Takes away the key at which the last seek ended, which must not be live. */
  remove(): void {
    const { leaf, at } = this;
    assert(at < leaf.slots.length, "There is no key to remove");
    assert(!this.#table.isLive(leaf.slots[at]), "A live key cannot be removed from the index");
    leaf.keys.splice(at, 1);
    leaf.slots.splice(at, 1);
    this.#keys--;
    if (leaf.slots.length * SPARSE_DIVISOR <= LEAF_KEYS_MAX) this.#mergeSparse();
  }

  /** Splits the full leaf of the last seek and all full branches above it, and goes to where `key` belongs. */
  #makeRoom(key: KeyText): void {
    this.#splitFullBranches();
    this.#pathHolds = false;
    this.seek(key);
    const { leaf, at } = this;
    // Keys that come in order leave full leaves behind them.
    const from = at === LEAF_KEYS_MAX && this.#lastInserted === leaf ? LEAF_KEYS_MAX : LEAF_KEYS_MAX >>> 1;
    const right = new Leaf();
    right.keys = leaf.keys.splice(from);
    right.slots = leaf.slots.splice(from);
    for (const slot of right.slots) {
      if (this.#table.isLive(slot)) right.live++;
    }
    leaf.live -= right.live;
    right.previous = leaf;
    right.next = leaf.next;
    if (leaf.next !== undefined) leaf.next.previous = right;
    leaf.next = right;
    this.#addSibling({ level: 1, right, firstKey: right.keys[0] ?? key });
    this.#pathHolds = false;
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
    this.#pathHolds = false;
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
      a.keys.push(...b.keys);
      a.slots.push(...b.slots);
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
    const keys = checkNode(this.#root, {
      level: this.#height,
      from: "",
      to: undefined,
      leaves,
      table: this.#table,
    });
    assert(keys === this.#keys, "The tree's size is wrong");
    assert(leaves[0] === this.#first, "The tree's first leaf is wrong");
    leaves.forEach((leaf, i) => {
      assert(leaf.previous === leaves[i - 1] && leaf.next === leaves[i + 1], "The chain of leaves is broken");
    });
  }
}

/** Position of the leaf's first key that is not below `key`; one past its last when there is none. */
export function firstNotBelow(leaf: Leaf, key: KeyText): number {
  const { keys } = leaf;
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function liveOf(node: Leaf | Branch): number {
  if (node instanceof Leaf) return node.live;
  let live = 0;
  for (const count of node.live) live += count;
  return live;
}

function childCount(node: Leaf | Branch): number {
  return node instanceof Leaf ? node.slots.length : node.children.length;
}

function checkNode(
  node: Leaf | Branch,
  { level, from, to, leaves, table }: {
    level: number;
    from: string;
    to: string | undefined;
    leaves: Leaf[];
    table: KeyTable;
  },
): number {
  if (node instanceof Leaf) {
    assert(level === 0, "A leaf is not at the bottom");
    leaves.push(node);
    let live = 0;
    node.slots.forEach((slot, i) => {
      const key = node.keys[i];
      assert(key === table.key(slot), "A leaf and the table do not agree on a key");
      assert(i === 0 || node.keys[i - 1] < key, "Keys of a leaf are out of order");
      assert(key >= from && (to === undefined || key < to), "A key is in the wrong leaf");
      assert(table.findText(key) === slot, "A key has the wrong slot");
      if (table.isLive(slot)) live++;
    });
    assert(live === node.live, "A leaf's count of live keys is wrong");
    return node.slots.length;
  }
  let keys = 0;
  node.children.forEach((child, i) => {
    assert(node.live[i] === liveOf(child), "A branch's count of live keys is wrong");
    keys += checkNode(child, {
      level: level - 1,
      from: i === 0 ? from : node.firstKeys[i],
      to: i + 1 < node.children.length ? node.firstKeys[i + 1] : to,
      leaves,
      table,
    });
  });
  return keys;
}
