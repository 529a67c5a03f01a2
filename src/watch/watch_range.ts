import { keyRange, type KeyText } from "../mvcc/mod.ts";
import type { Change } from "./event.ts";
import type { WatchSpec } from "./types.ts";

const prevKvFlag = 1;
const noPutFlag = 2;
const noDeleteFlag = 4;
const singleFlag = 8;

/** What watchers have in common that get the same events in the same form; shared by them. */
export class WatchRange {
  readonly from: KeyText;
  /** Exclusive end; undefined when there is none. Of no meaning for a single key. */
  readonly to: KeyText | undefined;
  /** The spec's three switches, and whether the range is a single key, in one number. */
  readonly flags: number;

  /** What a spec asks for. */
  constructor(spec: WatchSpec) {
    const { from, to, single } = keyRange(spec.key, spec.rangeEnd);
    this.from = from;
    this.to = to;
    this.flags = (spec.prevKv ? prevKvFlag : 0) | (spec.noPut ? noPutFlag : 0) |
      (spec.noDelete ? noDeleteFlag : 0) | (single ? singleFlag : 0);
  }

  /** Whether it is the one key `from`. */
  get isSingle(): boolean {
    return (this.flags & singleFlag) !== 0;
  }

  /** Whether events carry the value before. */
  get prevKv(): boolean {
    return (this.flags & prevKvFlag) !== 0;
  }

  /** Whether the filters let a change through. */
  wants(change: Change): boolean {
    return (this.flags & (change.isTombstone ? noDeleteFlag : noPutFlag)) === 0;
  }
}
