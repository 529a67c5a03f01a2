import assert from "node:assert/strict";
import type { Random } from "../ports/mod.ts";
import { seededRandom } from "../../tests/support/seeded_random.ts";
import { eventText, RecordingSink, type SeenEvent, WatchFixture } from "../../tests/support/watch_fixture.ts";
import type { Watcher } from "./mod.ts";

const runs = Number(Deno.env.get("RUNS") ?? 150);
const firstSeed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));

for (let i = 0; i < (Deno.env.has("SEED") ? 1 : 3); i++) {
  Deno.test(`WatchHub tells random watchers what the history has for them (SEED=${firstSeed + i * runs}, RUNS=${runs})`, () => {
    for (let run = 0; run < runs; run++) new RandomRun(firstSeed + i * runs + run).run();
  });
}

const keys = ["a", "ab", "b", "ba", "c", "d"];
const ends = [...keys, "e", "-"];

/** A watcher with what is known of it from outside. */
interface Observed {
  readonly name: string;
  readonly sink: RecordingSink;
  readonly watcher: Watcher;
  readonly key: string;
  readonly end: string | undefined;
  readonly startRevision: number;
  /** Lowest revision of which it must hear. */
  readonly start: number;
  readonly prevKv: boolean;
  readonly noPut: boolean;
  readonly noDelete: boolean;
  /** Revision when it was cancelled. */
  cancelledAt?: number;
}

/** Writes, watches, full sinks, compactions and turns in a random order, with a history that is kept in the simplest way. */
class RandomRun {
  readonly #random: Random;
  readonly #fixture: WatchFixture;
  readonly #history: SeenEvent[] = [];
  readonly #values = new Map<string, { value: string; createRevision: number }>();
  readonly #watchers: Observed[] = [];
  #writes = 0;

