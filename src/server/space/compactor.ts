import { unreachable } from "../../base/mod.ts";
import type { KeySpace } from "../../mvcc/mod.ts";
import type { Clock, Logger, StorageSize, Timer } from "../../ports/mod.ts";
import type { CompactionMetrics } from "../measure/metrics.ts";
import { durationText } from "../measure/timings.ts";

/** What a {@link Compactor} works with. */
export interface CompactorParts {
  keyspace: KeySpace;
  clock: Clock;
  logger: Logger;
  metrics: CompactionMetrics;
  /** Rest between two slices that go to storage; default {@link restDefaultMs}. */
  restMs?: number;
  /** Stores the effects of a slice before long, then calls back. */
  storeEffects(stored: () => void): void;
  /** Makes durable what has been stored. */
  sync(): Promise<void>;
  /** The storage's size. */
  size(): StorageSize;
  /** Storage or the keyspace has failed. */
  onFault(error: unknown): void;
}

/** How often a compaction that readers hold back looks whether they have finished. */
const pinnedRetryMs = 10;
/**
 * Rest between two slices that go to storage: each changes some 400 KB of pages, which must be written twice, and the device is the client
 * requests' too. etcd rests for 10 ms between slices of this size.
 */
const restDefaultMs = 5;

/**
 * Takes compacted history out of index and storage, slice by slice. The next slice begins a while after the one before is
 * stored, so that removals neither pile up in memory nor crowd out client requests.
 */
export class Compactor {
  readonly #parts: CompactorParts;
  #work: ReturnType<KeySpace["compactionSlices"]> | undefined;
  /** The next slice, when it waits for a time. */
  #later: Timer | undefined;
  #waiting: (() => void)[] = [];
  #isClosed = false;
  #startedMs = 0;
  /** Revisions that compactions had removed when this one began. */
  #compactedBefore = 0;

  constructor(parts: CompactorParts) {
    this.#parts = parts;
  }

  /** Begins, unless it is at work: then it does this too. `done` is called when all that is compacted by now is durably gone. */
  start(done?: () => void): void {
    if (done !== undefined) this.#waiting.push(done);
    if (this.#work !== undefined || this.#isClosed) return;
    const { keyspace, clock } = this.#parts;
    this.#work = keyspace.compactionSlices();
    this.#startedMs = clock.monotonicMs();
    this.#compactedBefore = keyspace.counts.compactedRevisions;
    clock.afterInput(() => this.#slice());
  }

  /** Ends between two slices; the keyspace goes on from there when it is opened again. */
  close(): void {
    this.#isClosed = true;
    this.#later?.cancel();
    this.#work?.return();
  }

  #slice(): void {
    if (this.#isClosed) return;
    const { clock, metrics, restMs = restDefaultMs, storeEffects, onFault } = this.#parts;
    try {
      const startedMs = clock.monotonicMs();
      const step = this.#work!.next();
      metrics.indexPauseMs.observe(clock.monotonicMs() - startedMs);
      if (step.done) {
        this.#work = undefined;
        this.#finish(this.#waiting.splice(0)).catch(onFault);
        return;
      }
      switch (step.value) {
        case "working":
          return clock.afterInput(() => this.#slice());
        case "pinned":
          this.#later = clock.after(pinnedRetryMs, () => this.#slice());
          return;
        case "storage":
          return storeEffects(() => {
            metrics.storagePauseMs.observe(clock.monotonicMs() - startedMs);
            if (!this.#isClosed) this.#later = clock.after(restMs, () => this.#slice());
          });
        default:
          return unreachable(step);
      }
    } catch (error) {
      onFault(error);
    }
  }

  async #finish(waiting: (() => void)[]): Promise<void> {
    await new Promise<void>((stored) => this.#parts.storeEffects(stored));
    await this.#parts.sync();
    this.#report();
    for (const done of waiting) done();
  }

  #report(): void {
    const { keyspace, clock, logger, metrics, size } = this.#parts;
    const tookMs = clock.monotonicMs() - this.#startedMs;
    metrics.totalMs.observe(tookMs);
    metrics.lastSeconds.set(Math.floor(clock.wallMs() / 1000));
    const { totalBytes, inUseBytes } = size();
    logger.info("finished scheduled compaction", {
      "compact-revision": keyspace.compactRevision,
      took: durationText(tookMs),
      "number-of-keys-compacted": keyspace.counts.compactedRevisions - this.#compactedBefore,
      "current-db-size-bytes": totalBytes,
      "current-db-size-in-use-bytes": inUseBytes,
    });
  }
}
