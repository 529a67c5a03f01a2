import { compareBytes, unreachable } from "../../src/base/mod.ts";
import {
  type NamedBucket,
  namedBuckets,
  type NamedRow,
  type NumberedBucket,
  numberedBuckets,
  type NumberedRange,
  type NumberedRow,
  type Scan,
  type StorageAdapter,
  StorageError,
  type StorageSize,
  type WriteBatch,
  type WriteOp,
} from "../../src/ports/mod.ts";
import { decodeSnapshot, encodeSnapshot, type SnapshotSource } from "../snapshot_format.ts";
import { assertNumberedKey } from "../keys.ts";
import { OrderedMap } from "./ordered_map.ts";

type Rows<Key> = OrderedMap<Key, Uint8Array>;

/** Estimated bytes that a row takes beside its key and value. */
const rowOverheadBytes = 64;
const numberedKeyBytes = 8;
const snapshotPageRows = 256;

/** All rows of a store, by bucket. The map owns its keys and values. */
class Content {
  readonly numbered = new Map<NumberedBucket, Rows<number>>(
    numberedBuckets.map((bucket) => [bucket, new OrderedMap((a: number, b: number) => a - b)]),
  );
  readonly named = new Map<NamedBucket, Rows<Uint8Array>>(
    namedBuckets.map((bucket) => [bucket, new OrderedMap(compareBytes)]),
  );
  bytes = 0;

  /** A content of the same rows that changes of this one do not reach. */
  fork(): Content {
    const fork = new Content();
    for (const [bucket, rows] of this.numbered) fork.numbered.set(bucket, rows.fork());
    for (const [bucket, rows] of this.named) fork.named.set(bucket, rows.fork());
    return fork;
  }

  putNumbered(bucket: NumberedBucket, key: number, value: Uint8Array): void {
    const old = this.numbered.get(bucket)!.set(key, value);
    this.bytes += value.length - (old === undefined ? -(numberedKeyBytes + rowOverheadBytes) : old.length);
  }

  putNamed(bucket: NamedBucket, key: Uint8Array, value: Uint8Array): void {
    const old = this.named.get(bucket)!.set(key, value);
    this.bytes += value.length - (old === undefined ? -(key.length + rowOverheadBytes) : old.length);
  }

  deleteNumbered(bucket: NumberedBucket, key: number): void {
    const old = this.numbered.get(bucket)!.delete(key);
    if (old !== undefined) this.bytes -= old.length + numberedKeyBytes + rowOverheadBytes;
  }

  deleteNamed(bucket: NamedBucket, key: Uint8Array): void {
    const old = this.named.get(bucket)!.delete(key);
    if (old !== undefined) this.bytes -= old.length + key.length + rowOverheadBytes;
  }

  change(op: WriteOp): void {
    switch (op.kind) {
      case "putNumbered":
        return this.putNumbered(op.bucket, op.key, op.value.slice());
      case "deleteNumbered":
        return this.deleteNumbered(op.bucket, op.key);
      case "deleteNumberedRange": {
        const doomed = [...this.numbered.get(op.bucket)!.entries(op)];
        for (const [key] of doomed) this.deleteNumbered(op.bucket, key);
        return;
      }
      case "putNamed":
        return this.putNamed(op.bucket, op.key.slice(), op.value.slice());
      case "deleteNamed":
        return this.deleteNamed(op.bucket, op.key);
      case "deleteNamedRange": {
        const doomed = [...this.named.get(op.bucket)!.entries(op)];
        for (const [key] of doomed) this.deleteNamed(op.bucket, key);
        return;
      }
      default:
        return unreachable(op);
    }
  }
}

/** The adapter behind {@link memory}. */
class MemoryStorage implements StorageAdapter {
  readonly name = "memory";
  #content = new Content();
  #closed = false;
  /** Rises with every restore; a snapshot begun before it is given up. */
  #restores = 0;

  getNumbered(bucket: NumberedBucket, key: number): Uint8Array | undefined {
    this.#assertOpen();
    return this.#content.numbered.get(bucket)!.get(key)?.slice();
  }

  getNumberedMany(bucket: NumberedBucket, keys: readonly number[]): (Uint8Array | undefined)[] {
    this.#assertOpen();
    const rows = this.#content.numbered.get(bucket)!;
    return keys.map((key) => rows.get(key)?.slice());
  }

