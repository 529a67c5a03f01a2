import { assert } from "../base/mod.ts";
import type { KeyText } from "./key.ts";

/** Columns of a key's row. */
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
const COLUMNS = 5;

const PAGE_ROWS_LOG2 = 12;
const PAGE_ROWS = 1 << PAGE_ROWS_LOG2;
const PAGE_MASK = PAGE_ROWS - 1;

/** Each shard grows by itself, so that no growth takes long. */
const SHARDS_LOG2 = 8;
const SHARD_NUMBERS_MIN = 32;
const SLOTS_MAX = 2 ** 31;

/** Where numbers mix; odd constants without structure. */
const MIX_A = 0x9e3779b1 | 0;
const MIX_B = 0x85ebca6b | 0;
const HASH_SEED = 0x2f6e2b1;

/**
 * A row of numbers for every key, found by the key's bytes through a hash table in a few memory accesses. A row is named by its slot, which
 * stays the same as long as the key is held; 0 is no slot.
 */
export class KeyTable {
  readonly #numbers: Float64Array[] = [];
  readonly #keys: KeyText[][] = [];
  readonly #shards: Shard[] = [];
  readonly #seed: number;
  #size = 0;
  /** Slots handed out so far, in use or free; slot 0 is never. */
  #slots = 1;
  /** First of the free slots, which form a chain through their first number; 0 at the end. */
  #free = 0;

  /** `hashSeed` makes it hard to choose keys that collide. */
  constructor({ hashSeed = HASH_SEED }: { hashSeed?: number } = {}) {
    this.#seed = hashSeed | 0;
    for (let i = 0; i < 1 << SHARDS_LOG2; i++) {
      this.#shards.push({ entries: new Uint32Array(SHARD_NUMBERS_MIN), used: 0 });
    }
  }

  /** Keys held. */
  get size(): number {
    return this.#size;
  }

