import { WireWriter } from "../../proto/writer.ts";
import { assert, Registry } from "../base/mod.ts";
import { type AppliedListener, keyRange, type KeySpace } from "../mvcc/mod.ts";
import type { Clock } from "../ports/mod.ts";
import { CatchUp, type CatchUpLimits } from "./catch_up.ts";
import { Change } from "./event.ts";
import { HubWatcher, type WatcherOwner, WatcherState } from "./hub_watcher.ts";
import { type WatchCounts, WatchMetrics } from "./metrics.ts";
import { previousOf, unknownSequence } from "./previous.ts";
import type { Watcher, WatchSink, WatchSpec } from "./types.ts";
import { watchFlags } from "./watch_flags.ts";
import { WatcherIndex } from "./watcher_index.ts";

/** What a {@link WatchHub} works with. */
export interface WatchHubParts {
  /** The hub becomes its listener whenever somebody watches. */
  keyspace: KeySpace;
  clock: Clock;
  /** Where the hub registers its metrics; nowhere to be seen when absent. */
  registry?: Registry;
}

/**
 * Tells watchers what changes in a keyspace: at the end of each run of applied commands, or from the history where they begin in the past or could not take
 * what came. There is no queue of events for any of them. It keeps etcd's guarantees of watches: each event once, in the order of revisions, those of one
 * revision together, none left out.
 */
export class WatchHub implements WatchCounts {
  /** What is measured; some of it by who serves watchers. */
  readonly metrics: WatchMetrics;
  readonly #keyspace: KeySpace;
  readonly #clock: Clock;
  readonly #writer = new WireWriter();
  readonly #synced: WatcherIndex;
  readonly #catchUp: CatchUp;
  readonly #onApplied: AppliedListener;
  readonly #owner: WatcherOwner;
  /** What has been applied and not been published. */
  #run: Change[] = [];
  #onAdvance: (() => void)[] = [];
  #isPublishing = false;
  #watchers = 0;
  #eventsTaken = 0;

