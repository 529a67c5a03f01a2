import type { WireWriter } from "../../proto/writer.ts";
import { type HistoryEvent, type KeySpace, keyText, readKey } from "../mvcc/mod.ts";
import type { Clock } from "../ports/mod.ts";
import { Convoy, ConvoyList } from "./convoy.ts";
import { Change, type PreviousFinder } from "./event.ts";
import { type HubWatcher, WatcherState } from "./hub_watcher.ts";
import { previousOf, unknownSequence } from "./previous.ts";
import { WatcherIndex } from "./watcher_index.ts";

/** Bounds of what {@link CatchUp} does at a time. */
export interface CatchUpLimits {
  /** How long it goes on before others have their turn. */
  turnMs: number;
  /** Events that are read for a convoy at a time. */
  readEventsMax: number;
  /** Reading for a convoy ends early when it has so many bytes. */
  readBytesMax: number;
  /** Watchers that read together: so many are served in one piece. */
  convoyWatchersMax: number;
}

/** A turn's worst is a convoy of this size that takes a batch each: about a millisecond. */
export const catchUpDefaults: CatchUpLimits = {
  turnMs: 1,
  readEventsMax: 256,
  readBytesMax: 1024 * 1024,
  convoyWatchersMax: 1024,
};

/** What a {@link CatchUp} works with. */
export interface CatchUpParts {
  keyspace: KeySpace;
  clock: Clock;
  writer: WireWriter;
  /** The watcher, which is in no index now, has been given everything. */
  onSynced(watcher: HubWatcher): void;
  /** The watcher, which is in no index now, has refused a batch. */
  onRefused(watcher: HubWatcher): void;
  /** History that the watcher, which is in no index now, has not seen is gone. */
  onCompacted(watcher: HubWatcher, compactRevision: number): void;
  /** Events were taken. */
  onTaken(events: number): void;
  /** A turn has ended. */
  onTurnEnd(): void;
}

/**
 * Leads watchers that are behind through the history. Those that are near each other go together, as a convoy; convoys take turns, one reading
 * each, so that a long way keeps nobody with a short one waiting, nor the rest of the member.
 */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #limits: CatchUpLimits;
  readonly #convoys = new ConvoyList();
  readonly #findPrevious: PreviousFinder;
  /** Whether sinks are being told of events. */
  isPublishing = false;
  #isTurnDue = false;
  #isClosed = false;

  constructor(parts: CatchUpParts, limits: CatchUpLimits = catchUpDefaults) {
    this.#parts = parts;
    this.#limits = limits;
    this.#findPrevious = (change) => previousOf(parts.keyspace, change);
  }

  /** Takes a watcher that is in no index; it hears nothing before this returns. */
  add(watcher: HubWatcher): void {
    watcher.state = WatcherState.Behind;
    const { fromRevision: from } = watcher;
    const { readEventsMax, convoyWatchersMax } = this.#limits;
    for (const convoy of this.#convoys.between(from - readEventsMax, from).reverse()) {
      if (convoy.index.size < convoyWatchersMax) return convoy.index.add(watcher);
    }
    const convoy = new Convoy(from, new WatcherIndex(this.#parts.writer));
    convoy.index.add(watcher);
    this.#convoys.add(convoy);
    this.#schedule();
  }

  /** Stops for good. */
  close(): void {
    this.#isClosed = true;
  }

  #schedule(): void {
    if (this.#isTurnDue || this.#isClosed || this.#convoys.size === 0) return;
    this.#isTurnDue = true;
    this.#parts.clock.afterInput(() => {
      this.#isTurnDue = false;
      if (!this.#isClosed) this.#turn();
    });
  }

  #turn(): void {
    const { clock } = this.#parts;
    const endMs = clock.monotonicMs() + this.#limits.turnMs;
    do {
      const convoy = this.#convoys.takeNext();
      if (convoy === undefined) break;
      this.#lead(convoy);
      if (convoy.index.size > 0) this.#convoys.add(convoy);
    } while (clock.monotonicMs() < endMs);
    this.#schedule();
    this.#parts.onTurnEnd();
  }

  /** One reading for a convoy that is not in the list. */
  #lead(convoy: Convoy): void {
    const { keyspace } = this.#parts;
    if (convoy.from < keyspace.compactRevision) this.#dropCompacted(convoy);
    if (convoy.index.size === 0) return;
    this.#absorbNeighbours(convoy);
    const changes = this.#read(convoy);
    const revision = convoy.cursor!.revision - 1;
    const { index } = convoy;
    const refused = (watcher: HubWatcher, revision: number) => {
      index.remove(watcher);
      watcher.fromRevision = revision;
      this.#parts.onRefused(watcher);
    };
    this.isPublishing = true;
    this.#parts.onTaken(index.publish(changes, { revision, refused }));
    this.isPublishing = false;
    convoy.from = revision + 1;
    if (revision < keyspace.revision) return;
    for (const watcher of takeAll(convoy)) this.#parts.onSynced(watcher);
  }

  /** The next changes of which the revision is complete. */
  #read(convoy: Convoy): Change[] {
    const { keyspace } = this.#parts;
    const { readEventsMax: eventsMax, readBytesMax: bytesMax } = this.#limits;
    const cursor = convoy.cursor ??= keyspace.openHistory(convoy.from);
    const changes = convoy.held;
    for (const event of keyspace.readHistory(cursor, { eventsMax, bytesMax })) changes.push(this.#changeOf(event));
    let complete = changes.length;
    while (complete > 0 && changes[complete - 1].revision >= cursor.revision) complete--;
    convoy.held = changes.splice(complete);
    return changes;
  }

  #changeOf({ revision, isTombstone, kv }: HistoryEvent): Change {
    const content = { key: keyText(readKey(kv)), kv, isTombstone, previousSequence: unknownSequence };
    return new Change(revision, content, this.#findPrevious);
  }

  /** Those that are about to be reached come along from here on: what lies before their own `fromRevision` they are not given. */
  #absorbNeighbours(convoy: Convoy): void {
    const { readEventsMax, convoyWatchersMax } = this.#limits;
    for (const other of this.#convoys.between(convoy.from, convoy.from + readEventsMax)) {
      if (convoy.index.size + other.index.size > convoyWatchersMax) continue;
      this.#convoys.remove(other);
      for (const watcher of takeAll(other)) convoy.index.add(watcher);
    }
  }

  /** Ends the watchers whose next events may have been compacted; what comes at the compact revision itself is still there. */
  #dropCompacted(convoy: Convoy): void {
    const { compactRevision } = this.#parts.keyspace;
    for (const watcher of takeAll(convoy)) {
      // Who hears of the end of one watch may cancel others.
      if (watcher.state === WatcherState.Ended) continue;
      if (watcher.fromRevision >= compactRevision) convoy.index.add(watcher);
      else this.#parts.onCompacted(watcher, compactRevision);
    }
    convoy.from = compactRevision;
    convoy.cursor = undefined;
    convoy.held = [];
  }
}

/** Takes all watchers out of a convoy; each knows what it has been given. */
function takeAll({ index, from }: Convoy): HubWatcher[] {
  const watchers = index.takeAll();
  for (const watcher of watchers) {
    if (watcher.fromRevision < from) watcher.fromRevision = from;
  }
  return watchers;
}
