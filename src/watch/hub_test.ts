import assert from "node:assert/strict";
import { InvariantError } from "../base/mod.ts";
import { bytes, RecordingSink, WatchFixture } from "../../tests/support/watch_fixture.ts";
import { catchUpDefaults } from "./catch_up.ts";
import type { WatchBatch, Watcher, WatchSink } from "./mod.ts";

/** Calls a function with each batch. */
class CallingSink implements WatchSink {
  constructor(readonly onTake: (batch: WatchBatch) => boolean) {}
  take(batch: WatchBatch): boolean {
    return this.onTake(batch);
  }
  compacted(): void {}
}

Deno.test("WatchHub tells of all revisions of a run in one batch", () => {
  const fixture = new WatchFixture();
  const one = new RecordingSink();
  const all = new RecordingSink();
  fixture.watch("a", { sink: one });
  fixture.watch("a", { end: "-", prevKv: true, sink: all });
  fixture.put("a", "1");
  fixture.put("b", "2");
  fixture.put("a", "3");
  fixture.delete("a");
  assert.equal(one.batches.length, 0);
  fixture.hub.endRun();
  assert.deepEqual([one.seen, all.seen], ["+a=1@2 +a=3@4 -a@5", "+a=1@2 +b=2@3 +a=3@4<1 -a@5<3"]);
  assert.deepEqual(one.batches.map(({ revision }) => revision), [5]);
});

Deno.test("WatchHub tells all watchers of a range the same bytes", () => {
  const fixture = new WatchFixture();
  const taken: Uint8Array[] = [];
  const keep = (batch: WatchBatch) => {
    taken.push(batch.fields);
    return true;
  };
  for (let i = 0; i < 3; i++) fixture.watch("a", { end: "b", sink: new CallingSink(keep) });
  fixture.put("a");
  fixture.put("aa");
  fixture.hub.endRun();
  assert.equal(taken.length, 3);
  assert.ok(taken[0] === taken[1] && taken[1] === taken[2]);
});

Deno.test("WatchHub does not tell of what filters leave out", () => {
  const fixture = new WatchFixture();
  const puts = new RecordingSink();
  const deletions = new RecordingSink();
  const nothing = new RecordingSink();
  fixture.watch("a", { noDelete: true, sink: puts });
  fixture.watch("a", { noPut: true, prevKv: true, sink: deletions });
  fixture.watch("a", { noPut: true, noDelete: true, sink: nothing });
  fixture.put("a", "1");
  fixture.delete("a");
  fixture.hub.endRun();
  assert.deepEqual([puts.seen, deletions.seen, nothing.seen], ["+a=1@2", "-a@3<1", ""]);
});

Deno.test("WatchHub has the keyspace make no lists of changes while nobody is synced", () => {
  const fixture = new WatchFixture();
  const listeners: boolean[] = [];
  const { keyspace } = fixture;
  const setListener = keyspace.setListener.bind(keyspace);
  keyspace.setListener = (listener) => {
    listeners.push(listener !== undefined);
    setListener(listener);
  };
  const first = fixture.watch("a", { sink: new RecordingSink() });
  const second = fixture.watch("b", { sink: new RecordingSink() });
  first.cancel();
  second.cancel();
  fixture.put("a");
  fixture.watch("a", { startRevision: 1, sink: new RecordingSink() });
  assert.deepEqual(listeners, [true, false]);
  fixture.settle();
  assert.deepEqual(listeners, [true, false, true]);
});

Deno.test("WatchHub.watch() in the middle of a run tells the others of its first half at once, and the new one of the second", () => {
  const fixture = new WatchFixture();
  const before = new RecordingSink();
  const amid = new RecordingSink();
  fixture.watch("a", { sink: before });
  fixture.put("a", "1");
  fixture.watch("a", { sink: amid });
  fixture.put("a", "2");
  fixture.hub.endRun();
  assert.deepEqual([before.seen, amid.seen], ["+a=1@2 +a=2@3", "+a=2@3"]);
});

