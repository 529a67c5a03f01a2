import type { KeyText } from "../mvcc/mod.ts";

/** The keys in [`from`, `to`); without an end where `to` is undefined. */
export interface Interval {
  readonly from: KeyText;
  readonly to: KeyText | undefined;
}

/** An interval of the tree with what it stands for. */
export class IntervalNode<Value> implements Interval {
  readonly from: KeyText;
  readonly to: KeyText | undefined;
  value: Value;
  /** Above those of all nodes below this one: what keeps the tree flat. */
  readonly priority: number;
  left: IntervalNode<Value> | undefined = undefined;
  right: IntervalNode<Value> | undefined = undefined;
  /** The highest end of this node and those below it; undefined when one of them has no end. */
  maxTo: KeyText | undefined;

  constructor({ from, to }: Interval, value: Value, priority: number) {
    this.from = from;
    this.to = to;
    this.value = value;
    this.priority = priority;
    this.maxTo = to;
  }
}

function compareEnds(a: KeyText | undefined, b: KeyText | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}

function compare(a: Interval, b: Interval): number {
  return a.from < b.from ? -1 : a.from > b.from ? 1 : compareEnds(a.to, b.to);
}

function higherEnd(a: KeyText | undefined, b: KeyText | undefined): KeyText | undefined {
  return compareEnds(a, b) >= 0 ? a : b;
}

/** Works out `maxTo` from the nodes directly below. */
function update<Value>(node: IntervalNode<Value>): void {
  let maxTo = node.to;
  if (node.left !== undefined) maxTo = higherEnd(maxTo, node.left.maxTo);
  if (node.right !== undefined) maxTo = higherEnd(maxTo, node.right.maxTo);
  node.maxTo = maxTo;
}

function rotateRight<Value>(node: IntervalNode<Value>): IntervalNode<Value> {
  const top = node.left!;
  node.left = top.right;
  top.right = node;
  update(node);
  return top;
}

function rotateLeft<Value>(node: IntervalNode<Value>): IntervalNode<Value> {
  const top = node.right!;
  node.right = top.left;
  top.left = node;
  update(node);
  return top;
}

/**
 * Different intervals by start and end, which finds those that contain a key in O(log n) and a step for each: a treap, in which every node knows
 * the highest end below it (Cormen et al., "Interval trees"; Seidel and Aragon, "Randomized search trees", 1996).
 */
export class IntervalTree<Value> {
  #root: IntervalNode<Value> | undefined;
  #size = 0;
  /** State of the priorities: a xorshift generator, so that the same calls make the same tree. */
  #chance = 0x9e3779b9;

  /** Intervals in the tree. */
  get size(): number {
    return this.#size;
  }

  /** The value of exactly this interval. */
  get(interval: Interval): Value | undefined {
    let node = this.#root;
    while (node !== undefined) {
      const order = compare(interval, node);
      if (order === 0) return node.value;
      node = order < 0 ? node.left : node.right;
    }
    return undefined;
  }

  /** Adds an interval, or gives it another value. */
  set(interval: Interval, value: Value): void {
    this.#root = this.#insert(this.#root, interval, value);
  }

  /** Removes exactly this interval; whether it was there. */
  delete(interval: Interval): boolean {
    const before = this.#size;
    this.#root = this.#remove(this.#root, interval);
    return this.#size < before;
  }

  /** Removes all intervals. */
  clear(): void {
    this.#root = undefined;
    this.#size = 0;
  }

  /** Calls `visit` with the value of every interval that contains `key`, by start and then end. It must not change the tree. */
  containing(key: KeyText, visit: (value: Value) => void): void {
    stab(this.#root, key, visit);
  }

  /** Calls `visit` with every value. It must not change the tree. */
  forEach(visit: (value: Value) => void): void {
    walk(this.#root, visit);
  }

  #nextPriority(): number {
    let state = this.#chance;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return this.#chance = state >>> 0;
  }

  #insert(node: IntervalNode<Value> | undefined, interval: Interval, value: Value): IntervalNode<Value> {
    if (node === undefined) {
      this.#size++;
      return new IntervalNode(interval, value, this.#nextPriority());
    }
    const order = compare(interval, node);
    if (order === 0) {
      node.value = value;
      return node;
    }
    if (order < 0) {
      node.left = this.#insert(node.left, interval, value);
      if (node.left.priority > node.priority) node = rotateRight(node);
    } else {
      node.right = this.#insert(node.right, interval, value);
      if (node.right.priority > node.priority) node = rotateLeft(node);
    }
    update(node);
    return node;
  }

  #remove(node: IntervalNode<Value> | undefined, interval: Interval): IntervalNode<Value> | undefined {
    if (node === undefined) return undefined;
    const order = compare(interval, node);
    if (order === 0) {
      this.#size--;
      return joined(node.left, node.right);
    }
    if (order < 0) node.left = this.#remove(node.left, interval);
    else node.right = this.#remove(node.right, interval);
    update(node);
    return node;
  }
}

/** One tree of two, of which all of `left` lies before all of `right`. */
function joined<Value>(
  left: IntervalNode<Value> | undefined,
  right: IntervalNode<Value> | undefined,
): IntervalNode<Value> | undefined {
  if (left === undefined) return right;
  if (right === undefined) return left;
  if (left.priority > right.priority) {
    left.right = joined(left.right, right);
    update(left);
    return left;
  }
  right.left = joined(left, right.left);
  update(right);
  return right;
}

function stab<Value>(node: IntervalNode<Value> | undefined, key: KeyText, visit: (value: Value) => void): void {
  while (node !== undefined && (node.maxTo === undefined || key < node.maxTo)) {
    stab(node.left, key, visit);
    if (key < node.from) return;
    if (node.to === undefined || key < node.to) visit(node.value);
    node = node.right;
  }
}

function walk<Value>(node: IntervalNode<Value> | undefined, visit: (value: Value) => void): void {
  while (node !== undefined) {
    walk(node.left, visit);
    visit(node.value);
    node = node.right;
  }
}
