import { seededRandom } from "../support/seeded_random.ts";
import { History, type WriteOp } from "./history.ts";
import type { Observation, WatchedRange } from "./observation.ts";
import type { RunFacts } from "./checker.ts";
import { type RunKnowledge, WatchClient } from "./watch_client.ts";
import { Writer } from "./writer.ts";

/** What a run is made of; all that is random comes from the seed, but what meets in time does not. */
export interface RunOptions {
  seed: number;
  /** How many writes are made. */
  writes: number;
  /** Up to how many revisions a watch may start in the future. */
  futureMax?: number;
  /** As the watch clients' option. */
  isProgressOvertaken: boolean;
}

/** What a run came to. */
export interface RunOutcome {
  history: History;
  observations: Observation[];
  compactions: RunFacts["compactions"];
  /** Streams that broke, or did not tell everything. */
  failures: string[];
}

/** Flags that a server under test needs, so that fragments and periodic progress occur. */
export const runFlags = { "max-request-bytes": 760_000, "watch-progress-notify-interval": "100ms" } as const;

const KEYS = Array.from(
  { length: 24 },
  (_, index) => `key/${String.fromCharCode(97 + index % 6)}/${Math.floor(index / 6)}`,
);
const STREAMS = 6;
const WRITES_AT_ONCE = 4;
const WATCHES_PER_STREAM_MAX = 12;
const FINISH_MAX_MS = 30_000;

/** Lets writers and watchers loose on the server at `endpoint`, which must be fresh. */
export async function randomRun(endpoint: string, options: RunOptions): Promise<RunOutcome> {
  await using run = new RandomRun(endpoint, options);
  return await run.go();
}

class RandomRun implements AsyncDisposable {
  readonly #random;
  readonly #writer: Writer;
  readonly #knowledge: RunKnowledge = { newest: 1, compactRevision: 0 };
  readonly #compactions = new Set<number>();
  readonly #observations: Observation[] = [];
  readonly #failures: string[] = [];
  readonly #clients: WatchClient[];
  readonly #ended: WatchClient[] = [];
  readonly #paused = new Set<number>();
  /** How often values are large, and how large; so that in some runs streams that are not read from fill up. */
  readonly #largePercent: number;
  readonly #largeMax: number;
  #farthestStart = 0;
  #nextId = 1000n;

  constructor(readonly endpoint: string, readonly options: RunOptions) {
    this.#random = seededRandom(options.seed);
    this.#largePercent = this.#pick([5, 10, 40]);
    this.#largeMax = this.#pick([2_000, 20_000]);
    this.#writer = new Writer(endpoint);
    this.#clients = Array.from({ length: STREAMS }, () => new WatchClient(endpoint, this.#knowledge, options));
  }

