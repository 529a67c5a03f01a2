import type { DatabaseSync } from "node:sqlite";
import type { NamedBucket, NamedRow, NumberedBucket, NumberedRow, StorageError } from "../../src/ports/mod.ts";
import { nextTurn } from "../next_turn.ts";
import { encodeSnapshot, type SnapshotSource } from "../snapshot_format.ts";
import { storageError } from "./errors.ts";
import { openStoreFile } from "./store_file.ts";
import { Readers } from "./tables.ts";

const cacheKib = 512;
/** Rows are fetched in pages of about so many bytes; between pages other work runs. */
const pageBytesAim = 256 * 1024;
const pageRowsMax = 512;
const firstPageRows = 16;

/** A consistent view of a store on a connection of its own, read out as a snapshot's chunks. */
export class SnapshotView implements AsyncIterableIterator<Uint8Array> {
  readonly #db: DatabaseSync;
  readonly #chunks: Generator<Uint8Array, void, void>;
  readonly #onEnd: () => void;
  #ended = false;
  #abortedBy: StorageError | undefined;
  #pagesRead = 0;

  /** Fixes the view of the store at `path`. `onEnd` is called when it is let go. */
  constructor(path: string, onEnd: () => void) {
    this.#db = openStoreFile(path, { cacheKib, readOnly: true });
    this.#onEnd = onEnd;
    try {
      this.#db.exec("BEGIN; SELECT count(*) FROM sqlite_schema;");
      this.#chunks = encodeSnapshot(this.#source(new Readers(this.#db)));
    } catch (error) {
      this.#db.close();
      throw storageError("Cannot begin snapshot", error);
    }
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const pagesBefore = this.#pagesRead;
    if (this.#abortedBy !== undefined) throw this.#abortedBy;
    if (this.#ended) return { done: true, value: undefined };
    try {
      const next = this.#chunks.next();
      if (next.done) {
        this.#end();
        return { done: true, value: undefined };
      }
      if (this.#pagesRead !== pagesBefore) await nextTurn();
      return { done: false, value: next.value };
    } catch (error) {
      this.#end();
      throw storageError("Cannot read snapshot's rows", error);
    }
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Lets the view go; whoever iterates gets `reason`. */
  abort(reason: StorageError): void {
    if (this.#ended) return;
    this.#abortedBy = reason;
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#db.close();
    this.#onEnd();
  }

  #source(readers: Readers): SnapshotSource {
    return {
      numbered: (bucket: NumberedBucket) =>
        this.#pages<NumberedRow>((after, limit) =>
          readers.numbered[bucket].scan({ from: after === undefined ? 0 : after.key + 1, limit })
        ),
      named: (bucket: NamedBucket) =>
        this.#pages<NamedRow>((after, limit) =>
          // A key and a zero byte is the next key in byte order.
          readers.named[bucket].scan({ from: after && Uint8Array.of(...after.key, 0), limit })
        ),
    };
  }

  *#pages<Row extends { value: Uint8Array }>(read: (after: Row | undefined, limit: number) => Row[]): Generator<Row[]> {
    let after: Row | undefined;
    let limit = firstPageRows;
    while (true) {
      const rows = read(after, limit);
      this.#pagesRead++;
      yield rows;
      if (rows.length < limit) return;
      after = rows[rows.length - 1];
      let bytes = 0;
      for (const row of rows) bytes += row.value.length + 32;
      limit = Math.max(1, Math.min(pageRowsMax, Math.floor(pageBytesAim / (bytes / rows.length))));
    }
  }
}