  visitNumberedMany(
    bucket: NumberedBucket,
    keys: readonly number[],
    visit: (value: Uint8Array | undefined) => void,
  ): void {
    this.#assertOpen();
    const rows = this.#content.numbered.get(bucket)!;
    for (const key of keys) visit(rows.get(key));
  }

  scanNumbered(bucket: NumberedBucket, scan: Scan<number>): NumberedRow[] {
    this.#assertOpen();
    const found: NumberedRow[] = [];
    if (scan.limit <= 0) return found;
    for (const [key, value] of this.#content.numbered.get(bucket)!.entries(scan)) {
      found.push({ key, value: value.slice() });
      if (found.length >= scan.limit) break;
    }
    return found;
  }

  numberedBytes(bucket: NumberedBucket, ranges: readonly NumberedRange[]): number {
    this.#assertOpen();
    const rows = this.#content.numbered.get(bucket)!;
    let bytes = 0;
    for (const range of ranges) {
      for (const [, value] of rows.entries(range)) bytes += value.length;
    }
    return bytes;
  }

  getNamed(bucket: NamedBucket, key: Uint8Array): Uint8Array | undefined {
    this.#assertOpen();
    return this.#content.named.get(bucket)!.get(key)?.slice();
  }

  scanNamed(bucket: NamedBucket, scan: Scan<Uint8Array>): NamedRow[] {
    this.#assertOpen();
    const found: NamedRow[] = [];
    if (scan.limit <= 0) return found;
    for (const [key, value] of this.#content.named.get(bucket)!.entries(scan)) {
      found.push({ key: key.slice(), value: value.slice() });
      if (found.length >= scan.limit) break;
    }
    return found;
  }

  apply(batch: WriteBatch): void {
    this.#assertOpen();
    for (const op of batch.ops) if (op.kind === "putNumbered") assertNumberedKey(op.key);
    for (const op of batch.ops) this.#content.change(op);
  }

  sync(): Promise<void> {
    return this.#closed ? Promise.reject(closedError()) : Promise.resolve();
  }

  size(): StorageSize {
    this.#assertOpen();
    return { totalBytes: this.#content.bytes, inUseBytes: this.#content.bytes };
  }

  defragment(): Promise<void> {
    return this.sync();
  }

  snapshot(): AsyncIterable<Uint8Array> {
    this.#assertOpen();
    return this.#chunks(this.#content.fork(), this.#restores);
  }

  async *#chunks(content: Content, restores: number): AsyncGenerator<Uint8Array, void, void> {
    for (const chunk of encodeSnapshot(sourceOf(content))) {
      this.#assertOpen();
      if (restores !== this.#restores) {
        throw new StorageError("aborted", "Cannot go on with snapshot: the content has been replaced by a restore");
      }
      yield chunk;
    }
  }

  async restore(snapshot: AsyncIterable<Uint8Array>): Promise<void> {
    this.#assertOpen();
    const content = new Content();
    await decodeSnapshot(snapshot, {
      numbered: (bucket, { key, value }) => content.putNumbered(bucket, key, value),
      named: (bucket, { key, value }) => content.putNamed(bucket, key, value),
    });
    this.#assertOpen();
    this.#restores++;
    this.#content = content;
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#content = new Content();
    return Promise.resolve();
  }

  #assertOpen(): void {
    if (this.#closed) throw closedError();
  }
}

function closedError(): StorageError {
  return new StorageError("closed", "Cannot use storage: it has been closed");
}

function sourceOf(content: Content): SnapshotSource {
  return {
    numbered: (bucket) => pages(content.numbered.get(bucket)!),
    named: (bucket) => pages(content.named.get(bucket)!),
  };
}

function* pages<Key>(rows: Rows<Key>): Generator<{ key: Key; value: Uint8Array }[]> {
  let page: { key: Key; value: Uint8Array }[] = [];
  for (const [key, value] of rows.entries({})) {
    page.push({ key, value });
    if (page.length === snapshotPageRows) {
      yield page;
      page = [];
    }
  }
  yield page;
}

/**
 * A store that lives in memory and ends with the process: for tests, simulation and embedding. A sync has nothing to do. Sizes are
 * estimates of the bytes that rows take.
 */
export function memory(): StorageAdapter {
  return new MemoryStorage();
}