  async go(): Promise<RunOutcome> {
    const running = new Set<Promise<void>>();
    for (let number = 0; number < this.options.writes; number++) {
      while (running.size >= WRITES_AT_ONCE) await Promise.race(running);
      const writing = this.#write().finally(() => running.delete(writing));
      running.add(writing);
      if (this.#chance(45)) this.#watch();
    }
    await Promise.all(running);
    // So that every watch, also one that starts in the future, has something to tell.
    while (this.#knowledge.newest <= this.#farthestStart) await this.#learn(this.#writer.write([this.#put()]));
    await this.#finish();
    return {
      history: new History(this.#writer.writes),
      observations: this.#observations,
      compactions: this.#compactions,
      failures: this.#failures,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#clients, ...this.#ended].map((client) => client[Symbol.asyncDispose]()));
    this.#writer[Symbol.dispose]();
  }

  async #finish(): Promise<void> {
    const { newest } = this.#knowledge;
    const outcomes = await Promise.allSettled(
      this.#clients.map((client) => client.finish(newest, { timeoutMs: FINISH_MAX_MS })),
    );
    for (const [number, outcome] of outcomes.entries()) {
      if (outcome.status === "rejected") this.#failures.push(`stream ${number}: ${outcome.reason.message}`);
    }
  }

  async #write(): Promise<void> {
    if (this.#chance(3)) {
      const revision = this.#knowledge.newest - this.#below(30);
      if (revision <= this.#knowledge.compactRevision) return;
      this.#knowledge.compactRevision = revision;
      this.#compactions.add(revision);
      await this.#writer.compact(revision);
      return;
    }
    if (this.#chance(1)) {
      // With the values before, the second one is above what goes into one response.
      for (const value of ["L", "M"]) {
        await this.#learn(this.#writer.write(KEYS.slice(0, 12).map((key) => this.#put(key, value.repeat(60_000)))));
      }
    } else await this.#learn(this.#writer.write(this.#ops()));
  }

  async #learn(revision: Promise<number>): Promise<void> {
    this.#knowledge.newest = Math.max(this.#knowledge.newest, await revision);
  }

  /** What one write does: no key twice, as etcd demands of a txn. */
  #ops(): WriteOp[] {
    const kind = this.#below(1000);
    if (kind < 550) return [this.#put()];
    if (kind < 650) return [{ kind: "delete", key: this.#pick(KEYS) }];
    if (kind < 700) return [{ kind: "delete", ...this.#someRange() }];
    const count = 2 + this.#below(6);
    const keys = new Set(Array.from({ length: count }, () => this.#pick(KEYS)));
    if (kind < 900) return [...keys].map((key) => this.#put(key));
    return [...keys].map((key) => this.#chance(50) ? this.#put(key) : { kind: "delete", key });
  }

  #put(key: string = this.#pick(KEYS), value: string = this.#value()): WriteOp {
    return { kind: "put", key, value };
  }

  #value(): string {
    const length = this.#chance(this.#largePercent) ? this.#below(this.#largeMax) : this.#below(12);
    return String(this.#below(1_000_000)).padEnd(length, ".");
  }

  /** One thing that a watching client may do. */
  #watch(): void {
    const number = this.#below(STREAMS);
    const client = this.#clients[number];
    const kind = this.#below(100);
    if (kind < 45) {
      if (client.openCount < WATCHES_PER_STREAM_MAX) this.#newWatch(client);
    } else if (kind < 55) client.cancel(this.#below(client.openCount + 1), { goesOn: true });
    else if (kind < 62) client.cancel(this.#below(client.openCount + 1), { goesOn: false });
    else if (kind < 75) client.requestProgress();
    else if (kind < 85) {
      if (this.#paused.has(number)) this.#resume(number);
      else this.#pause(number);
    } else if (kind < 93) this.#restart(number);
    else for (const each of this.#paused) this.#resume(each);
  }

  #pause(number: number): void {
    this.#paused.add(number);
    this.#clients[number].pause();
  }

  #resume(number: number): void {
    this.#paused.delete(number);
    this.#clients[number].resume();
  }

  /** Breaks a stream off and takes up its watches on another. */
  #restart(number: number): void {
    const old = this.#clients[number];
    if (old.failure !== undefined) this.#failures.push(`stream ${number}: ${old.failure}`);
    const left = old.abort();
    this.#ended.push(old);
    this.#paused.delete(number);
    const fresh = this.#clients[number] = new WatchClient(this.endpoint, this.#knowledge, this.options);
    for (const { observation, options } of left) fresh.create(observation, { ...options, id: 0n });
  }

  #newWatch(client: WatchClient): void {
    const observation: Observation = {
      name: `watcher ${this.#observations.length}`,
      range: this.#watchedRange(),
      segments: [],
    };
    this.#observations.push(observation);
    const startRevision = this.#startRevision();
    this.#farthestStart = Math.max(this.#farthestStart, startRevision);
    client.create(observation, {
      startRevision,
      id: this.#chance(50) ? 0n : this.#nextId++,
      progressNotify: this.#chance(40),
      fragment: this.#chance(50),
    });
  }

  #watchedRange(): WatchedRange {
    const range = this.#chance(30) ? { key: this.#pick(KEYS) } : this.#someRange();
    return { ...range, prevKv: this.#chance(50), noPut: this.#chance(12), noDelete: this.#chance(12) };
  }

  #someRange(): { key: string; rangeEnd: string } {
    const kind = this.#below(4);
    if (kind === 0) return { key: "key/", rangeEnd: "key0" };
    if (kind === 1) return { key: this.#pick(KEYS), rangeEnd: "\0" };
    const letter = this.#below(6);
    if (kind === 2) {
      return { key: `key/${String.fromCharCode(97 + letter)}/`, rangeEnd: `key/${String.fromCharCode(97 + letter)}0` };
    }
    const [from, to] = [this.#pick(KEYS), this.#pick(KEYS)].sort();
    return { key: from, rangeEnd: `${to}~` };
  }

  #startRevision(): number {
    const { newest, compactRevision } = this.#knowledge;
    const kind = this.#below(100);
    if (kind < 40) return 0;
    if (kind < 75) return compactRevision + 1 + this.#below(Math.max(1, newest - compactRevision));
    if (kind < 85) return Math.max(1, compactRevision - 1 + this.#below(3));
    return newest + 1 + this.#below(this.options.futureMax ?? 20);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)];
  }

  #chance(percent: number): boolean {
    return this.#below(100) < percent;
  }

  #below(bound: number): number {
    return this.#random.below(bound);
  }
}
