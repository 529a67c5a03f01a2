import type { DatabaseSync, StatementSync } from "node:sqlite";
import { pageBytes } from "./store_file.ts";
import { prepare } from "./prepare.ts";

/** What one step rewrites at most, in bytes of values: eight full pages. */
const windowBytesMax = 64 * 1024;
const windowRowsMax = 512;
/** Longer values go on to pages of their own, which have nothing to be joined with. */
const packedBytesMax = pageBytes - 64;
/** Windows that are passed over after one that had nothing to gain, doubled each time up to this. */
const skippedMax = 15;

type Head = [key: number, length: number];
type RawRow = [key: number, sum: number, value: Uint8Array];

/** What a {@link Packer}'s step has found. */
export type PackStep = "gained" | "nothing" | "end";

/**
 * Joins pages of the history that removals have left half full. SQLite merges pages only when less than a third of one is in use. A step takes
 * out the rows of some neighbouring pages and puts them back in order, by which they come to lie in pages that are 85 % full; the row
 * itself, its checksum too, stays as it is. The caller makes the transaction of a step, commits it when pages were gained, and takes it back
 * when not: then nothing is written.
 */
export class Packer {
  readonly #heads: StatementSync;
  readonly #rows: StatementSync;
  readonly #remove: StatementSync;
  readonly #put: StatementSync;
  readonly #pageCount: StatementSync;
  readonly #freelistCount: StatementSync;
  /** Rows before this key have been dealt with. */
  #next = 0;
  /** Windows to pass over after the next one that has nothing to gain. */
  #skip = 1;
  #rowsMoved = 0;

  constructor(db: DatabaseSync) {
    this.#heads = prepare(db, "SELECT key, length(value) FROM history WHERE key >= ? ORDER BY key LIMIT ?");
    this.#rows = prepare(db, "SELECT key, sum, value FROM history WHERE key >= ? AND key <= ? ORDER BY key");
    this.#remove = prepare(db, "DELETE FROM history WHERE key >= ? AND key <= ?");
    this.#put = prepare(db, "INSERT INTO history (key, sum, value) VALUES (?, ?, ?)");
    this.#pageCount = prepare(db, "PRAGMA page_count");
    this.#freelistCount = prepare(db, "PRAGMA freelist_count");
  }

  /** Rows that the last step has moved. */
  get rowsMoved(): number {
    return this.#rowsMoved;
  }

  /** Rewrites the next rows, and says whether that has set pages free. */
  step(): PackStep {
    const window = this.#window();
    if (window === undefined) return "end";
    const { first, last } = window;
    this.#next = last + 1;
    const before = this.#pagesInUse();
    const rows = this.#rows.all(first, last) as unknown as RawRow[];
    this.#rowsMoved = rows.length;
    this.#remove.get(first, last);
    for (const [key, sum, value] of rows) this.#put.get(key, sum, value);
    if (this.#pagesInUse() < before) {
      this.#skip = 1;
      return "gained";
    }
    this.#next += this.#skip * (last - first + 1);
    this.#skip = Math.min(2 * this.#skip, skippedMax);
    return "nothing";
  }

  /** The next run of rows that can lie in a page together; undefined at the end. */
  #window(): { first: number; last: number } | undefined {
    for (;;) {
      const heads = this.#heads.all(this.#next, windowRowsMax) as unknown as Head[];
      const from = heads.findIndex(([, length]) => length <= packedBytesMax);
      if (from < 0) {
        if (heads.length < windowRowsMax) return undefined;
        this.#next = heads[heads.length - 1][0] + 1;
        continue;
      }
      let bytes = 0;
      let to = from;
      while (to < heads.length && heads[to][1] <= packedBytesMax && bytes <= windowBytesMax) bytes += heads[to++][1];
      return { first: heads[from][0], last: heads[to - 1][0] };
    }
  }

  #pagesInUse(): number {
    const [pages] = this.#pageCount.get() as unknown as [number];
    const [free] = this.#freelistCount.get() as unknown as [number];
    return pages - free;
  }
}
