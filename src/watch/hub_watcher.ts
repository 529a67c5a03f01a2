import type { KeyRange, KeyText } from "../mvcc/mod.ts";
import type { Watcher, WatchSink } from "./types.ts";
import { isSingle, type WatchFlags } from "./watch_flags.ts";
import type { WatcherIndex } from "./watcher_index.ts";

/** How a watcher stands. */
export const WatcherState = {
  /** It hears of changes as they are applied. */
  Synced: 0,
  /** It reads on in the history. */
  Behind: 1,
  /** Its sink has refused a batch and not asked for more. */
  HeldBack: 2,
  Ended: 3,
} as const;
/** One of the values of {@link WatcherState}. */
export type WatcherState = typeof WatcherState[keyof typeof WatcherState];

/** What a watcher asks of the hub that it belongs to. */
export interface WatcherOwner {
  isSynced(watcher: HubWatcher): boolean;
  cancel(watcher: HubWatcher): void;
  resume(watcher: HubWatcher): void;
}

/** A watcher as the hub knows it: one object without any other of its own, as there may be hundreds of thousands. */
export class HubWatcher implements Watcher, KeyRange {
  readonly owner: WatcherOwner;
  readonly sink: WatchSink;
  readonly from: KeyText;
  readonly to: KeyText | undefined;
  readonly flags: WatchFlags;
  state: WatcherState = WatcherState.Synced;
  /**
   * No event below this revision is for it: it has been given those that were, or they came before its start. 0 where nothing that is
   * still to be published is below.
   */
  fromRevision: number;
  /** Where it is listed. Undefined unless it is synced or behind. */
  index: WatcherIndex | undefined = undefined;
  /** The one after it in the list of those with the same keys; undefined of the last. */
  next: HubWatcher | undefined = undefined;
  /** The one before it in that list; of the first it is the last. Undefined where it is not listed. */
  previous: HubWatcher | undefined = undefined;

  constructor(
    owner: WatcherOwner,
    spec: { sink: WatchSink; range: KeyRange; flags: WatchFlags; fromRevision: number },
  ) {
    this.owner = owner;
    this.sink = spec.sink;
    this.from = spec.range.from;
    this.to = spec.range.to;
    this.flags = spec.flags;
    this.fromRevision = spec.fromRevision;
  }

  get single(): boolean {
    return isSingle(this.flags);
  }

  get isSynced(): boolean {
    return this.owner.isSynced(this);
  }

  cancel(): void {
    this.owner.cancel(this);
  }

  resume(): void {
    this.owner.resume(this);
  }
}
