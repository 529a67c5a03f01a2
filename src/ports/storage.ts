/** Buckets whose keys are whole numbers from 0 to 2^53-1, in numeric order: the Raft log and the keyspace's history. */
export type NumberedBucket = "log" | "history";

/** Buckets whose keys are byte strings, in byte order: the small state. */
export type NamedBucket = "meta" | "lease" | "auth" | "alarm" | "member";

/** A row of a numbered bucket. `value` belongs to the reader. */
export interface NumberedRow {
  key: number;
  value: Uint8Array;
}

/** A row of a named bucket. `key` and `value` belong to the reader. */
export interface NamedRow {
  key: Uint8Array;
  value: Uint8Array;
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

  putNumbered(bucket: NumberedBucket, key: number, value: Uint8Array): void {
    this.ops.push({ kind: "putNumbered", bucket, key, value });
  }
  deleteNumbered(bucket: NumberedBucket, key: number): void {
    this.ops.push({ kind: "deleteNumbered", bucket, key });
  }
  deleteNumberedRange(bucket: NumberedBucket, from: number, to: number): void {
    this.ops.push({ kind: "deleteNumberedRange", bucket, from, to });
  }
  putNamed(bucket: NamedBucket, key: Uint8Array, value: Uint8Array): void {
    this.ops.push({ kind: "putNamed", bucket, key, value });
  }
  deleteNamed(bucket: NamedBucket, key: Uint8Array): void {
    this.ops.push({ kind: "deleteNamed", bucket, key });
  }
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
  /** All that the store occupies, in files or in memory. */
  totalBytes: number;
  /** What of it holds data; the rest is reused before the store grows. */
  inUseBytes: number;
}

/** Why a store can no longer be written to, or read. */
export type StorageFault = "noSpace" | "io" | "corrupt" | "closed" | "locked" | "version";

/** A failure of the store. After a `noSpace`, `io` or `corrupt` fault of `apply` or `sync` nothing more may be acknowledged. */
export class StorageError extends Error {
  override readonly name = "StorageError";
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
  /** Rows in key order; see {@link Scan}. */
  scanNumbered(bucket: NumberedBucket, scan: Scan<number>): NumberedRow[];
  /** The value at `key`, or undefined. */
  getNamed(bucket: NamedBucket, key: Uint8Array): Uint8Array | undefined;
  /** Rows in key order; see {@link Scan}. */
  scanNamed(bucket: NamedBucket, scan: Scan<Uint8Array>): NamedRow[];

  /** Makes all changes of the batch, or none and throws. They are visible at once, durable after the next {@link sync}. */
  apply(batch: WriteBatch): void;
  /** Resolves when everything applied before this call would survive a power cut. Rejects with a {@link StorageError}. */
  sync(): Promise<void>;

  /** Space taken and space in use. */
  size(): StorageSize;
  /** Gives unused space back, in slices of a few milliseconds between which other work runs. */
  defragment(): Promise<void>;
  /** The whole content as of the call, in the neutral format of docs/storage_adapter.md, while writes go on. */
  snapshot(): AsyncIterable<Uint8Array>;
  /** Replaces the whole content by that of a snapshot, atomically: old content or new, also after a crash. */
  restore(snapshot: AsyncIterable<Uint8Array>): Promise<void>;
  /** Makes everything durable and lets go of all resources. */
  close(): Promise<void>;
}
