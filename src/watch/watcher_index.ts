import { WireWriter } from "../../proto/writer.ts";
import { assert } from "../base/mod.ts";
import type { KeyRange, KeyText } from "../mvcc/mod.ts";
import { type Change, type EventBatch, makeBatches } from "./event.ts";
import { type HubWatcher, WatcherState } from "./hub_watcher.ts";
import { IntervalTree } from "./interval_tree.ts";
import { letsThrough, wantsPrevious, type WatchFlags } from "./watch_flags.ts";

/** What {@link WatcherIndex.publish} is told. */
export interface Publication {
  /** No change at or below this revision is missing from those published. */
  revision: number;
  /** A watcher refused what begins with `revision`. It may be removed. */
  refused(watcher: HubWatcher, revision: number): void;
}

/**
 * Watchers by what they watch: those of single keys by hash, those of ranges in an interval tree. Those with the same keys are a list, in the order
 * in which they came; of each list only the first is known here, so that a watcher alone with its key needs nothing but itself.
 */
export class WatcherIndex {
  readonly #single = new Map<KeyText, HubWatcher>();
  readonly #ranges = new IntervalTree<HubWatcher>();
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

  /** The first watcher of exactly these keys. */
  first(range: KeyRange): HubWatcher | undefined {
    return range.single ? this.#single.get(range.from) : this.#ranges.get(range);
  }

  /** Adds a watcher that is in no index. */
  add(watcher: HubWatcher): void {
    assert(watcher.index === undefined, "A watcher is listed twice");
    watcher.index = this;
    const first = this.first(watcher);
    if (first === undefined) {
      watcher.previous = watcher;
      this.#setFirst(watcher);
    } else {
      const last = first.previous!;
      last.next = watcher;
      watcher.previous = last;
      first.previous = watcher;
    }
    this.#size++;
  }

  /** Removes a watcher of this index. */
  remove(watcher: HubWatcher): void {
    assert(watcher.index === this, "A watcher is not where it should be listed");
    const { next } = watcher;
    const previous = watcher.previous!;
    if (this.#next === watcher) this.#next = next;
    if (previous.next === watcher) {
      previous.next = next;
      (next ?? this.first(watcher)!).previous = previous;
    } else if (next !== undefined) {
      next.previous = previous;
      this.#setFirst(next);
    } else if (watcher.single) {
      this.#single.delete(watcher.from);
    } else {
      this.#ranges.delete(watcher);
    }
    unlist(watcher);
    this.#size--;
  }

  /** Removes all watchers and returns them. */
  takeAll(): HubWatcher[] {
    const all: HubWatcher[] = [];
    const take = (first: HubWatcher) => {
      for (let watcher: HubWatcher | undefined = first; watcher !== undefined;) {
        const next: HubWatcher | undefined = watcher.next;
        unlist(watcher);
        all.push(watcher);
        watcher = next;
      }
    };
    for (const first of this.#single.values()) take(first);
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
    for (const [range, selected] of this.#select(changes)) taken += this.#deliver(range, selected, publication);
    return taken;
  }

  /** The keys that are watched of which there are changes, with these. */
  #select(changes: readonly Change[]): Map<KeyRange, Change[]> {
    const selected = new Map<KeyRange, Change[]>();
    let change: Change;
    const offer = (first: HubWatcher) => {
      const others = selected.get(first);
      if (others === undefined) selected.set(first, [change]);
      else others.push(change);
    };
    for (let i = 0; i < changes.length; i++) {
      change = changes[i];
      const single = this.#single.get(change.key);
      if (single !== undefined) offer(single);
      if (this.#ranges.size > 0) this.#ranges.containing(change.key, offer);
    }
    return selected;
  }

  /** Hands changes to the watchers of `range`. Who was the first of them before may have ended since. */
  #deliver(range: KeyRange, changes: readonly Change[], publication: Publication): number {
    /** By flags: what those get that miss nothing of it. */
    const forms: EventBatch[][] = [];
    let taken = 0;
    for (let watcher = this.first(range); watcher !== undefined; watcher = this.#next) {
      this.#next = watcher.next;
      const { flags, fromRevision } = watcher;
      let batches = forms[flags] ??= this.#batchesOf(changes, flags, publication);
      if (batches.length > 0 && fromRevision > batches[0].firstRevision) {
        batches = this.#batchesOf(changes.filter(({ revision }) => revision >= fromRevision), flags, publication);
      }
      taken += handOver(watcher, batches, publication);
    }
    return taken;
  }

  #batchesOf(changes: readonly Change[], flags: WatchFlags, { revision }: Publication): EventBatch[] {
    const wanted = changes.filter((change) => letsThrough(flags, change));
    return makeBatches(wanted, { writer: this.#writer, prevKv: wantsPrevious(flags), revision });
  }

  #setFirst(watcher: HubWatcher): void {
    if (watcher.single) this.#single.set(watcher.from, watcher);
    else this.#ranges.set(watcher, watcher);
  }
}

function unlist(watcher: HubWatcher): void {
  watcher.index = undefined;
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
