import { assert } from "../base/mod.ts";

/**
 * The events of keys before their newest one, oldest first: of each its sequence number in the history and its main revision, 16 bytes together.
 * Most keys have none or a few, some have a million; so events lie in blocks of 1, 2, 4 .. entries, cut from large pages, and a full block
 * moves to one of twice the size. A key holds the handle of its block; 0 is the handle of no events.
 */
export class OlderRevisions {
  readonly #classes: BlockClass[] = [];
  readonly #large = new LargeBlocks();
  /** Events held, of all keys. */
  #total = 0;

  constructor() {
    for (let k = 0; k < LARGE_CLASS; k++) this.#classes.push(new BlockClass(1 << k));
  }

  /** Events held, of all keys. */
  get total(): number {
    return this.#total;
  }

  /** Adds an event, the newest of its key so far; returns the key's new handle. */
  append(handle: number, event: { sequence: number; revision: number; isTombstone: boolean }): number {
    this.#total++;
    const sequence = event.isTombstone ? -event.sequence : event.sequence;
    if (handle === 0) {
      const block = this.#classes[0].take();
      this.#classes[0].append(block, sequence, event.revision);
      return handleOf(0, block);
    }
    const k = classOf(handle);
    let block = blockOf(handle);
    if (k === LARGE_CLASS) {
      this.#large.append(block, sequence, event.revision);
      return handle;
    }
    const blocks = this.#classes[k];
    if (blocks.append(block, sequence, event.revision)) return handle;
    if (k + 1 === LARGE_CLASS) {
      const large = this.#large.take(blocks.numbers(block), blocks.offset(block), blocks.count(block));
      this.#large.append(large, sequence, event.revision);
      blocks.give(block);
      return handleOf(LARGE_CLASS, large);
    }
    const next = this.#classes[k + 1];
    const moved = next.take();
    next.copyFrom(moved, { numbers: blocks.numbers(block), offset: blocks.offset(block), count: blocks.count(block) });
    next.append(moved, sequence, event.revision);
    blocks.give(block);
    block = moved;
    return handleOf(k + 1, block);
  }

  /** How many events the handle holds. */
  count(handle: number): number {
    if (handle === 0) return 0;
    const k = classOf(handle);
    return k === LARGE_CLASS ? this.#large.count(blockOf(handle)) : this.#classes[k].count(blockOf(handle));
  }

  /** How many events have a main revision at or below `revision`; {@link sequenceAt} with that minus one is the newest of them. */
  countUpTo(handle: number, revision: number): number {
    if (handle === 0) return 0;
    const view = this.#view(handle);
    let low = 0;
    let high = view.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (view.numbers[view.offset + 2 * middle + 1] <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The sequence number of event `at`, oldest first; negative when it is a tombstone. */
  sequenceAt(handle: number, at: number): number {
    const view = this.#view(handle);
    assert(at >= 0 && at < view.count, "An older event was asked for that is not there");
    return view.numbers[view.offset + 2 * at];
  }

  /** The main revision of event `at`, oldest first. */
  revisionAt(handle: number, at: number): number {
    const view = this.#view(handle);
    assert(at >= 0 && at < view.count, "An older event was asked for that is not there");
    return view.numbers[view.offset + 2 * at + 1];
  }

  /** Forgets the `dropped` oldest events; returns the key's new handle. */
  dropOldest(handle: number, dropped: number): number {
    if (handle === 0 || dropped === 0) return handle;
    this.#total -= dropped;
    const k = classOf(handle);
    const block = blockOf(handle);
    const left = this.count(handle) - dropped;
    assert(left >= 0, "More older events were dropped than there are");
    if (k === LARGE_CLASS) {
      this.#large.dropOldest(block, dropped);
      if (left > LARGE_ENTRIES_MIN / 2) return handle;
    } else if (left > 0 && (left << 1) > (1 << k)) {
      this.#classes[k].dropOldest(block, dropped);
      return handle;
    }
    return this.#shrink(handle, { left, dropped: k === LARGE_CLASS ? 0 : dropped });
  }

  /** Moves the newest `left` events into a block that fits them. */
  #shrink(handle: number, { left, dropped }: { left: number; dropped: number }): number {
    const view = this.#view(handle);
    let shrunk = 0;
    if (left > 0) {
      const k = 32 - Math.clz32(left - 1);
      const blocks = this.#classes[k];
      const block = blocks.take();
      blocks.copyFrom(block, { numbers: view.numbers, offset: view.offset + 2 * dropped, count: left });
      shrunk = handleOf(k, block);
    }
    const k = classOf(handle);
    if (k === LARGE_CLASS) this.#large.give(blockOf(handle));
    else this.#classes[k].give(blockOf(handle));
    return shrunk;
  }

  #view(handle: number): Entries {
    const k = classOf(handle);
    const block = blockOf(handle);
    if (k === LARGE_CLASS) return this.#large.entries(block);
    const blocks = this.#classes[k];
    return { numbers: blocks.numbers(block), offset: blocks.offset(block), count: blocks.count(block) };
  }
}