  /** `limits` are for tests. */
  constructor({ keyspace, clock, registry = new Registry() }: WatchHubParts, limits?: CatchUpLimits) {
    this.metrics = new WatchMetrics(registry, () => this);
    this.#keyspace = keyspace;
    this.#clock = clock;
    const findPrevious = (change: Change) => previousOf(keyspace, change);
    this.#onApplied = (revision, events) => {
      const first = events[0].sequence;
      for (const event of events) {
        // What the same revision has put is not what was there before it. Other records are there: they were the newest until this run.
        const content = event.previousSequence < first ? event : { ...event, previousSequence: unknownSequence };
        this.#run.push(new Change(revision, content, findPrevious));
      }
    };
    this.#owner = {
      isSynced: (watcher) => this.#isSynced(watcher),
      cancel: (watcher) => this.#cancel(watcher),
      resume: (watcher) => this.#resume(watcher),
    };
    this.#synced = new WatcherIndex(this.#writer);
    this.#catchUp = new CatchUp({
      keyspace,
      clock,
      writer: this.#writer,
      onSynced: (watcher) => {
        watcher.fromRevision = 0;
        this.#list(watcher);
      },
      onRefused: (watcher) => watcher.state = WatcherState.HeldBack,
      onCompacted: (watcher, compactRevision) => this.#compacted(watcher, compactRevision),
      onTaken: (events) => this.#eventsTaken += events,
      onTurnEnd: () => this.#advanced(),
    }, limits);
  }

  /** The newest revision, up to which watchers that are synced have heard everything. */
  get revision(): number {
    return this.#keyspace.revision;
  }

  /** Watchers that have not ended. */
  get watchers(): number {
    return this.#watchers;
  }

  /** Watchers that are behind, or whose sink wants nothing for now. */
  get slowWatchers(): number {
    return this.#watchers - this.#synced.size;
  }

  /** Events that sinks have taken, of all watchers together. */
  get eventsTaken(): number {
    return this.#eventsTaken;
  }

  /**
   * Begins to watch. The sink hears nothing before this returns. A start revision below the compact revision is no error here: the sink is told by
   * `compacted`, as it is when compaction overtakes a watcher later. The spec's bytes are not kept. An empty range is never told anything.
   */
  watch(spec: WatchSpec, sink: WatchSink): Watcher {
    this.#assertQuiet();
    this.endRun();
    const { startRevision } = spec;
    const own = keyRange(spec.key, spec.rangeEnd);
    // Watchers of the same keys share the texts of these.
    const range = this.#synced.first(own) ?? own;
    const flags = watchFlags(spec, own);
    const watcher = new HubWatcher(this.#owner, { sink, range, flags, fromRevision: startRevision });
    this.#watchers++;
    if (startRevision === 0 || startRevision > this.#keyspace.revision) this.#list(watcher);
    else this.#catchUp.add(watcher);
    return watcher;
  }

  /** Publishes what has been applied since the last call. To be called at the end of each run of commands, before anything else happens. */
  endRun(): void {
    const changes = this.#run;
    if (changes.length === 0) return;
    this.#run = [];
    const startedMs = this.#clock.monotonicMs();
    this.#isPublishing = true;
    const taken = this.#synced.publish(changes, {
      revision: this.#keyspace.revision,
      refused: (watcher, revision) => {
        this.#unlist(watcher);
        watcher.fromRevision = revision;
        watcher.state = WatcherState.HeldBack;
      },
    });
    this.#isPublishing = false;
    if (taken > 0) {
      const seconds = (this.#clock.monotonicMs() - startedMs) / 1000;
      this.metrics.publishSeconds.observe(seconds);
      this.metrics.publishSecondsPerEvent.observe(seconds / taken);
      this.#eventsTaken += taken;
    }
    this.#advanced();
  }

  /** Calls back once, when watchers have been told something next or have caught up. */
  onAdvance(callback: () => void): void {
    this.#onAdvance.push(callback);
  }

  /** Tells nobody anything any more. */
  close(): void {
    this.#catchUp.close();
    this.#keyspace.setListener(undefined);
    this.#run = [];
  }

  #assertQuiet(): void {
    assert(!this.#isPublishing && !this.#catchUp.isPublishing, "A sink that was told of events called back");
  }

  #isSynced(watcher: HubWatcher): boolean {
    return watcher.state === WatcherState.Synced && watcher.fromRevision <= this.#keyspace.revision &&
      this.#run.length === 0;
  }

  #cancel(watcher: HubWatcher): void {
    if (watcher.state === WatcherState.Ended) return;
    if (watcher.state === WatcherState.Synced) this.#unlist(watcher);
    else watcher.index?.remove(watcher);
    watcher.state = WatcherState.Ended;
    this.#watchers--;
  }

  #resume(watcher: HubWatcher): void {
    if (watcher.state !== WatcherState.HeldBack) return;
    this.#assertQuiet();
    this.#catchUp.add(watcher);
  }

  #compacted(watcher: HubWatcher, compactRevision: number): void {
    watcher.state = WatcherState.Ended;
    this.#watchers--;
    watcher.sink.compacted(compactRevision);
  }

  #list(watcher: HubWatcher): void {
    assert(this.#run.length === 0, "A watcher is synced in the middle of a run");
    watcher.state = WatcherState.Synced;
    this.#synced.add(watcher);
    if (this.#synced.size === 1) this.#keyspace.setListener(this.#onApplied);
  }

  #unlist(watcher: HubWatcher): void {
    this.#synced.remove(watcher);
    if (this.#synced.size === 0) this.#keyspace.setListener(undefined);
  }

  #advanced(): void {
    if (this.#onAdvance.length === 0) return;
    for (const callback of this.#onAdvance.splice(0)) callback();
  }
}
