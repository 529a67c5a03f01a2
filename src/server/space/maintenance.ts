import { errors, EtcdError, exponentialBounds, type Gauge, type Histogram, type Registry } from "../../base/mod.ts";
import { type HashResult, type KeySpace, RowHash } from "../../mvcc/mod.ts";
import { type Clock, namedBuckets, type StorageAdapter, type StorageSize, visitNamed } from "../../ports/mod.ts";
import type { Reader } from "../reads.ts";
import { runInSlices, type Sliced } from "../slices.ts";

/** What a {@link Maintenance} works with. */
export interface MaintenanceParts {
  storage: StorageAdapter;
  keyspace: KeySpace;
  clock: Clock;
  registry: Registry;
  /** Storage or the keyspace has failed while it was read. */
  onFault(error: unknown): void;
}

/** Rows of the small state that are read in one go. */
const hashPageRows = 256;

/** The upkeep of a member's storage: its size, giving back space, hashes and copies of all that is in it. */
export class Maintenance {
  readonly #parts: MaintenanceParts;
  readonly #defragmentSeconds: Histogram;
  readonly #defragmenting: Gauge;
  readonly #snapshotSeconds: Histogram;
  readonly #hashSeconds: Histogram;
  readonly #hashRevisionSeconds: Histogram;
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
    this.#hashSeconds = registry.histogram("etcd_mvcc_hash_duration_seconds", {
      help: "The latency distribution of storage hash operation.",
      bounds: exponentialBounds(0.01, { factor: 2, count: 15 }),
    });
    this.#hashRevisionSeconds = registry.histogram("etcd_mvcc_hash_rev_duration_seconds", {
      help: "The latency distribution of storage hash by revision operation.",
      bounds: exponentialBounds(0.01, { factor: 2, count: 15 }),
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

  /** Hashes the keyspace up to a revision, 0 for the newest; see KeySpace.hashSlices. */
  hashKeySpace(revision: number, reader: Reader<HashResult>): void {
    this.#hash(this.#parts.keyspace.hashSlices(revision), { reader, seconds: this.#hashRevisionSeconds });
  }

  /**
   * Hashes the keyspace at the newest revision, and leases, users, alarms and members as they are stored when they are come to: for tests. What is
   * stored of the log and of how far it is applied differs between members and is left out.
   */
  hashAll(reader: Reader<{ hash: number }>): void {
    this.#hash(this.#hashAllSlices(), { reader, seconds: this.#hashSeconds });
  }

  *#hashAllSlices(): Generator<undefined, { hash: number }> {
    const { keyspace, storage } = this.#parts;
    const sum = new RowHash();
    const { hash } = yield* keyspace.hashSlices(0);
    sum.add(new Uint8Array(Uint32Array.of(hash).buffer));
    for (const bucket of namedBuckets) {
      if (bucket === "meta") continue;
      yield* visitNamed(storage, bucket, {
        pageRows: hashPageRows,
        visit: ({ key, value }) => {
          sum.add(key);
          sum.add(value);
        },
      });
    }
    return { hash: sum.value };
  }

  #hash<Result>(
    work: Sliced<undefined, Result>,
    { reader, seconds }: { reader: Reader<Result>; seconds: Histogram },
  ): void {
    const { clock, onFault } = this.#parts;
    const startedMs = clock.monotonicMs();
    runInSlices(work, {
      clock,
      finished: (result) => {
        seconds.observe((clock.monotonicMs() - startedMs) / 1000);
        reader.finished(result);
      },
      failed: (error) => {
        if (error instanceof EtcdError) return reader.failed(error);
        reader.failed(errors.corrupt());
        onFault(error);
      },
      isGone: () => reader.isGone(),
    });
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
