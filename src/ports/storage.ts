/** Buckets whose keys are whole numbers from 0 to 2^53-1, in numeric order: the Raft log and the keyspace's history. */
export type NumberedBucket = "log" | "history";

/** Buckets whose keys are byte strings, in byte order: the small state. */
export type NamedBucket = "meta" | "lease" | "auth" | "alarm" | "member";

/** A row of a numbered bucket. `value` belongs to the reader. */
export interface NumberedRow {
  /** A whole number from 0 to 2^53-1. */
  key: number;
  /** What is stored there. */
  value: Uint8Array;
}

/** A row of a named bucket. `key` and `value` belong to the reader. */
export interface NamedRow {
  /** Any byte string. */
  key: Uint8Array;
  /** What is stored there. */
  value: Uint8Array;
}

/** Keys of a numbered bucket. */
export interface NumberedRange {
  /** First key, inclusive. */
  from: number;
  /** Where it ends, exclusive. */
  to: number;
}

/** Which rows of a bucket to read: keys in [`from`, `to`), at most `limit` of them, ascending unless `reverse`. */
export interface Scan<Key> {
  /** First key, inclusive; the bucket's start when absent. */
  from?: Key;
  /** Where to stop, exclusive; the bucket's end when absent. */
  to?: Key;
  /** At most this many rows. */
  limit: number;
  /** From the highest key downwards. */
  reverse?: boolean;
}

/** One change of a {@link WriteBatch}. Ranges are [`from`, `to`). */
export type WriteOp =
  | { kind: "putNumbered"; bucket: NumberedBucket; key: number; value: Uint8Array }
  | { kind: "deleteNumbered"; bucket: NumberedBucket; key: number }
  | { kind: "deleteNumberedRange"; bucket: NumberedBucket; from: number; to: number }
  | { kind: "putNamed"; bucket: NamedBucket; key: Uint8Array; value: Uint8Array }
  | { kind: "deleteNamed"; bucket: NamedBucket; key: Uint8Array }
  | { kind: "deleteNamedRange"; bucket: NamedBucket; from: Uint8Array; to?: Uint8Array };

/**
 * Changes that are made together or not at all, in the order in which they were added. The batch refers to the bytes it is
 * given: they must not change until `apply` has returned.
 */
export class WriteBatch {
  /** The changes, in order. */
  readonly ops: WriteOp[] = [];

  /** Stores `value` at `key`, in place of what is there. */
  putNumbered(bucket: NumberedBucket, key: number, value: Uint8Array): void {
    this.ops.push({ kind: "putNumbered", bucket, key, value });
  }
  /** Removes the row at `key`, if there is one. */
  deleteNumbered(bucket: NumberedBucket, key: number): void {
    this.ops.push({ kind: "deleteNumbered", bucket, key });
  }
  /** Removes all rows in [`from`, `to`). */
  deleteNumberedRange(bucket: NumberedBucket, from: number, to: number): void {
    this.ops.push({ kind: "deleteNumberedRange", bucket, from, to });
  }
  /** Stores `value` at `key`, in place of what is there. */
  putNamed(bucket: NamedBucket, key: Uint8Array, value: Uint8Array): void {
    this.ops.push({ kind: "putNamed", bucket, key, value });
  }
  /** Removes the row at `key`, if there is one. */
  deleteNamed(bucket: NamedBucket, key: Uint8Array): void {
    this.ops.push({ kind: "deleteNamed", bucket, key });
  }
  /** Removes all rows in [`from`, `to`), or from `from` to the end. */
  deleteNamedRange(bucket: NamedBucket, from: Uint8Array, to?: Uint8Array): void {
    this.ops.push({ kind: "deleteNamedRange", bucket, from, to });
  }
  /** Whether there is nothing to do. */
  get isEmpty(): boolean {
    return this.ops.length === 0;
  }
}

/** How much space a store takes, in bytes. */
export interface StorageSize {
  /** All that the store's content occupies, in files or in memory, without a log that is written ahead of it. */
  totalBytes: number;
  /** What of it holds data; the rest is reused before the store grows. */
  inUseBytes: number;
}

/** Every numbered bucket, in the order of the snapshot format. */
export const numberedBuckets: readonly NumberedBucket[] = ["log", "history"];

/** Every named bucket, in the order of the snapshot format. */
export const namedBuckets: readonly NamedBucket[] = ["meta", "lease", "auth", "alarm", "member"];

