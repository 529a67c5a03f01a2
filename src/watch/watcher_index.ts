import { WireWriter } from "../../proto/writer.ts";
import { assert } from "../base/mod.ts";
import type { KeyRange, KeyText } from "../mvcc/mod.ts";
import { type Change, type EventBatch, makeBatches } from "./event.ts";
import { type HubWatcher, WatcherState } from "./hub_watcher.ts";
import { IntervalTree } from "./interval_tree.ts";
import type { WatchRange } from "./watch_range.ts";

/** The watchers of one range that want the same events of it in the same form, in the order in which they came. Never empty. */
export class WatcherGroup {
  readonly index: WatcherIndex;
  readonly range: WatchRange;
  first: HubWatcher | undefined = undefined;
  last: HubWatcher | undefined = undefined;
  /** The next group with the same keys and other flags. */
  sibling: WatcherGroup | undefined = undefined;
  /** What {@link WatcherIndex.publish} has found for it; empty otherwise. */
  selected: Change[] = [];

  constructor(index: WatcherIndex, range: WatchRange) {
    this.index = index;
    this.range = range;
  }
}

/** What {@link WatcherIndex.publish} is told. */
export interface Publication {
  /** No change at or below this revision is missing from those published. */
  revision: number;
  /** A watcher refused what begins with `revision`. It may be removed. */
  refused(watcher: HubWatcher, revision: number): void;
}

const noChanges: Change[] = [];

/** Watchers by what they watch: those of single keys by hash, those of ranges in an interval tree. */
export class WatcherIndex {
  readonly #single = new Map<KeyText, WatcherGroup>();
  readonly #ranges = new IntervalTree<WatcherGroup>();
  readonly #writer: WireWriter;
  #size = 0;
  /** The watcher that a running {@link publish} goes on with. */
  #next: HubWatcher | undefined;

  /** `writer` encodes events. */
  constructor(writer: WireWriter = new WireWriter()) {
    this.#writer = writer;
  }

  /** Watchers in the index. */
  get size(): number {
    return this.#size;
  }

  /** The range of a group with these keys and flags, so that a new watcher may share it. */
  findRange(keys: KeyRange, flags: number): WatchRange | undefined {
    return this.#findGroup(keys, flags)?.range;
  }

  /** Adds a watcher that is in no index. */
  add(watcher: HubWatcher): void {
    assert(watcher.group === undefined, "A watcher is listed twice");
    const { range } = watcher;
    const group = this.#findGroup(range.keys, range.flags) ?? this.#addGroup(range);
    watcher.group = group;
    watcher.previous = group.last;
    if (group.last === undefined) group.first = watcher;
    else group.last.next = watcher;
    group.last = watcher;
    this.#size++;
  }

