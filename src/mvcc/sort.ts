/** Runs of this many are sorted in one piece before they are merged. */
const RUN_MAX = 2048;

/**
 * Sorts like Array.prototype.sort, stable, but lets the caller breathe: a step handles about `sliceMax` items. Returns a new
 * array, or `items` itself, sorted, when it is short.
 */
export function* sortInSlices<Item>(
  items: Item[],
  { compare, sliceMax }: { compare: (a: Item, b: Item) => number; sliceMax: number },
): Generator<undefined, Item[]> {
  if (items.length <= Math.min(RUN_MAX, sliceMax) || sliceMax === Infinity) return items.sort(compare);
  let runs: Item[][] = [];
  for (let from = 0; from < items.length; from += RUN_MAX) {
    if (from > 0) yield;
    runs.push(items.slice(from, from + RUN_MAX).sort(compare));
  }
  while (runs.length > 1) {
    const merged: Item[][] = [];
    for (let i = 0; i + 1 < runs.length; i += 2) {
      merged.push(yield* merge(runs[i], runs[i + 1], { compare, sliceMax }));
    }
    if (runs.length % 2 === 1) merged.push(runs[runs.length - 1]);
    runs = merged;
  }
  return runs[0];
}

function* merge<Item>(
  a: readonly Item[],
  b: readonly Item[],
  { compare, sliceMax }: { compare: (a: Item, b: Item) => number; sliceMax: number },
): Generator<undefined, Item[]> {
  const merged: Item[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (merged.length > 0 && merged.length % sliceMax === 0) yield;
    const takeA = j === b.length || (i < a.length && compare(a[i], b[j]) <= 0);
    merged.push(takeA ? a[i++] : b[j++]);
  }
  return merged;
}
