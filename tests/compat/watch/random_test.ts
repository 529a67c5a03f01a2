import { everything, put, type Step } from "../corpus/step.ts";
import { describe, differences } from "../differences.ts";
import { Pair } from "../pair.ts";
import { KEYS, RequestGenerator } from "../random_requests.ts";
import { showRequest } from "../show.ts";
import type { Message } from "../wire.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { testWithTools } from "../../support/tools.ts";
import { compareTranscripts, type Move, Speaker, type Transcript } from "./conversation.ts";
import { isProgress, normalized, watchId } from "./responses.ts";
import { WatchStream } from "./stream.ts";

const STEPS = 400;
const STREAMS = ["first", "second"] as const;
const WATCHES_MAX = 25;

/** `SEED=n` runs one sequence again; otherwise two new ones. `RUNS=n` runs as many. */
function seeds(): number[] {
  const seed = Deno.env.get("SEED");
  if (seed !== undefined) return [Number(seed)];
  return Array.from({ length: Number(Deno.env.get("RUNS") ?? 2) }, () => Math.floor(Math.random() * 2 ** 32));
}

for (const seed of seeds()) {
  testWithTools(`detcd tells random watches what etcd tells them (SEED=${seed})`, {
    tools: ["etcd"],
    run: async () => {
      await using comparison = await RandomComparison.start(seed);
      await comparison.run();
    },
  });
}

/** The state of a stream, as etcd's answers tell it. */
interface StreamState {
  /** Creations that were asked for. */
  created: number;
  /** Ids of watches that are open. */
  open: Set<string>;
  /** The newest revision at which one of them starts. */
  farthestStart: number;
}

/**
 * Both servers step by step. What a watch is told would depend on time if it were canceled, or history were compacted, while
 * something is still to be told; before that everybody waits until all has been told.
 */