  /** Removes a watcher of this index. */
  remove(watcher: HubWatcher): void {
    const { group, next, previous } = watcher;
    assert(group?.index === this, "A watcher is not where it should be listed");
    if (this.#next === watcher) this.#next = next;
    if (previous === undefined) group.first = next;
    else previous.next = next;
    if (next === undefined) group.last = previous;
    else next.previous = previous;
    unlist(watcher);
    this.#size--;
    if (group.first === undefined) this.#removeGroup(group);
  }

  /** Removes all watchers and returns them. */
  takeAll(): HubWatcher[] {
    const all: HubWatcher[] = [];
    const take = (head: WatcherGroup) => {
      for (let group: WatcherGroup | undefined = head; group !== undefined; group = group.sibling) {
        for (let watcher = group.first; watcher !== undefined;) {
          const next: HubWatcher | undefined = watcher.next;
          unlist(watcher);
          all.push(watcher);
          watcher = next;
        }
        group.first = group.last = undefined;
      }
    };
    for (const head of this.#single.values()) take(head);
    this.#ranges.forEach(take);
    this.#single.clear();
    this.#ranges.clear();
    this.#size = 0;
    this.#next = undefined;
    return all;
  }

  /** Hands changes, which are in the order of their revisions, to those who watch them. Returns how many events were taken. */
  publish(changes: readonly Change[], publication: Publication): number {
    let taken = 0;
    for (const group of this.#select(changes)) {
      const { selected } = group;
      group.selected = noChanges;
      taken += this.#deliver(group, selected, publication);
    }
    return taken;
  }

  /** The groups that want any of the changes, which stand then in `selected`. */
  #select(changes: readonly Change[]): WatcherGroup[] {
    const touched: WatcherGroup[] = [];
    let change: Change;
    const offer = (head: WatcherGroup) => {
      for (let group: WatcherGroup | undefined = head; group !== undefined; group = group.sibling) {
        if (!group.range.wants(change)) continue;
        if (group.selected.length > 0) {
          group.selected.push(change);
        } else {
          group.selected = [change];
          touched.push(group);
        }
      }
    };
    for (let i = 0; i < changes.length; i++) {
      change = changes[i];
      const single = this.#single.get(change.key);
      if (single !== undefined) offer(single);
      if (this.#ranges.size > 0) this.#ranges.containing(change.key, offer);
    }
    return touched;
  }

  #deliver(group: WatcherGroup, changes: readonly Change[], publication: Publication): number {
    const batches = this.#batchesOf(group, changes, publication);
    const { firstRevision } = batches[0];
    let taken = 0;
    for (let watcher = group.first; watcher !== undefined; watcher = this.#next) {
      this.#next = watcher.next;
      if (watcher.from <= firstRevision) {
        taken += handOver(watcher, batches, publication);
      } else {
        const { from } = watcher;
        const own = changes.filter(({ revision }) => revision >= from);
        taken += handOver(watcher, this.#batchesOf(group, own, publication), publication);
      }
    }
    return taken;
  }

  #batchesOf(group: WatcherGroup, changes: readonly Change[], { revision }: Publication): EventBatch[] {
    return makeBatches(changes, { writer: this.#writer, prevKv: group.range.prevKv, revision });
  }

  #headOf(keys: KeyRange): WatcherGroup | undefined {
    return keys.single ? this.#single.get(keys.from) : this.#ranges.get(keys);
  }

  #setHead(keys: KeyRange, head: WatcherGroup): void {
    if (keys.single) this.#single.set(keys.from, head);
    else this.#ranges.set(keys, head);
  }

  #findGroup(keys: KeyRange, flags: number): WatcherGroup | undefined {
    let group = this.#headOf(keys);
    while (group !== undefined && group.range.flags !== flags) group = group.sibling;
    return group;
  }

  #addGroup(range: WatchRange): WatcherGroup {
    const group = new WatcherGroup(this, range);
    const head = this.#headOf(range.keys);
    if (head === undefined) {
      this.#setHead(range.keys, group);
    } else {
      group.sibling = head.sibling;
      head.sibling = group;
    }
    return group;
  }

  #removeGroup(group: WatcherGroup): void {
    const { keys } = group.range;
    const head = this.#headOf(keys)!;
    if (head !== group) {
      let before = head;
      while (before.sibling !== group) before = before.sibling!;
      before.sibling = group.sibling;
    } else if (group.sibling !== undefined) {
      this.#setHead(keys, group.sibling);
    } else if (keys.single) {
      this.#single.delete(keys.from);
    } else {
      this.#ranges.delete(keys);
    }
  }
}

function unlist(watcher: HubWatcher): void {
  watcher.group = undefined;
  watcher.next = undefined;
  watcher.previous = undefined;
}

/** Gives batch after batch until one is refused, or the watcher ends; how many events were taken. */
function handOver(watcher: HubWatcher, batches: readonly EventBatch[], publication: Publication): number {
  let taken = 0;
  for (let i = 0; i < batches.length; i++) {
    const batch = batches[i];
    const accepted = watcher.sink.take(batch);
    if (accepted) taken += batch.count;
    if (watcher.state === WatcherState.Ended) break;
    if (accepted) continue;
    publication.refused(watcher, batch.firstRevision);
    break;
  }
  return taken;
}