Deno.test("Watcher.cancel() may be called by any sink for any watcher while they are told", () => {
  for (const cancelled of [0, 1, 2, 3]) {
    const fixture = new WatchFixture();
    const told: number[] = [];
    const watchers: Watcher[] = [];
    for (let i = 0; i < 4; i++) {
      const sink = new CallingSink(() => {
        told.push(i);
        if (i === 1) watchers[cancelled].cancel();
        return true;
      });
      watchers.push(fixture.watch("a", { sink }));
    }
    fixture.put("a");
    fixture.hub.endRun();
    assert.deepEqual(told, [0, 1, 2, 3].filter((i) => i <= 1 || i !== cancelled));
    fixture.put("a");
    fixture.hub.endRun();
    assert.deepEqual(told.slice(cancelled <= 1 ? 4 : 3), [0, 1, 2, 3].filter((i) => i !== cancelled));
    assert.equal(fixture.hub.watchers, 3);
  }
});

Deno.test("A watcher that cancels itself and refuses has ended", () => {
  const fixture = new WatchFixture();
  const watcher: Watcher = fixture.watch("a", {
    sink: new CallingSink(() => {
      watcher.cancel();
      return false;
    }),
  });
  fixture.put("a");
  fixture.hub.endRun();
  watcher.resume();
  assert.deepEqual([fixture.hub.watchers, fixture.hub.slowWatchers, fixture.clock.turnCount], [0, 0, 0]);
});

Deno.test("WatchHub.watch() is refused to a sink that is being told of events", () => {
  const fixture = new WatchFixture();
  const sink = new CallingSink(() => {
    fixture.watch("b", { sink });
    return true;
  });
  fixture.watch("a", { sink });
  fixture.put("a");
  assert.throws(() => fixture.hub.endRun(), InvariantError);
});

Deno.test("A watcher whose sink is full costs nothing for what happens, delays nobody, and misses nothing", () => {
  const fixture = new WatchFixture();
  const slow = new RecordingSink();
  const quick = new RecordingSink();
  const watcher = fixture.watch("a", { sink: slow });
  fixture.watch("a", { sink: quick });
  slow.isFull = true;
  for (let i = 0; i < 1000; i++) {
    fixture.put("a", String(i));
    fixture.hub.endRun();
  }
  assert.equal(quick.batches.length, 1000);
  assert.equal(slow.refusals, 1);
  assert.equal(fixture.clock.turnCount, 0);
  assert.deepEqual([fixture.hub.watchers, fixture.hub.slowWatchers, watcher.isSynced], [2, 1, false]);
  slow.isFull = false;
  watcher.resume();
  watcher.resume();
  fixture.settle();
  assert.equal(slow.seen, quick.seen);
  assert.deepEqual([fixture.hub.slowWatchers, watcher.isSynced], [0, true]);
});

Deno.test("A full sink is not asked again before it resumes, also among those that read the history with it", () => {
  const fixture = new WatchFixture();
  for (let i = 0; i < 10; i++) fixture.put("a", String(i));
  const full = new RecordingSink();
  full.isFull = true;
  const watcher = fixture.watch("a", { startRevision: 1, sink: full });
  const other = new RecordingSink();
  fixture.watch("a", { startRevision: 1, sink: other });
  fixture.settle();
  assert.equal(full.refusals, 1);
  assert.equal(other.batches.flatMap(({ events }) => events).length, 10);
  full.isFull = false;
  watcher.resume();
  fixture.settle();
  assert.equal(full.seen, other.seen);
});

// The faults that etcd had, by the numbers of its issues.

Deno.test("etcd#15220: a watcher is not synced, so that no progress is told, before it has been given what was there", () => {
  const fixture = new WatchFixture({ limits: { ...catchUpDefaults, turnMs: 0, readEventsMax: 2 } });
  for (let i = 0; i < 7; i++) fixture.put("a", String(i));
  const sink = new RecordingSink();
  const watcher = fixture.watch("a", { startRevision: 1, sink });
  for (; !watcher.isSynced; fixture.clock.turn()) {
    const told = sink.batches.at(-1);
    if (told === undefined) continue;
    assert.ok(told.revision < fixture.hub.revision);
    assert.equal(told.revision, told.events.at(-1)!.revision, "a batch declares complete what is still to come");
  }
  assert.equal(sink.batches.flatMap(({ events }) => events).length, 7);
});

Deno.test("etcd#15271: a watcher that falls behind again and again never goes back in time", () => {
  const fixture = new WatchFixture({ limits: { ...catchUpDefaults, turnMs: 0, readEventsMax: 3 } });
  const sink = new RecordingSink();
  const watcher = fixture.watch("a", { end: "c", sink });
  for (let i = 0; i < 300; i++) {
    fixture.txn(["a", String(i)], ["b", String(i)]);
    fixture.hub.endRun();
    sink.isFull = i % 7 < 3;
    if (!sink.isFull) watcher.resume();
    if (i % 2 === 0) fixture.clock.turn();
  }
  sink.isFull = false;
  watcher.resume();
  fixture.settle();
  const revisions = sink.batches.flatMap(({ events }) => events.map(({ revision }) => revision));
  assert.deepEqual(revisions, Array.from({ length: 600 }, (_, i) => 2 + Math.floor(i / 2)));
  assert.ok(sink.refusals > 10);
});

