import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { NumberedBucket, NumberedRow } from "../../src/ports/mod.ts";
import { numberedChecksum } from "./checksum.ts";

/** Rows fetched together at most and at least; what is between depends on how large the rows before were. */
const windowRowsMax = 256;
const windowRowsMin = 8;
/** What a window should come to. */
const windowBytes = 256 * 1024;

/** What SQLite answers for a window: all values as one, and lists of the rows' keys, checksums and lengths. */
type PackedRow = [values: unknown, keys: unknown, sums: unknown, lengths: unknown];

/**
 * Reads many rows as one: SQLite joins their values, so that the host makes one buffer in place of one for each row, which is most of what
 * reading costs: 0.5 in place of 0.8 to 1.4 us per row of 300 bytes, checksum included. The values are views of the joint buffer.
 */
export class PackedReader {
  readonly #bucket: NumberedBucket;
  readonly #select: StatementSync;
  #windowRows = windowRowsMin;

  constructor(db: DatabaseSync, bucket: NumberedBucket) {
    this.#bucket = bucket;
    // Joining takes a BLOB's bytes as they are, and the cast gives them back.
    this.#select = db.prepare(
      "SELECT CAST(group_concat(value, '') AS BLOB), group_concat(key), group_concat(sum), group_concat(length(value)) FROM " +
        `(SELECT key, sum, value FROM ${bucket} WHERE key >= ? AND key <= ? ORDER BY key LIMIT ?)`,
    );
    (this.#select as StatementSync & { setReturnArrays(enabled: boolean): void }).setReturnArrays(true);
  }

  /**
   * Adds to `rows` those with keys in [`first`, `last`], in ascending order, until there are `limit` of them. Returns false, at the first thing that
   * is not as it should be, with only good rows added: reading row by row then tells what is wrong.
   */
  read({ first, last, limit }: { first: number; last: number; limit: number }, rows: NumberedRow[]): boolean {
    let from = first;
    while (rows.length < limit && from <= last) {
      const wanted = Math.min(this.#windowRows, limit - rows.length);
      const before = rows.length;
      if (!this.#readWindow({ from, last, wanted }, rows)) return false;
      if (rows.length - before < wanted) break;
      from = rows[rows.length - 1].key + 1;
    }
    return true;
  }

  #readWindow({ from, last, wanted }: { from: number; last: number; wanted: number }, rows: NumberedRow[]): boolean {
    let packed: PackedRow;
    try {
      packed = this.#select.get(from, last, wanted) as unknown as PackedRow;
    } catch {
      return false;
    }
    const [values, keyList, sumList, lengthList] = packed;
    if (keyList === null) return true;
    if (!(values instanceof Uint8Array) || typeof sumList !== "string" || typeof lengthList !== "string") return false;
    const keys = String(keyList).split(",");
    const sums = sumList.split(",");
    const lengths = lengthList.split(",");
    if (sums.length !== keys.length || lengths.length !== keys.length) return false;
    let least = from;
    let at = 0;
    for (let i = 0; i < keys.length; i++) {
      const key = Number(keys[i]);
      const end = at + Number(lengths[i]);
      if (!(key >= least && key <= last && end <= values.length)) return false;
      const value = values.subarray(at, end);
      if (numberedChecksum(this.#bucket, key, value) !== Number(sums[i])) return false;
      rows.push({ key, value });
      least = key + 1;
      at = end;
    }
    const rowsAimedAt = Math.floor((windowBytes * keys.length) / (values.length + 1));
    this.#windowRows = Math.max(windowRowsMin, Math.min(windowRowsMax, rowsAimedAt));
    return at === values.length;
  }
}
