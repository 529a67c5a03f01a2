import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { NumberedBucket, NumberedRow } from "../../src/ports/mod.ts";
import { numberedChecksum } from "./checksum.ts";
import type { ManySource, RowWindow } from "./read_many.ts";
import type { NumberedReader } from "./tables.ts";
import { prepare } from "./prepare.ts";

/** Values of a window together; a longer one is read alone. */
const windowBytesMax = 256 * 1024;

/**
 * Reads the rows of a range with their values in one buffer, which SQLite joins: 0.35 in place of 0.85 us per row of 300 bytes, and one
 * object for the host's garbage collector in place of three per row. SQLite promises no order of what it joins, nor that joining keeps bytes
 * that are no text; it does both. Every row's checksum is compared, and where one does not match, the rows are read one by one.
 */
export class JoinedReader implements ManySource {
  readonly #bucket: NumberedBucket;
  readonly #reader: NumberedReader;
  readonly #lengths: StatementSync;
  readonly #join: StatementSync;
  #joined: Uint8Array | undefined;

  constructor(db: DatabaseSync, bucket: NumberedBucket, reader: NumberedReader) {
    this.#bucket = bucket;
    this.#reader = reader;
    const range = `FROM ${bucket} WHERE key >= ? AND key <= ? ORDER BY key`;
    this.#lengths = prepare(db, `SELECT key, sum, length(value) ${range} LIMIT ?`);
    this.#join = prepare(db, `SELECT CAST(group_concat(value, '') AS BLOB) FROM (SELECT value ${range})`);
  }

  get(key: number): Uint8Array | undefined {
    return this.#reader.get(key);
  }

  window(range: { first: number; last: number; limit: number }): RowWindow {
    const { first, last, limit } = range;
    const heads = this.#lengths.all(first, last, limit) as unknown as [key: number, sum: number, length: number][];
    let count = 0;
    let bytes = 0;
    while (count < heads.length && (count === 0 || bytes + heads[count][2] <= windowBytesMax)) {
      bytes += heads[count++][2];
    }
    const rows = count < 2 ? undefined : this.#split(heads, { count, bytes });
    if (rows === undefined) {
      return this.#reader.singleWindow({ first, last, limit: Math.max(1, Math.min(count, limit)) });
    }
    this.#reader.checkBelow(first);
    return { rows, settledTo: count === heads.length && count < limit ? last : heads[count - 1][0] };
  }

  /** The first rows, or undefined where anything is not as it should be. */
  #split(
    heads: readonly (readonly [key: number, sum: number, length: number])[],
    { count, bytes }: { count: number; bytes: number },
  ): NumberedRow[] | undefined {
    const [joined] = this.#join.get(heads[0][0], heads[count - 1][0]) as unknown as [unknown];
    if (!(joined instanceof Uint8Array) || joined.length !== bytes) return undefined;
    const rows = new Array<NumberedRow>(count);
    let at = 0;
    for (let i = 0; i < count; i++) {
      const [key, sum, length] = heads[i];
      const value = joined.subarray(at, at + length);
      if (numberedChecksum(this.#bucket, key, value) !== sum) return undefined;
      if (i > 0 && key <= heads[i - 1][0]) return undefined;
      rows[i] = { key, value };
      at += length;
    }
    this.#joined = joined;
    return rows;
  }

  /** Gives the memory back at once: the garbage collector would let a lot of it come together first. */
  release(): void {
    (this.#joined?.buffer as ArrayBuffer | undefined)?.transfer(0);
    this.#joined = undefined;
  }
}