  constructor(readonly seed: number) {
    this.#random = seededRandom(seed);
    this.#fixture = new WatchFixture({
      cacheBytesMax: this.#below(2) === 0 ? 100 : undefined,
      limits: {
        turnMs: 0,
        readEventsMax: 1 + this.#below(8),
        readBytesMax: [1, 40, 1000][this.#below(3)],
        convoyWatchersMax: 1 + this.#below(5),
      },
    });
  }

  run(): void {
    try {
      for (let i = 0; i < 150; i++) this.#step();
      this.#end();
    } catch (error) {
      throw new Error(`SEED=${this.seed} RUNS=1: ${(error as Error).message}`, { cause: error });
    }
  }

  #below(bound: number): number {
    return this.#random.below(bound);
  }

  #step(): void {
    const { clock, keyspace } = this.#fixture;
    const kind = this.#below(100);
    if (kind < 45) this.#write();
    else if (kind < 60) this.#watch();
    else if (kind < 85) clock.turn();
    else if (kind < 90) this.#toggle();
    else if (kind < 93) this.#cancel();
    else if (kind < 97) this.#fixture.store();
    else {
      const compactRevision = Math.max(keyspace.compactRevision + 1, keyspace.revision - this.#below(6));
      if (compactRevision <= keyspace.revision) this.#fixture.compact(compactRevision);
    }
  }

  /** A run of one to four transactions. */
  #write(): void {
    const { keyspace, hub } = this.#fixture;
    for (let i = this.#below(4); i >= 0; i--) {
      const changes = new Map<string, string | undefined>();
      for (let j = this.#below(3); j >= 0; j--) {
        changes.set(keys[this.#below(keys.length)], this.#below(3) === 0 ? undefined : `v${this.#writes++}`);
      }
      const before = keyspace.revision;
      this.#fixture.txn(...changes);
      if (keyspace.revision > before) this.#note(changes);
    }
    hub.endRun();
  }

  #note(changes: ReadonlyMap<string, string | undefined>): void {
    const { revision } = this.#fixture.keyspace;
    for (const [key, value] of changes) {
      const old = this.#values.get(key);
      if (value === undefined && old === undefined) continue;
      const createRevision = value === undefined ? 0 : old?.createRevision ?? revision;
      this.#history.push({ revision, key, value, createRevision, previous: old?.value });
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, { value, createRevision });
    }
  }

  #watch(): void {
    const { keyspace } = this.#fixture;
    const kind = this.#below(10);
    const startRevision = kind < 3 ? 0 : Math.max(1, keyspace.revision + 4 - this.#below(kind < 8 ? 12 : 60));
    const sink = new RecordingSink();
    const watch = {
      key: keys[this.#below(keys.length)],
      end: this.#below(2) === 0 ? ends[this.#below(ends.length)] : undefined,
      prevKv: this.#below(2) === 0,
      noPut: this.#below(6) === 0,
      noDelete: this.#below(6) === 0,
    };
    const watcher = this.#fixture.watch(watch.key, { ...watch, startRevision, sink });
    assert.equal(sink.batches.length, 0, "a sink was told before watch() returned");
    const start = startRevision === 0 ? keyspace.revision + 1 : startRevision;
    this.#watchers.push({ name: `watcher ${this.#watchers.length}`, sink, watcher, ...watch, startRevision, start });
  }

  #toggle(): void {
    const observed = this.#watchers.at(this.#below(this.#watchers.length + 1));
    if (observed === undefined) return;
    observed.sink.isFull = !observed.sink.isFull;
    if (!observed.sink.isFull) observed.watcher.resume();
  }

  #cancel(): void {
    const observed = this.#watchers.at(this.#below(this.#watchers.length + 1));
    if (observed === undefined) return;
    observed.watcher.cancel();
    observed.cancelledAt ??= this.#fixture.keyspace.revision;
  }

  /** Lets everybody take all, and compares. */
  #end(): void {
    const { hub, keyspace } = this.#fixture;
    for (const { sink, watcher } of this.#watchers) {
      sink.isFull = false;
      watcher.resume();
    }
    this.#fixture.settle();
    for (const observed of this.#watchers) this.#check(observed);
    const live = this.#watchers.filter((one) => isLive(one));
    assert.equal(hub.watchers, live.length);
    assert.equal(hub.slowWatchers, 0);
    assert.equal(hub.revision, keyspace.revision);
    assert.equal(
      hub.eventsTaken,
      this.#watchers.flatMap(({ sink }) => sink.batches).reduce((sum, { events }) => sum + events.length, 0),
    );
  }

  #check(observed: Observed): void {
    const { name, sink, watcher, start } = observed;
    this.#checkBatches(observed);
    const expected = this.#history.filter((event) => isFor(observed, event));
    const seen = sink.batches.flatMap(({ events }) => events);
    const withoutPrevious = (event: SeenEvent) => eventText({ ...event, previous: undefined });
    assert.deepEqual(seen.map(withoutPrevious), expected.slice(0, seen.length).map(withoutPrevious), name);
    for (const [i, event] of seen.entries()) {
      assert.equal(event.createRevision, expected[i].createRevision, `${name}: ${eventText(event)}`);
      this.#checkPrevious(observed, event, expected[i]);
    }
    const { compactRevision } = sink;
    if (compactRevision !== undefined) {
      const lastSeen = sink.batches.at(-1)?.revision ?? 0;
      assert.ok(Math.max(start, lastSeen + 1) < compactRevision, `${name} was ended though nothing was missing`);
      assert.equal(watcher.isSynced, false);
    } else if (observed.cancelledAt === undefined) {
      assert.equal(seen.length, expected.length, `${name} has not heard of ${expected[seen.length]?.revision}`);
      assert.equal(watcher.isSynced, observed.startRevision <= this.#fixture.keyspace.revision, name);
    }
  }

  /** In order, each revision in one batch, nothing at or below what an earlier batch declared complete. */
  #checkBatches({ name, sink, start }: Observed): void {
    let complete = start - 1;
    for (const { revision, events } of sink.batches) {
      assert.ok(events.length > 0, `${name} was told nothing`);
      let last = complete + 1;
      for (const event of events) {
        assert.ok(event.revision >= last, `${name}: ${event.revision} after ${last}`);
        last = event.revision;
      }
      assert.ok(last <= revision, `${name}: ${last} in a batch of ${revision}`);
      complete = revision;
    }
  }

  /** Absent where nobody asked; else what was there before, unless that may have been compacted. */
  #checkPrevious({ prevKv, name }: Observed, seen: SeenEvent, { previous }: SeenEvent): void {
    const wanted = prevKv ? previous : undefined;
    if (seen.previous === undefined && seen.revision <= this.#fixture.keyspace.compactRevision) return;
    assert.equal(seen.previous, wanted, `${name}: ${eventText(seen)}`);
  }
}

function isLive({ sink, cancelledAt }: Observed): boolean {
  return sink.compactRevision === undefined && cancelledAt === undefined;
}

function isFor({ key, end, start, noPut, noDelete }: Observed, event: SeenEvent): boolean {
  if (event.revision < start) return false;
  if (event.value === undefined ? noDelete : noPut) return false;
  if (end === undefined) return event.key === key;
  return event.key >= key && (end === "-" || event.key < end);
}
