import type { KeySpace } from "../mvcc/mod.ts";
import type { Clock } from "../ports/mod.ts";

/** What a {@link Compactor} works with. */
export interface CompactorParts {
  keyspace: KeySpace;
  clock: Clock;
  /** Stores the effects of a slice before long, then calls back. */
  storeEffects(stored: () => void): void;
  /** Makes durable what has been stored. */
  sync(): Promise<void>;
}

/**
 * Takes compacted history out of index and storage, slice by slice. The next slice begins when the one before is stored, so
 * that removals neither pile up in memory nor crowd out client requests.
 */
export class Compactor {
  readonly #parts: CompactorParts;
  #work: Generator<unknown, void> | undefined;
  #waiting: (() => void)[] = [];
  #isClosed = false;

  constructor(parts: CompactorParts) {
    this.#parts = parts;
  }

  /** Begins, or goes on after the compaction at hand; `done` is called when all that is compacted by now is durably gone. */
  start(done?: () => void): void {
    if (done !== undefined) this.#waiting.push(done);
    if (this.#work !== undefined) return;
    this.#work = this.#parts.keyspace.compactionSlices();
    this.#slice();
  }

  /** Ends between two slices; the keyspace goes on from there when it is opened again. */
  close(): void {
    this.#isClosed = true;
    this.#work?.return();
  }

  #slice(): void {
    if (this.#isClosed) return;
    if (this.#work!.next().done) {
      this.#work = undefined;
      void this.#finish(this.#waiting.splice(0));
      return;
    }
    this.#parts.storeEffects(() => this.#parts.clock.nextTurn(() => this.#slice()));
  }

  async #finish(waiting: (() => void)[]): Promise<void> {
    await new Promise<void>((stored) => this.#parts.storeEffects(stored));
    await this.#parts.sync();
    for (const done of waiting) done();
  }
}
