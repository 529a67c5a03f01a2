import type { KeyRange } from "../mvcc/mod.ts";
import type { Change } from "./event.ts";
import type { WatchSpec } from "./types.ts";

const prevKvFlag = 1;
const noPutFlag = 2;
const noDeleteFlag = 4;
const singleFlag = 8;

/** A spec's switches, and whether its range is a single key, in one number. */
export type WatchFlags = number & { readonly __brand: "WatchFlags" };

/** What `spec`, whose keys are `range`, asks for. */
export function watchFlags(spec: WatchSpec, range: KeyRange): WatchFlags {
  return ((spec.prevKv ? prevKvFlag : 0) | (spec.noPut ? noPutFlag : 0) | (spec.noDelete ? noDeleteFlag : 0) |
    (range.single ? singleFlag : 0)) as WatchFlags;
}

/** Whether the range is a single key. */
export function isSingle(flags: WatchFlags): boolean {
  return (flags & singleFlag) !== 0;
}

/** Whether events carry the value before. */
export function wantsPrevious(flags: WatchFlags): boolean {
  return (flags & prevKvFlag) !== 0;
}

/** Whether the filters let a change through. */
export function letsThrough(flags: WatchFlags, change: Change): boolean {
  return (flags & (change.isTombstone ? noDeleteFlag : noPutFlag)) === 0;
}