  /** The slots of all keys, in no order. */
  slots(): Uint32Array {
    const slots = new Uint32Array(this.#size);
    let count = 0;
    for (const { entries } of this.#shards) {
      for (let at = 1; at < entries.length; at += 2) {
        if (entries[at] !== 0) slots[count++] = entries[at];
      }
    }
    // By age: where keys came in order, they nearly are.
    return slots.sort();
  }

  /** The page of numbers that holds the slot's row, from {@link base} on. */
  page(slot: number): Float64Array {
    return this.#numbers[slot >>> PAGE_ROWS_LOG2];
  }

  /** Where the slot's row starts in its page; add a {@link Column}. */
  base(slot: number): number {
    return (slot & PAGE_MASK) * COLUMNS;
  }

  /** The key of a slot. */
  key(slot: number): KeyText {
    return this.#keys[slot >>> PAGE_ROWS_LOG2][slot & PAGE_MASK];
  }

  /** Whether the slot's key has a value at the newest revision. */
  isLive(slot: number): boolean {
    return this.page(slot)[this.base(slot) + Column.Version] !== 0;
  }

  /** The slot of the key with these bytes, 0 when it is not held. */
  find(key: Uint8Array): number {
    const hash = hashOfBytes(key, this.#seed);
    const { entries } = this.#shards[hash >>> (32 - SHARDS_LOG2)];
    const mask = entries.length - 1;
    for (let at = home(hash) & mask;; at = (at + 2) & mask) {
      const slot = entries[at + 1];
      if (slot === 0) return 0;
      if (entries[at] === hash && hasBytes(this.key(slot), key)) return slot;
    }
  }

  /** The slot of a key given as text, 0 when it is not held. */
  findText(key: KeyText): number {
    const hash = hashOfText(key, this.#seed);
    const { entries } = this.#shards[hash >>> (32 - SHARDS_LOG2)];
    const mask = entries.length - 1;
    for (let at = home(hash) & mask;; at = (at + 2) & mask) {
      const slot = entries[at + 1];
      if (slot === 0) return 0;
      if (entries[at] === hash && this.key(slot) === key) return slot;
    }
  }

  /** Adds a key that is not held, with a row of zeros; returns its slot. */
  insert(key: KeyText): number {
    const slot = this.#takeSlot();
    this.#keys[slot >>> PAGE_ROWS_LOG2][slot & PAGE_MASK] = key;
    const hash = hashOfText(key, this.#seed);
    const shard = this.#shards[hash >>> (32 - SHARDS_LOG2)];
    // At most three quarters full; an entry is two numbers.
    if ((shard.used + 1) * 8 > shard.entries.length * 3) grow(shard);
    place(shard.entries, hash, slot);
    shard.used++;
    this.#size++;
    return slot;
  }

  /** Forgets a key and frees its slot. */
  remove(slot: number): void {
    const hash = hashOfText(this.key(slot), this.#seed);
    const shard = this.#shards[hash >>> (32 - SHARDS_LOG2)];
    const { entries } = shard;
    const mask = entries.length - 1;
    let hole = home(hash) & mask;
    while (entries[hole + 1] !== slot) {
      assert(entries[hole + 1] !== 0, "A key to be forgotten is not in the table");
      hole = (hole + 2) & mask;
    }
    // Entries that would not be found past the hole move into it.
    for (let at = (hole + 2) & mask; entries[at + 1] !== 0; at = (at + 2) & mask) {
      const wanted = home(entries[at]) & mask;
      if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
      entries[hole] = entries[at];
      entries[hole + 1] = entries[at + 1];
      hole = at;
    }
    entries[hole] = 0;
    entries[hole + 1] = 0;
    shard.used--;
    this.#size--;
    const page = this.page(slot);
    const base = this.base(slot);
    page.fill(0, base, base + COLUMNS);
    page[base] = this.#free;
    this.#keys[slot >>> PAGE_ROWS_LOG2][slot & PAGE_MASK] = "" as KeyText;
    this.#free = slot;
  }

  #takeSlot(): number {
    const free = this.#free;
    if (free !== 0) {
      const page = this.page(free);
      this.#free = page[this.base(free)];
      page[this.base(free)] = 0;
      return free;
    }
    const slot = this.#slots++;
    assert(slot < SLOTS_MAX, "The index is full: it holds 2^31 keys");
    if (slot >>> PAGE_ROWS_LOG2 === this.#numbers.length) {
      this.#numbers.push(new Float64Array(PAGE_ROWS * COLUMNS));
      this.#keys.push(slot === 1 ? ["" as KeyText] : []);
    }
    return slot;
  }
}

/** Open addressing with linear probing. An entry is a hash and a slot, side by side; slot 0 says empty. */
interface Shard {
  entries: Uint32Array;
  used: number;
}

/** Where in its shard an entry belongs, before the mask; the top bits of the hash chose the shard. */
function home(hash: number): number {
  return (hash << 1) >>> 0;
}

function place(entries: Uint32Array, hash: number, slot: number): void {
  const mask = entries.length - 1;
  let at = home(hash) & mask;
  while (entries[at + 1] !== 0) at = (at + 2) & mask;
  entries[at] = hash;
  entries[at + 1] = slot;
}

function grow(shard: Shard): void {
  const { entries } = shard;
  const grown = new Uint32Array(2 * entries.length);
  for (let at = 0; at < entries.length; at += 2) {
    if (entries[at + 1] !== 0) place(grown, entries[at], entries[at + 1]);
  }
  shard.entries = grown;
}

function mix(hash: number, word: number): number {
  hash = Math.imul(hash ^ word, MIX_A);
  return hash ^ (hash >>> 15);
}

function finish(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), MIX_B);
  hash ^= hash >>> 13;
  return hash >>> 0;
}

function hashOfBytes(key: Uint8Array, seed: number): number {
  const { length } = key;
  let hash = seed ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    hash = mix(hash, key[i] | (key[i + 1] << 8) | (key[i + 2] << 16) | (key[i + 3] << 24));
  }
  for (; i < length; i++) hash = mix(hash, key[i]);
  return finish(hash);
}

function hashOfText(key: KeyText, seed: number): number {
  const { length } = key;
  let hash = seed ^ length;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    hash = mix(
      hash,
      key.charCodeAt(i) | (key.charCodeAt(i + 1) << 8) | (key.charCodeAt(i + 2) << 16) | (key.charCodeAt(i + 3) << 24),
    );
  }
  for (; i < length; i++) hash = mix(hash, key.charCodeAt(i));
  return finish(hash);
}

function hasBytes(text: KeyText, key: Uint8Array): boolean {
  const { length } = key;
  if (text.length !== length) return false;
  for (let i = length - 1; i >= 0; i--) {
    if (text.charCodeAt(i) !== key[i]) return false;
  }
  return true;
}
