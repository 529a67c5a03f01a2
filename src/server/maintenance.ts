import { exponentialBounds, type Gauge, type Histogram, type Registry } from "../base/mod.ts";
import type { Clock, StorageAdapter, StorageSize } from "../ports/mod.ts";

/** What a {@link Maintenance} works with. */
export interface MaintenanceParts {
  storage: StorageAdapter;
  clock: Clock;
  registry: Registry;
}

/** The upkeep of a member's storage: its size, giving back space, and copies of all that is in it. */
export class Maintenance {
  readonly #parts: MaintenanceParts;
  readonly #defragmentSeconds: Histogram;
  readonly #defragmenting: Gauge;
  readonly #snapshotSeconds: Histogram;
  #defragment: Promise<void> | undefined;

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
    const { registry } = parts;
    this.#defragmentSeconds = registry.histogram("etcd_disk_backend_defrag_duration_seconds", {
      help: "The latency distribution of backend defragmentation.",
      bounds: exponentialBounds(0.1, { factor: 2, count: 13 }),
    });
    this.#defragmenting = registry.gauge("etcd_disk_defrag_inflight", {
      help: "Whether or not defrag is active on the member. 1 means active, 0 means not.",
    });
    this.#snapshotSeconds = registry.histogram("etcd_disk_backend_snapshot_duration_seconds", {
      help: "The latency distribution of backend snapshots.",
      bounds: exponentialBounds(0.01, { factor: 2, count: 17 }),
    });
  }

  /** The storage's size. */
  size(): StorageSize {
    return this.#parts.storage.size();
  }

  /** Gives unused space back to the file system. Who calls while that goes on shares its end. */
  defragment(): Promise<void> {
    return this.#defragment ??= this.#runDefragment().finally(() => this.#defragment = undefined);
  }

  /**
   * All that is in storage as of the iteration's first step, in the format of docs/storage_adapter.md. Iterate to the end, or call the iterator's `return`.
   */
  async *snapshot(): AsyncGenerator<Uint8Array, void, void> {
    const { clock, storage } = this.#parts;
    const startedMs = clock.monotonicMs();
    yield* storage.snapshot();
    this.#snapshotSeconds.observe((clock.monotonicMs() - startedMs) / 1000);
  }

  async #runDefragment(): Promise<void> {
    const { clock, storage } = this.#parts;
    const startedMs = clock.monotonicMs();
    this.#defragmenting.set(1);
    try {
      await storage.defragment();
      this.#defragmentSeconds.observe((clock.monotonicMs() - startedMs) / 1000);
    } finally {
      this.#defragmenting.set(0);
    }
  }
}