/** Pairs of sequence number and revision: `count` of them from `offset` on. */
interface Entries {
  numbers: Float64Array;
  offset: number;
  count: number;
}

/** Blocks from this class on have an array of their own. */
const LARGE_CLASS = 8;
const LARGE_ENTRIES_MIN = 1 << LARGE_CLASS;
const PAGE_ENTRIES = 4096;
const NONE = -1;

function handleOf(k: number, block: number): number {
  return (block + 1) * 16 + k;
}
function classOf(handle: number): number {
  return handle % 16;
}
function blockOf(handle: number): number {
  return Math.floor(handle / 16) - 1;
}

/** Blocks of one capacity, cut from pages; freed ones form a chain through their first number. */
class BlockClass {
  readonly #pages: Float64Array[] = [];
  readonly #counts: Uint8Array[] = [];
  readonly #blocksPerPage: number;
  /** First block of the chain of free ones, or NONE. */
  #free = NONE;
  #used = 0;

  constructor(readonly capacity: number) {
    this.#blocksPerPage = PAGE_ENTRIES / capacity;
  }

  take(): number {
    let block = this.#free;
    if (block !== NONE) {
      this.#free = this.numbers(block)[this.offset(block)];
    } else {
      block = this.#used++;
      if (block % this.#blocksPerPage === 0) {
        this.#pages.push(new Float64Array(2 * PAGE_ENTRIES));
        this.#counts.push(new Uint8Array(this.#blocksPerPage));
      }
    }
    this.#setCount(block, 0);
    return block;
  }

  give(block: number): void {
    this.numbers(block)[this.offset(block)] = this.#free;
    this.#free = block;
  }

  numbers(block: number): Float64Array {
    return this.#pages[Math.floor(block / this.#blocksPerPage)];
  }

  offset(block: number): number {
    return (block % this.#blocksPerPage) * 2 * this.capacity;
  }

  count(block: number): number {
    return this.#counts[Math.floor(block / this.#blocksPerPage)][block % this.#blocksPerPage];
  }

  #setCount(block: number, count: number): void {
    this.#counts[Math.floor(block / this.#blocksPerPage)][block % this.#blocksPerPage] = count;
  }

  /** Whether there was room. */
  append(block: number, sequence: number, revision: number): boolean {
    const count = this.count(block);
    if (count === this.capacity) return false;
    const at = this.offset(block) + 2 * count;
    const numbers = this.numbers(block);
    numbers[at] = sequence;
    numbers[at + 1] = revision;
    this.#setCount(block, count + 1);
    return true;
  }

  copyFrom(block: number, source: Entries): void {
    const { numbers, offset, count } = source;
    this.numbers(block).set(numbers.subarray(offset, offset + 2 * count), this.offset(block));
    this.#setCount(block, count);
  }

  dropOldest(block: number, dropped: number): void {
    const offset = this.offset(block);
    const count = this.count(block);
    this.numbers(block).copyWithin(offset, offset + 2 * dropped, offset + 2 * count);
    this.#setCount(block, count - dropped);
  }
}

/** Blocks with an array each, which doubles when full; dropping the oldest only moves where the entries start. */
class LargeBlocks {
  readonly #blocks: (Entries | undefined)[] = [];
  readonly #free: number[] = [];

  entries(block: number): Entries {
    const entries = this.#blocks[block];
    assert(entries !== undefined, "A freed block of older events was used");
    return entries;
  }

  take(numbers: Float64Array, offset: number, count: number): number {
    const own = new Float64Array(4 * count);
    own.set(numbers.subarray(offset, offset + 2 * count));
    const block = this.#free.pop() ?? this.#blocks.length;
    this.#blocks[block] = { numbers: own, offset: 0, count };
    return block;
  }

  give(block: number): void {
    this.#blocks[block] = undefined;
    this.#free.push(block);
  }

  count(block: number): number {
    return this.entries(block).count;
  }

  append(block: number, sequence: number, revision: number): void {
    const entries = this.entries(block);
    if (entries.offset + 2 * entries.count === entries.numbers.length) {
      const grown = new Float64Array(Math.max(4 * entries.count, 2 * LARGE_ENTRIES_MIN));
      grown.set(entries.numbers.subarray(entries.offset));
      entries.numbers = grown;
      entries.offset = 0;
    }
    const at = entries.offset + 2 * entries.count;
    entries.numbers[at] = sequence;
    entries.numbers[at + 1] = revision;
    entries.count++;
  }

  dropOldest(block: number, dropped: number): void {
    const entries = this.entries(block);
    entries.offset += 2 * dropped;
    entries.count -= dropped;
    if (entries.numbers.length > 8 * entries.count && entries.count > LARGE_ENTRIES_MIN / 2) {
      const grown = new Float64Array(4 * entries.count);
      grown.set(entries.numbers.subarray(entries.offset, entries.offset + 2 * entries.count));
      entries.numbers = grown;
      entries.offset = 0;
    }
  }
}