Deno.test("etcd#17529: watchers with a long way to go, and new ones all the time, starve nobody and lose nothing", () => {
  const fixture = new WatchFixture({
    limits: { ...catchUpDefaults, turnMs: 0, readEventsMax: 10, convoyWatchersMax: 4 },
  });
  for (let i = 0; i < 1000; i++) fixture.put("a", String(i));
  const near = new RecordingSink();
  for (let i = 0; i < 20; i++) fixture.watch("a", { startRevision: 1, sink: new RecordingSink() });
  fixture.watch("a", { startRevision: 995, sink: near });
  const far = new RecordingSink();
  let turns = 0;
  for (; near.batches.length === 0; turns++) {
    // Each turn brings one more who begins at the beginning.
    fixture.watch("a", { startRevision: 1, sink: turns === 0 ? far : new RecordingSink() });
    fixture.clock.turn();
  }
  assert.ok(turns <= 20, `near the end, and served after ${turns} turns`);
  fixture.settle();
  assert.equal(far.batches.flatMap(({ events }) => events).length, 1000);
  assert.equal(fixture.hub.slowWatchers, 0);
});

Deno.test("etcd#18089: a watch from the compact revision on is given its events, deletions among them", () => {
  const fixture = new WatchFixture();
  fixture.put("a", "1");
  fixture.put("b", "1");
  fixture.delete("a");
  fixture.put("c", "1");
  fixture.compact(4);
  const at = new RecordingSink();
  const after = new RecordingSink();
  const below = new RecordingSink();
  fixture.watch("a", { end: "-", prevKv: true, startRevision: 4, sink: at });
  fixture.watch("a", { end: "-", startRevision: 5, sink: after });
  fixture.watch("a", { end: "-", startRevision: 3, sink: below });
  assert.equal(below.compactRevision, undefined, "told before watch() returned");
  fixture.settle();
  // What was deleted is gone: it was there before the compact revision.
  assert.equal(at.seen, "-a@4 +c=1@5");
  assert.equal(after.seen, "+c=1@5");
  assert.deepEqual([below.seen, below.compactRevision], ["", 4]);
  assert.deepEqual([at.compactRevision, after.compactRevision], [undefined, undefined]);
});

Deno.test("etcd#19179: compaction behind a watcher's back takes nothing from it that it has not been told is gone", () => {
  for (const compactRevision of [4, 5, 6]) {
    const fixture = new WatchFixture();
    const sink = new RecordingSink();
    const watcher = fixture.watch("a", { end: "-", sink });
    fixture.put("a", "1");
    fixture.put("a", "2");
    fixture.hub.endRun();
    sink.isFull = true;
    for (const change of [() => fixture.put("b", "1"), () => fixture.delete("b"), () => fixture.delete("a")]) {
      change();
      fixture.hub.endRun();
    }
    // It was given everything up to revision 3; that a deletion is its key's last word does not make it go away.
    fixture.compact(compactRevision);
    sink.isFull = false;
    watcher.resume();
    fixture.settle();
    const isLost = compactRevision > 4;
    assert.equal(sink.compactRevision, isLost ? compactRevision : undefined);
    assert.equal(sink.seen, isLost ? "+a=1@2 +a=2@3" : "+a=1@2 +a=2@3 +b=1@4 -b@5 -a@6");
    assert.equal(fixture.hub.watchers, isLost ? 0 : 1);
  }
});

Deno.test("etcd#20221: a watch that starts in the future hears of nothing below its start", () => {
  const fixture = new WatchFixture();
  const sinks = [2, 3, 4, 5].map((startRevision) => {
    const sink = new RecordingSink();
    return { sink, watcher: fixture.watch("a", { startRevision, sink }) };
  });
  assert.deepEqual(sinks.map(({ watcher }) => watcher.isSynced), [false, false, false, false]);
  fixture.put("a", "1");
  fixture.hub.endRun();
  assert.deepEqual(sinks.map(({ watcher }) => watcher.isSynced), [true, false, false, false]);
  fixture.put("a", "2");
  fixture.put("a", "3");
  fixture.hub.endRun();
  assert.deepEqual(sinks.map(({ sink }) => sink.seen), ["+a=1@2 +a=2@3 +a=3@4", "+a=2@3 +a=3@4", "+a=3@4", ""]);
  assert.deepEqual(sinks.map(({ watcher }) => watcher.isSynced), [true, true, true, false]);
});

