import type { KeyTable } from "./key_table.ts";

/** Keys are compared this many bytes at a time; a byte more and its place no longer fits into a double beside the position. */
const BYTES_PER_ROUND = 3;
/** A byte is one of these, or the end of the key, which sorts before all bytes. */
const SYMBOLS = 257;
const POSITION_SCALE = 2 ** 28;
/** Fewer keys than this are sorted by comparing. */
const SMALL_GROUP = 24;
/** Keys handled between two pauses, but for a first round over all of them. */
const SLICE_KEYS = 32 * 1024;

/**
 * Sorts slots by their keys, which are all different. Comparing keys pairwise waits for memory at every step; so the next bytes of all keys
 * are packed into numbers, these are sorted, and keys that are equal so far go into another round.
 */
export function* sortByKey(table: KeyTable, slots: Uint32Array): Generator<undefined, void> {
  const pending: { from: number; to: number; depth: number }[] = [{ from: 0, to: slots.length, depth: 0 }];
  let handled = 0;
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    const { from, to } = group;
    handled += to - from;
    if (handled > SLICE_KEYS) {
      handled = 0;
      yield;
    }
    if (to - from < SMALL_GROUP) {
      sortSmall(table, slots.subarray(from, to));
      continue;
    }
    const depth = commonPrefix(table, slots.subarray(from, to), group.depth);
    const heads = sortRound(table, slots.subarray(from, to), depth);
    for (let i = 0; i < heads.length;) {
      let end = i + 1;
      while (end < heads.length && heads[end] === heads[i]) end++;
      if (end - i > 1) pending.push({ from: from + i, to: from + end, depth: depth + BYTES_PER_ROUND });
      i = end;
    }
  }
}

function sortSmall(table: KeyTable, slots: Uint32Array): void {
  for (let i = 1; i < slots.length; i++) {
    const slot = slots[i];
    const key = table.key(slot);
    let at = i;
    for (; at > 0 && table.key(slots[at - 1]) > key; at--) slots[at] = slots[at - 1];
    slots[at] = slot;
  }
}

/** How many leading bytes all keys share; at least `known` are. */
function commonPrefix(table: KeyTable, slots: Uint32Array, known: number): number {
  const first = table.key(slots[0]);
  let shared = first.length;
  for (const slot of slots) {
    const key = table.key(slot);
    const end = Math.min(shared, key.length);
    let at = known;
    while (at < end && key.charCodeAt(at) === first.charCodeAt(at)) at++;
    shared = at;
    if (shared === known) break;
  }
  return shared;
}

/** Sorts by the bytes at `depth`; returns those bytes of each key, packed, in the new order. */
function sortRound(table: KeyTable, slots: Uint32Array, depth: number): Float64Array {
  const packed = new Float64Array(slots.length);
  for (let i = 0; i < slots.length; i++) {
    const key = table.key(slots[i]);
    let head = 0;
    for (let at = depth; at < depth + BYTES_PER_ROUND; at++) {
      head = head * SYMBOLS + (at < key.length ? key.charCodeAt(at) + 1 : 0);
    }
    packed[i] = head * POSITION_SCALE + i;
  }
  packed.sort();
  const unsorted = slots.slice();
  for (let i = 0; i < slots.length; i++) {
    const head = Math.floor(packed[i] / POSITION_SCALE);
    slots[i] = unsorted[packed[i] - head * POSITION_SCALE];
    packed[i] = head;
  }
  return packed;
}
