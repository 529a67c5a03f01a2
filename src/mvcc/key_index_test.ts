import assert from "node:assert/strict";
import { KeyIndex } from "./key_index.ts";
import { keyBytes, type KeyText, keyText } from "./key.ts";

/** Chance that can be replayed: xorshift32. */
function chance(seed: number): (bound: number) => number {
  let state = (seed * 2654435761 + 88675123) >>> 0 || 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

interface Event {
  sequence: number;
  revision: number;
  isTombstone: boolean;
}

/** Keys with all their events, and what the rules of compaction leave of them. */
class PlainIndex {
  readonly events = new Map<string, Event[]>();

  add(key: string, event: Event): void {
    const events = this.events.get(key);
    if (events === undefined) this.events.set(key, [event]);
    else events.push(event);
  }

  isLive(key: string): boolean {
    return this.events.get(key)?.at(-1)?.isTombstone === false;
  }

  scan(from: string, to: string, revision: number): number[] {
    return [...this.events.keys()].filter((key) => key >= from && key < to).sort().flatMap((key) => {
      const event = this.events.get(key)!.findLast((event) => event.revision <= revision);
      return event === undefined || event.isTombstone ? [] : [event.sequence];
    });
  }

  compact(target: number): number[] {
    const removed: number[] = [];
    for (const [key, events] of this.events) {
      const newest = events.findLastIndex((event) => event.revision <= target);
      const isDead = newest >= 0 && events[newest].isTombstone && events[newest].revision < target;
      removed.push(...events.splice(0, isDead ? newest + 1 : Math.max(0, newest)).map((event) => event.sequence));
      if (events.length === 0) this.events.delete(key);
    }
    return removed.sort((a, b) => a - b);
  }
}

function compactAll(index: KeyIndex, target: number, limits: { visitedMax: number; removedMax: number }): number[] {
  const removed: number[] = [];
  for (let from: KeyText | undefined = "" as KeyText; from !== undefined;) {
    const some: number[] = [];
    from = index.compactSlice(from, { target, ...limits }, some);
    assert(some.length <= limits.removedMax, "a step forgets no more than it may");
    removed.push(...some);
  }
  return removed.sort((a, b) => a - b);
}

function sequences(index: KeyIndex, range: { from: string; to: string }, revision: number, reverse = false): number[] {
  const found: number[] = [];
  const keys = { from: range.from as KeyText, to: range.to as KeyText, single: false };
  const rest = index.scan(keys, { revision, visitedMax: Infinity, reverse }, (row) => found.push(row.sequence) > 0);
  assert.equal(rest, undefined);
  return found;
}

Deno.test("KeyIndex holds thousands of keys as a plain list of events does, through splits, merges and compactions", () => {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 1e9));
  const below = chance(seed);
  const index = new KeyIndex();
  const plain = new PlainIndex();
  let revision = 1;
  let compacted = 0;
  let nextInOrder = 0;
  const randomKey = () => (below(3) > 0 ? `k${below(4000)}` : `s${String(below(nextInOrder + 1)).padStart(6, "0")}`);
  const change = (key: string, remove: boolean) => {
    revision++;
    const isLive = index.find(keyBytes(key as KeyText));
    assert.equal(isLive, plain.isLive(key), key);
    if (remove && !isLive) return;
    if (remove) index.tombstone(revision, revision);
    else index.put(revision, revision);
    plain.add(key, { sequence: revision, revision, isTombstone: remove });
  };
  const check = () => {
    index.checkInvariants();
    for (const at of [revision, compacted, compacted + below(revision - compacted + 1)]) {
      const [from, to] = [randomKey(), randomKey()].sort();
      const wanted = plain.scan(from, to, at);
      assert.deepEqual(sequences(index, { from, to }, at), wanted);
      assert.deepEqual(sequences(index, { from, to }, at, true), wanted.toReversed());
      if (at === revision) {
        assert.equal(index.countNewest({ from: from as KeyText, to: to as KeyText, single: false }), wanted.length);
      }
    }
  };
  try {
    for (let round = 0; round < 6; round++) {
      for (let i = 0; i < 4000; i++) change(randomKey(), below(4) === 0);
      for (let i = 0; i < 2000; i++) change(`s${String(nextInOrder++).padStart(6, "0")}`, false);
      check();
      // Rounds that delete nearly everything make leaves and branches merge.
      if (round % 2 === 1) { for (const key of [...plain.events.keys()]) if (below(20) > 0) change(key, true); }
      check();
      compacted = revision - below(3000);
      const limits = { visitedMax: 1 + below(500), removedMax: 1 + below(300) };
      assert.deepEqual(compactAll(index, compacted, limits), plain.compact(compacted));
      check();
      assert.equal(index.keys, plain.events.size);
      assert.equal(index.events, [...plain.events.values()].reduce((sum, events) => sum + events.length, 0));
    }
    for (const key of [...plain.events.keys()]) change(key, true);
    compacted = ++revision;
    compactAll(index, compacted, { visitedMax: 100, removedMax: 100 });
    assert.deepEqual([index.keys, index.liveKeys, index.events], [0, 0, 0]);
    index.checkInvariants();
    change("again", false);
    assert.deepEqual(sequences(index, { from: "", to: "z" }, revision), [revision]);
  } catch (error) {
    throw new Error(`replay with SEED=${seed}`, { cause: error });
  }
});

