import assert from "node:assert/strict";
import { seededRandom } from "../../tests/support/seeded_random.ts";
import { bytes } from "../../tests/support/watch_fixture.ts";
import { keyRange, keyText } from "../mvcc/mod.ts";
import type { Random } from "../ports/mod.ts";
import { Change } from "./event.ts";
import { HubWatcher, type WatcherOwner, WatcherState } from "./hub_watcher.ts";
import { watchFlags } from "./watch_flags.ts";
import { WatcherIndex } from "./watcher_index.ts";

const firstSeed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
const runs = Number(Deno.env.get("RUNS") ?? 50);

Deno.test(`WatcherIndex tells watchers of the same keys in the order in which they came (SEED=${firstSeed}, RUNS=${runs})`, () => {
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) new RandomIndex(seed).run();
});

const ranges: readonly (readonly [string, string | undefined])[] = [
  ["a", undefined],
  ["b", undefined],
  ["a", "b"],
  ["a", "\0"],
  ["b", "c"],
];
const keys = ["a", "aa", "b", "bb"];

/** A watcher with what it must do when it is told next. */
interface Listed {
  readonly name: number;
  readonly range: string;
  readonly watcher: HubWatcher;
  readonly key: string;
  readonly end: string | undefined;
  readonly noPut: boolean;
  readonly fromRevision: number;
  /** Whom it removes when it is told. */
  victim: Listed | undefined;
}

/** Watchers that come and go, also while others are told, beside a list that is looked through from the beginning each time. */
class RandomIndex {
  readonly #random: Random;
  readonly #index = new WatcherIndex();
  #all: Listed[] = [];
  #told: { name: number; range: string }[] = [];
  #revision = 1;
  #names = 0;

  constructor(readonly seed: number) {
    this.#random = seededRandom(seed);
  }

  run(): void {
    try {
      for (let i = 0; i < 200; i++) this.#step();
      const taken = this.#index.takeAll();
      assert.deepEqual(new Set(taken), new Set(this.#all.map(({ watcher }) => watcher)));
      assert.equal(taken.length, this.#all.length);
      assert.equal(this.#index.size, 0);
    } catch (error) {
      throw new Error(`SEED=${this.seed} RUNS=1: ${(error as Error).message}`, { cause: error });
    }
  }

  #step(): void {
    const kind = this.#random.below(10);
    if (kind < 5) this.#add();
    else if (kind < 7 && this.#all.length > 0) this.#remove(this.#anyone());
    else this.#publish(keys[this.#random.below(keys.length)]);
    assert.equal(this.#index.size, this.#all.length);
  }

  #anyone(): Listed {
    return this.#all[this.#random.below(this.#all.length)];
  }

  #add(): void {
    const [key, end] = ranges[this.#random.below(ranges.length)];
    const noPut = this.#random.below(4) === 0;
    const spec = { key: bytes(key), rangeEnd: end === undefined ? undefined : bytes(end) };
    const range = keyRange(spec.key, spec.rangeEnd);
    const prevKv = this.#random.below(2) === 0;
    const flags = watchFlags({ ...spec, startRevision: 0, prevKv, noPut, noDelete: false }, range);
    const fromRevision = this.#random.below(4) === 0 ? this.#revision + this.#random.below(4) : 0;
    const take = () => {
      this.#told.push({ name: listed.name, range: listed.range });
      if (listed.victim !== undefined) this.#remove(listed.victim);
      return true;
    };
    const sink = { take, compacted: () => assert.fail("told of a compaction") };
    const watcher = new HubWatcher(noOwner, { sink, range, flags, fromRevision });
    const name = this.#names++;
    const listed: Listed = { name, range: `${key}-${end}`, watcher, key, end, noPut, fromRevision, victim: undefined };
    this.#index.add(watcher);
    this.#all.push(listed);
  }

  #remove(listed: Listed): void {
    if (listed.watcher.index === undefined) return;
    this.#index.remove(listed.watcher);
    listed.watcher.state = WatcherState.Ended;
    this.#all = this.#all.filter((other) => other !== listed);
  }

  #publish(key: string): void {
    const revision = ++this.#revision;
    for (const listed of this.#all) {
      // Of the same keys, so that the order between different ranges, which is not promised, makes no difference.
      const peers = this.#all.filter(({ range }) => range === listed.range);
      listed.victim = this.#random.below(4) === 0 ? peers[this.#random.below(peers.length)] : undefined;
    }
    const expected = ranges.flatMap(([from, end]) => this.#expected(key, `${from}-${end}`));
    this.#told = [];
    const content = { key: keyText(bytes(key)), kv: bytes("kv"), isTombstone: false, previousSequence: 0 };
    const refused = () => assert.fail("nobody refuses");
    const taken = this.#index.publish([new Change(revision, content, () => undefined)], { revision, refused });
    assert.equal(taken, this.#told.length);
    const byRange = ranges.flatMap(([from, end]) => this.#told.filter(({ range }) => range === `${from}-${end}`));
    assert.deepEqual(byRange.map(({ name }) => name), expected);
  }

  /** Who of `range` is to be told, when those who are told remove their victims. */
  #expected(key: string, range: string): number[] {
    const gone = new Set<Listed>();
    const told: number[] = [];
    for (const listed of this.#all) {
      const { end, noPut, fromRevision } = listed;
      if (listed.range !== range || gone.has(listed) || noPut || fromRevision > this.#revision) continue;
      const isInside = end === undefined ? key === listed.key : key >= listed.key && (end === "\0" || key < end);
      if (!isInside) continue;
      told.push(listed.name);
      if (listed.victim !== undefined) gone.add(listed.victim);
    }
    return told;
  }
}

const noOwner: WatcherOwner = { isSynced: () => true, cancel() {}, resume() {} };
