import type { HistoryCursor } from "../mvcc/mod.ts";
import type { Change } from "./event.ts";
import type { WatcherIndex } from "./watcher_index.ts";

/** Watchers that read the history together. */
export class Convoy {
  /** Everything below has been given to all of them. A watcher's own `fromRevision` may be higher. */
  from: number;
  readonly index: WatcherIndex;
  /** Where to read on; opened when it is first needed. At `from`, but for what `held` has. */
  cursor: HistoryCursor | undefined = undefined;
  /** The first changes of revision `from`, until the rest of it has been read. */
  held: Change[] = [];

  constructor(from: number, index: WatcherIndex) {
    this.from = from;
    this.index = index;
  }
}

/** Convoys by where they are, and in the order of their turns. */
export class ConvoyList {
  /** Ascending by `from`, which must not change meanwhile. */
  readonly #sorted: Convoy[] = [];
  readonly #turns = new Set<Convoy>();

  /** How many there are. */
  get size(): number {
    return this.#sorted.length;
  }

  /** Adds a convoy; its turn comes after all others'. */
  add(convoy: Convoy): void {
    this.#sorted.splice(this.#countBelow(convoy.from + 1), 0, convoy);
    this.#turns.add(convoy);
  }

  remove(convoy: Convoy): void {
    this.#sorted.splice(this.#sorted.indexOf(convoy, this.#countBelow(convoy.from)), 1);
    this.#turns.delete(convoy);
  }

  /** Removes the convoy whose turn it is. */
  takeNext(): Convoy | undefined {
    for (const convoy of this.#turns) {
      this.remove(convoy);
      return convoy;
    }
    return undefined;
  }

  /** Convoys with `from` in [`low`, `high`], ascending. */
  between(low: number, high: number): Convoy[] {
    return this.#sorted.slice(this.#countBelow(low), this.#countBelow(high + 1));
  }

  #countBelow(from: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle].from < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