Deno.test("KeyIndex.restore() gives the index that the same changes gave, and one that can be changed further", () => {
  for (const count of [0, 1, 56, 57, 7000]) {
    const changed = new KeyIndex();
    const restored = new KeyIndex();
    const key = (i: number) => keyBytes(`k${(i * 7919) % 10_007}` as KeyText);
    for (let i = 1; i <= 3 * count; i++) {
      const bytes = key(i % (2 * count));
      const isLive = changed.find(bytes);
      const event = isLive && i % 5 === 0
        ? { createRevision: 0, version: 0 }
        : { createRevision: isLive ? changed.createRevision : i, version: changed.version + 1 };
      if (event.version === 0) changed.tombstone(i, i);
      else changed.put(i, i);
      restored.find(bytes);
      restored.restore({ sequence: i, revision: i, ...event });
    }
    for (const _ of restored.finishRestore());
    for (const index of [changed, restored]) {
      index.checkInvariants();
      for (let i = 0; i < 300; i++) {
        index.find(keyBytes(`new${(i * 31) % 300}` as KeyText));
        index.put(3 * count + 1 + i, 3 * count + 1 + i);
      }
      index.checkInvariants();
    }
    assert.deepEqual([restored.keys, restored.liveKeys, restored.events], [
      changed.keys,
      changed.liveKeys,
      changed.events,
    ]);
    for (const revision of [count, 2 * count, 3 * count, 4 * count + 300]) {
      assert.deepEqual(
        sequences(restored, { from: "", to: "z" }, revision),
        sequences(changed, { from: "", to: "z" }, revision),
      );
    }
  }
});

Deno.test("KeyIndex finds keys that were put where whole leaves had gone and branches then merged", () => {
  const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 1e9));
  const below = chance(seed);
  const index = new KeyIndex();
  const live = new Set<number>();
  let revision = 0;
  const key = (i: number) => keyBytes(String(i).padStart(6, "0") as KeyText);
  const put = (i: number) => {
    revision++;
    index.find(key(i));
    index.put(revision, revision);
    live.add(i);
  };
  const remove = (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      if (!live.delete(i)) continue;
      revision++;
      index.find(key(i));
      index.tombstone(revision, revision);
    }
    revision++;
    compactAll(index, revision, { visitedMax: 10_000, removedMax: 10_000 });
    index.checkInvariants();
  };
  for (let i = 0; i < 60_000; i += 2) put(i);
  // From behind, so that branches keep their first children until these go one by one.
  for (let round = 0; round < 12; round++) {
    for (let window = 0; window < 30; window++) {
      const from = below(60_000);
      remove(from, from + 50 + below(600));
      for (let i = 0; i < 20; i++) put(from + below(400));
      index.checkInvariants();
    }
    for (let i = 0; i < 60_000; i += 5000) remove(i, i + below(4500));
  }
  const found = sequences(index, { from: "", to: "z" }, revision);
  assert.equal(found.length, live.size, `replay with SEED=${seed}`);
});

Deno.test("KeyIndex orders keys by unsigned bytes", () => {
  const index = new KeyIndex();
  const keys = [[0xff], [0x80], [0x7f, 0xff], [0x7f], [0], [0, 0], [0xff, 0]].map((bytes) => Uint8Array.from(bytes));
  keys.forEach((key, i) => {
    index.find(key);
    index.put(i + 1, i + 2);
  });
  const found: number[] = [];
  index.scan({ from: "" as KeyText, to: undefined, single: false }, { revision: 100, visitedMax: 100 }, (row) => {
    assert.equal(row.key, keyText(keys[row.sequence - 1]));
    return found.push(row.sequence) > 0;
  });
  assert.deepEqual(found, [5, 6, 4, 3, 2, 1, 7]);
});

Deno.test("KeyIndex.find() tells keys apart whose hashes collide in the table", () => {
  // More keys than a piece of the hash in an entry can tell apart, so that entries are compared by key.
  const index = new KeyIndex({ hashSeed: 7 });
  for (let i = 1; i <= 5000; i++) {
    index.find(keyBytes(`${i}` as KeyText));
    index.put(i, i + 1);
  }
  for (let i = 1; i <= 5000; i++) assert.equal(index.sequenceAt(keyBytes(`${i}` as KeyText), 1e9), i);
  for (let i = 5001; i <= 10_000; i++) assert.equal(index.sequenceAt(keyBytes(`${i}` as KeyText), 1e9), 0);
});

Deno.test("KeyIndex.compactSlice() resumes inside a key with many older events", () => {
  const index = new KeyIndex();
  const key = keyBytes("often" as KeyText);
  for (let i = 1; i <= 5000; i++) {
    index.find(key);
    index.put(i, i + 1);
  }
  for (const revision of [2, 1000, 4999, 5001]) assert.equal(index.sequenceAt(key, revision), revision - 1);
  const removed = compactAll(index, 4001, { visitedMax: 10, removedMax: 64 });
  assert.deepEqual(removed, Array.from({ length: 3999 }, (_, i) => i + 1));
  assert.equal(index.sequenceAt(key, 4001), 4000);
  assert.equal(index.sequenceAt(key, 4500), 4499);
  assert.equal(index.events, 1001);
});
