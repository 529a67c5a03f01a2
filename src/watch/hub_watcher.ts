import type { Watcher, WatchSink } from "./types.ts";
import type { WatcherGroup } from "./watcher_index.ts";
import type { WatchRange } from "./watch_range.ts";

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

/** A watcher as the hub knows it: small, as there may be hundreds of thousands. */
export class HubWatcher implements Watcher {
  readonly owner: WatcherOwner;
  readonly sink: WatchSink;
  /** Watchers of the same keys share it. */
  readonly range: WatchRange;
  state: WatcherState = WatcherState.Synced;
  /**
   * No event below this revision is for it: it has been given those that were, or they came before its start. 0 where nothing that is
   * still to be published is below.
   */
  from: number;
  /** Where it is listed, and its neighbours there. Undefined unless it is synced or behind. */
  group: WatcherGroup | undefined = undefined;
  next: HubWatcher | undefined = undefined;
  previous: HubWatcher | undefined = undefined;

  constructor(owner: WatcherOwner, spec: { sink: WatchSink; range: WatchRange; from: number }) {
    this.owner = owner;
    this.sink = spec.sink;
    this.range = spec.range;
    this.from = spec.from;
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