/**
 * What went wrong in a store.
 * - `noSpace`: the device or the store's own limit is full.
 * - `io`: the operating system refused a read, a write or a sync.
 * - `corrupt`: what was read is not what was written.
 * - `closed`: the store has been closed, or a simulated crash took it away.
 * - `locked`: another process (or another adapter of this one) has the data directory.
 * - `version`: the content was written by a newer version, or is not detcd's.
 * - `aborted`: the store gave up this one operation to keep a bound, or for a `restore`, and goes on.
 */
export type StorageFault = "noSpace" | "io" | "corrupt" | "closed" | "locked" | "version" | "aborted";

/**
 * A failure of the store. After a `noSpace`, `io` or `corrupt` fault of `apply` or `sync` nothing more may be acknowledged:
 * every later `apply` and `sync` fails with the same fault until the store is opened anew, while reads go on.
 */
export class StorageError extends Error {
  /** The class's name, as stack traces show it. */
  override readonly name = "StorageError";
  /** `fault` says what is wrong, `message` for people. */
  constructor(readonly fault: StorageFault, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Where a member keeps its log, its history and its small state. Reads and `apply` are synchronous; `sync` makes what was
 * applied before its call survive a power cut. Every stored row carries a checksum; reading a damaged one throws a `corrupt`
 * fault, never a wrong value.
 */
export interface StorageAdapter {
  /** The adapter's name for logs and metrics, such as "sqlite". */
  readonly name: string;

  /** The value at `key`, or undefined. */
  getNumbered(bucket: NumberedBucket, key: number): Uint8Array | undefined;
  /** The values at `keys`, which are in ascending order; undefined where there is none. Cheaper than one by one. */
  getNumberedMany(bucket: NumberedBucket, keys: readonly number[]): (Uint8Array | undefined)[];
  /**
   * Calls `visit` with what {@link getNumberedMany} answers, value after value. For long reads of which nothing is kept: a value is valid
   * until `visit` returns, must not be changed, and its memory may be used again. `visit` must not call the adapter.
   */
  visitNumberedMany(
    bucket: NumberedBucket,
    keys: readonly number[],
    visit: (value: Uint8Array | undefined) => void,
  ): void;
  /** Rows in key order; see {@link Scan}. */
  scanNumbered(bucket: NumberedBucket, scan: Scan<number>): NumberedRow[];
  /**
   * Bytes that the values in these ranges have together, 0 where there are none; a row in two ranges counts twice. No value is read for it, nor
   * its checksum compared: it costs no more than a look at the rows' places.
   */
  numberedBytes(bucket: NumberedBucket, ranges: readonly NumberedRange[]): number;
  /** The value at `key`, or undefined. */
  getNamed(bucket: NamedBucket, key: Uint8Array): Uint8Array | undefined;
  /** Rows in key order; see {@link Scan}. */
  scanNamed(bucket: NamedBucket, scan: Scan<Uint8Array>): NamedRow[];

  /**
   * Makes all changes of the batch, or none and throws. They are visible at once, durable after the next {@link sync}. After a
   * power cut, what survives of the batches applied since the last completed sync is a prefix of them, each whole.
   */
  apply(batch: WriteBatch): void;
  /**
   * Resolves when everything applied before this call would survive a power cut. Rejects with a {@link StorageError}. Calls may
   * overlap; they share the work.
   */
  sync(): Promise<void>;

  /** Space taken and space in use; cheap enough for every request. */
  size(): StorageSize;
  /** Gives unused space back, in slices of a few milliseconds between which other work runs. */
  defragment(): Promise<void>;
  /**
   * The whole content as of the call, in the neutral format of docs/storage_adapter.md, while writes go on. The view is held
   * until the iteration ends: iterate to the end, or call the iterator's `return`. Fails with `aborted` when it holds up the
   * store for too long, or at a {@link restore}.
   */
  snapshot(): AsyncIterable<Uint8Array>;
  /**
   * Replaces the whole content by that of a snapshot, atomically: old content or new, also after a crash; durable when it
   * resolves. Batches applied while it runs belong to the old content. A stream that is damaged or cut short is refused with
   * `corrupt`, one of a newer format with `version`, and the old content stays.
   */
  restore(snapshot: AsyncIterable<Uint8Array>): Promise<void>;
  /** Makes everything durable and lets go of all resources. Every later call fails with `closed`, except a second `close`. */
  close(): Promise<void>;
}
