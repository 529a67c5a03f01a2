import type { KeyRange } from "../mvcc/mod.ts";
import type { Change } from "./event.ts";
import type { WatchSpec } from "./types.ts";

const prevKvFlag = 1;
const noPutFlag = 2;
const noDeleteFlag = 4;

/** What watchers have in common that get the same events in the same form; shared by them. */
export class WatchRange {
  readonly keys: KeyRange;
  /** The spec's three switches in one number. */
  readonly flags: number;

  constructor(keys: KeyRange, flags: number) {
    this.keys = keys;
    this.flags = flags;
  }

  /** Whether events carry the value before. */
  get prevKv(): boolean {
    return (this.flags & prevKvFlag) !== 0;
  }

  /** Whether the filters let every change through. */
  get wantsAll(): boolean {
    return (this.flags & (noPutFlag | noDeleteFlag)) === 0;
  }

  /** Whether the filters let a change through. */
  wants(change: Change): boolean {
    return (this.flags & (change.isTombstone ? noDeleteFlag : noPutFlag)) === 0;
  }
}

/** A spec's switches as {@link WatchRange.flags}. */
export function flagsOf({ prevKv, noPut, noDelete }: WatchSpec): number {
  return (prevKv ? prevKvFlag : 0) | (noPut ? noPutFlag : 0) | (noDelete ? noDeleteFlag : 0);
}
