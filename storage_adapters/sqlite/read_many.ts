import type { NumberedReader } from "./tables.ts";

/** Below this many keys, single gets are made without looking at density. */
const fewKeys = 4;
const windowKeysMin = 16;
const windowKeysMax = 1024;
/** After a range scan found too few of the keys, so many are fetched one by one before the next try. */
const singlesAfterMiss = 128;

/**
 * The values at ascending `keys`. Reads ranges while at least every second row in them is asked for, and single rows where the keys
 * lie apart. The caller holds a read transaction, so that every part is of one state.
 */
export function readMany(reader: NumberedReader, keys: readonly number[]): (Uint8Array | undefined)[] {
  const values = new Array<Uint8Array | undefined>(keys.length).fill(undefined);
  let at = 0;
  let windowKeys = windowKeysMin;
  let singles = keys.length < fewKeys ? keys.length : 0;
  while (at < keys.length) {
    if (singles > 0) {
      singles--;
      values[at] = reader.get(keys[at]);
      at++;
      continue;
    }
    const end = Math.min(at + windowKeys, keys.length);
    const last = keys[end - 1];
    const limit = 2 * (end - at);
    const rows = reader.rows({ first: keys[at], last, limit, reverse: false });
    let matched = 0;
    let row = 0;
    const settledTo = rows.length < limit ? last : rows[rows.length - 1].key;
    for (; at < end && keys[at] <= settledTo; at++) {
      while (row < rows.length && rows[row].key < keys[at]) row++;
      if (row === rows.length || rows[row].key !== keys[at]) continue;
      values[at] = rows[row].value;
      matched++;
    }
    if (matched * 2 >= rows.length) windowKeys = Math.min(windowKeys * 2, windowKeysMax);
    else {
      windowKeys = windowKeysMin;
      singles = singlesAfterMiss;
    }
  }
  return values;
}