Deno.test("A watcher that starts in the future and falls behind still hears of nothing below its start", () => {
  const fixture = new WatchFixture();
  const sink = new RecordingSink();
  sink.isFull = true;
  const watcher = fixture.watch("a", { startRevision: 4, sink });
  for (let i = 2; i < 7; i++) {
    fixture.put("a", String(i));
    fixture.hub.endRun();
  }
  assert.equal(sink.refusals, 1);
  sink.isFull = false;
  watcher.resume();
  fixture.settle();
  assert.equal(sink.seen, "+a=4@4 +a=5@5 +a=6@6");
});

Deno.test("The value before is what was there before the revision, not what the revision has put itself", () => {
  const fixture = new WatchFixture();
  fixture.put("a", "old");
  const live = new RecordingSink();
  fixture.watch("a", { prevKv: true, sink: live });
  const put = (value: string) => ({ kind: "put" as const, put: { key: bytes("a"), value: bytes(value) } });
  const remove = { kind: "deleteRange" as const, deleteRange: { key: bytes("a") } };
  fixture.keyspace.txn({ compare: [], failure: [], success: [put("new"), remove] });
  fixture.keyspace.txn({ compare: [], failure: [], success: [put("again")] });
  fixture.keyspace.txn({ compare: [], failure: [], success: [remove, put("anew")] });
  fixture.hub.endRun();
  const later = new RecordingSink();
  fixture.watch("a", { prevKv: true, startRevision: 3, sink: later });
  fixture.settle();
  assert.equal(live.seen, "+a=new@3<old -a@3<old +a=again@4 -a@5<again +a=anew@5");
  assert.equal(later.seen, live.seen);
});

Deno.test("WatchHub.onAdvance() calls back once, after sinks have been told", () => {
  const fixture = new WatchFixture();
  const sink = new RecordingSink();
  fixture.watch("a", { sink });
  const seen: string[] = [];
  fixture.hub.onAdvance(() => seen.push(sink.seen));
  fixture.put("a", "1");
  fixture.hub.endRun();
  fixture.put("a", "2");
  fixture.hub.endRun();
  assert.deepEqual(seen, ["+a=1@2"]);
});

Deno.test("WatchHub.close() tells nobody anything any more", () => {
  const fixture = new WatchFixture();
  const synced = new RecordingSink();
  const behind = new RecordingSink();
  fixture.watch("a", { sink: synced });
  fixture.put("a");
  fixture.watch("a", { startRevision: 1, sink: behind });
  fixture.hub.close();
  fixture.put("a");
  fixture.hub.endRun();
  fixture.settle();
  assert.deepEqual([synced.seen, behind.seen], ["+a=@2", ""]);
});

Deno.test("KeySpace.readHistory() ends early when it has many bytes, and goes on where it ended", () => {
  for (const isStored of [false, true]) {
    const fixture = new WatchFixture({ cacheBytesMax: isStored ? 1 : undefined });
    const { keyspace } = fixture;
    for (let i = 0; i < 100; i++) fixture.put("a", i < 50 ? "x".repeat(10_000) : "x");
    if (isStored) fixture.store();
    const cursor = keyspace.openHistory(1);
    const counts: number[] = [];
    const revisions: number[] = [];
    while (cursor.revision <= keyspace.revision) {
      const events = keyspace.readHistory(cursor, { eventsMax: 60, bytesMax: 200_000 });
      counts.push(events.length);
      revisions.push(...events.map(({ revision }) => revision));
    }
    assert.deepEqual(revisions, Array.from({ length: 100 }, (_, i) => i + 2));
    // Rows are read sixteen at a time while it is not known that they are small.
    assert.ok(counts.slice(0, -1).every((count) => count >= 20 && count <= 60), counts.join(" "));
    assert.ok(counts[0] <= 36, counts.join(" "));
    const one = keyspace.readHistory(keyspace.openHistory(1), { eventsMax: 60, bytesMax: 1 });
    assert.ok(one.length >= 1 && one.length <= 16);
  }
});