class RandomComparison implements AsyncDisposable {
  readonly #generator: RequestGenerator;
  readonly #random;
  readonly #streams: Map<string, StreamState> = new Map(
    STREAMS.map((name) => [name, { created: 0, open: new Set<string>(), farthestStart: 0 }]),
  );
  readonly #sides: readonly (readonly Speaker[])[];
  #nextId = 100;
  #where = "";

  private constructor(readonly pair: Pair, readonly seed: number) {
    this.#generator = new RequestGenerator(seed);
    this.#random = seededRandom(seed);
    this.#sides = [pair.etcd, pair.candidate].map(({ endpoint }) =>
      STREAMS.map((name) => new Speaker(name, new WatchStream(endpoint)))
    );
  }

  static async start(seed: number): Promise<RandomComparison> {
    return new RandomComparison(await Pair.start(), seed);
  }

  async run(): Promise<void> {
    for (let number = 0; number < STEPS; number++) {
      this.#where = `SEED=${this.seed}, step ${number}`;
      const kind = this.#below(100);
      const name = STREAMS[this.#below(STREAMS.length)];
      if (kind < 16) await this.#create(name);
      else if (kind < 20) await this.#cancel(name);
      else await this.#request(this.#generator.next());
    }
    this.#where = `SEED=${this.seed}, at the end`;
    await this.#settle();
    await this.#request(everything);
    const [etcd, candidate] = this.#sides.map(transcriptOf);
    const found = compareTranscripts(etcd, candidate, { name: "", moves: [], batching: "free" });
    if (found.length > 0) throw new Error(`SEED=${this.seed}: ${found.length} differences:\n${found.join("\n")}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#sides.flat().map(({ stream }) => stream[Symbol.asyncDispose]()));
    await this.pair[Symbol.asyncDispose]();
  }

  async #request(step: Step): Promise<void> {
    if (step.method.endsWith("/Compact")) await this.#settle();
    const answers = await this.pair.both(step);
    const found = differences(...answers);
    if (found.length > 0) {
      throw new Error(`${this.#where}: ${showRequest(step)} is answered differently:\n${describe(found)}`);
    }
    this.#generator.learn(answers[0]);
  }

  async #create(name: string): Promise<void> {
    const state = this.#streams.get(name)!;
    if (state.open.size >= WATCHES_MAX) return;
    const request = this.#watch(state);
    const number = ++state.created;
    const isAnswered = (speaker: Speaker) => creations(speaker).length >= number;
    await this.#both(name, { kind: "send", stream: name, request: { create_request: request } }, isAnswered);
    const answer = creations(this.#speaker(0, name))[number - 1];
    if (answer.canceled === true) return;
    const id = watchId(answer);
    const start = Number(request.start_revision ?? 0);
    if (start > 0 && start < this.#generator.compacted) {
      // etcd tells no progress on the stream before such a watch is canceled by the client, too.
      await this.#each(name, { kind: "await", stream: name, awaited: { id: BigInt(id), canceled: 1 } });
      await this.#cancelOne(name, id);
    } else {
      state.open.add(id);
      state.farthestStart = Math.max(state.farthestStart, start);
    }
  }

  #watch({ open }: StreamState): Message {
    const { newest, compacted } = this.#generator;
    const request: Message = { key: KEYS[this.#below(KEYS.length)] };
    if (this.#below(100) < 60) request.range_end = this.#below(3) === 0 ? "\0" : KEYS[this.#below(KEYS.length)];
    const kind = this.#below(100);
    if (kind < 40) request.start_revision = compacted + this.#below(newest - compacted + 2);
    else if (kind < 45) request.start_revision = newest + this.#below(5);
    else if (kind < 52) request.start_revision = this.#below(newest + 1) - 1;
    if (this.#below(2) === 0) request.prev_kv = true;
    if (this.#below(4) === 0) request.filters = [this.#below(2)];
    if (this.#below(4) === 0) request.fragment = true;
    const choice = this.#below(10);
    if (choice < 3) request.watch_id = this.#nextId++;
    else if (choice === 3 && open.size > 0) request.watch_id = BigInt([...open][this.#below(open.size)]);
    return request;
  }

  async #cancel(name: string): Promise<void> {
    const ids = [...this.#streams.get(name)!.open];
    if (ids.length === 0) return;
    await this.#settle();
    await this.#cancelOne(name, ids[this.#below(ids.length)]);
  }

  async #cancelOne(name: string, id: string): Promise<void> {
    this.#streams.get(name)!.open.delete(id);
    await this.#each(name, { kind: "send", stream: name, request: { cancel_request: { watch_id: BigInt(id) } } });
    await this.#each(name, { kind: "await", stream: name, awaited: { id: BigInt(id), canceled: 1 } });
  }

  /** Waits until all watches have been told everything. */
  async #settle(): Promise<void> {
    const farthest = Math.max(...this.#streams.values().map(({ farthestStart }) => farthestStart));
    while (this.#generator.newest < farthest) await this.#request(put({ key: "settling" }));
    for (const [name, { open }] of this.#streams) {
      if (open.size === 0) continue;
      await this.#each(name, { kind: "progressUntil", stream: name, revision: this.#generator.newest });
    }
  }

  #speaker(side: number, name: string): Speaker {
    return this.#sides[side].find((speaker) => speaker.name === name)!;
  }

  async #each(name: string, move: Exclude<Move, { kind: "call" }>): Promise<void> {
    await Promise.all([0, 1].map(async (side) => {
      const who = side === 0 ? "etcd" : "the candidate";
      await this.#speaker(side, name).make(move, `${this.#where}, ${who}`);
    }));
  }

  async #both(
    name: string,
    move: Exclude<Move, { kind: "call" }>,
    isAnswered: (speaker: Speaker) => boolean,
  ): Promise<void> {
    await this.#each(name, move);
    await Promise.all([0, 1].map((side) => {
      const speaker = this.#speaker(side, name);
      const text = `${this.#where}: the answer of ${side === 0 ? "etcd" : "the candidate"} to ${
        JSON.stringify(move, asText)
      }`;
      return speaker.stream.until(() => isAnswered(speaker), text);
    }));
  }

  #below(bound: number): number {
    return this.#random.below(bound);
  }
}

function creations({ stream }: Speaker): Message[] {
  return stream.responses.filter(({ created }) => created === true);
}

/** Without progress: how often it was asked for depends on time. */
function transcriptOf(speakers: readonly Speaker[]): Transcript {
  return {
    answers: [],
    streams: new Map(
      speakers.map(({ name, stream: { responses } }) => [
        name,
        normalized(responses.filter((response) => !isProgress(response)), "free"),
      ]),
    ),
    ends: new Map(speakers.map(({ name, stream }) => [name, stream.end])),
  };
}

function asText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
