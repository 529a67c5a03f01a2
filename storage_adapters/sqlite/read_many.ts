import type { NumberedRow } from "../../src/ports/mod.ts";

/** Rows of a range, and how far the range is known: every key up to `settledTo` that is not among them has no row. */
export interface RowWindow {
  rows: readonly NumberedRow[];
  settledTo: number;
}

/** Where {@link readMany} reads. */
export interface ManySource {
  get(key: number): Uint8Array | undefined;
  /** The first rows with keys in [`first`, `last`], at most `limit`, at least one if there is any. */
  window(range: { first: number; last: number; limit: number }): RowWindow;
  /** The rows of the last window are not used any more. */
  release(): void;
}

/** Below this many keys, single gets are made without looking at density. */
const fewKeys = 4;
const windowKeysMin = 16;
const windowKeysMax = 1024;
/** After a range scan found too few of the keys, so many are fetched one by one before the next try. */
const singlesAfterMiss = 128;

/**
 * Calls `visit` with the values at ascending `keys`. Reads ranges while at least every second row in them is asked for, and single rows
 * where the keys lie apart. The caller holds a read transaction, so that every part is of one state.
 */
export function readMany(
  source: ManySource,
  keys: readonly number[],
  visit: (value: Uint8Array | undefined) => void,
): void {
  let at = 0;
  // Where the keys leave no room for many others between them, nothing has to be tried out.
  const isDense = keys.length > 0 && keys[keys.length - 1] - keys[0] < 2 * keys.length;
  let windowKeys = isDense ? windowKeysMax : windowKeysMin;
  let singles = keys.length < fewKeys ? keys.length : 0;
  while (at < keys.length) {
    if (singles > 0) {
      singles--;
      visit(source.get(keys[at++]));
      continue;
    }
    const end = Math.min(at + windowKeys, keys.length);
    const { rows, settledTo } = source.window({ first: keys[at], last: keys[end - 1], limit: 2 * (end - at) });
    let matched = 0;
    let row = 0;
    for (; at < end && keys[at] <= settledTo; at++) {
      while (row < rows.length && rows[row].key < keys[at]) row++;
      if (row < rows.length && rows[row].key === keys[at]) {
        visit(rows[row].value);
        matched++;
      } else {
        visit(undefined);
      }
    }
    source.release();
    if (matched * 2 >= rows.length) windowKeys = Math.min(windowKeys * 2, windowKeysMax);
    else {
      windowKeys = windowKeysMin;
      singles = singlesAfterMiss;
    }
  }
}
