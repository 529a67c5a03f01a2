import { put, type Step } from "../corpus/step.ts";
import { describe, differences } from "../differences.ts";
import { type Answer, GrpcCaller } from "../grpc_caller.ts";
import { showRequest } from "../show.ts";
import type { Message } from "../wire.ts";
import {
  type Batching,
  events,
  headerRevision,
  isProgress,
  MARKER,
  NO_WATCH,
  normalized,
  watchId,
  withoutMarkers,
} from "./responses.ts";
import { type StreamEnd, WatchStream } from "./stream.ts";

/** What a conversation waits for on a stream, counted from the last such wait on. */
export interface Awaited {
  /** The watch that is meant; 0 when absent. */
  id?: number | bigint;
  /** So many more `created`. */
  created?: number;
  /** So many more `canceled`. */
  canceled?: number;
  /** So many more events. */
  events?: number;
  /** So many more that tell nothing but progress. */
  progress?: number;
}

/** One move of a conversation. Streams have names; the first move with a name opens it. */
export type Move =
  | { kind: "send"; stream: string; request: Message | Uint8Array }
  | { kind: "halfClose"; stream: string }
  | { kind: "await"; stream: string; awaited: Awaited }
  | { kind: "awaitEnd"; stream: string }
  /** Asks for progress until it is told at `revision` or above: etcd forgets a request that comes too early. */
  | { kind: "progressUntil"; stream: string; revision: number }
  /** Requests of other services, one after the other; their answers are compared, too. */
  | { kind: "call"; step: Step };

/** A conversation with a fresh server. */
export interface WatchChapter {
  name: string;
  moves: readonly Move[];
  flags?: readonly string[];
  batching: Batching;
}

/** What one server had to say. */
export interface Transcript {
  answers: Answer[];
  /** By stream, then as {@link normalized} has it. */
  streams: Map<string, Map<string, Message[]>>;
  /** By stream, how it ended; undefined while it goes on. */
  ends: Map<string, StreamEnd | undefined>;
}

const MARKER_ID = 4_000_000_000n;
const ASK_AGAIN_MS = 150;

/**
 * Has a conversation with the server at `endpoint`. At the end every stream that is still open gets one watch more, on a key
 * of its own; when it has seen a put, everything before has been told, too.
 * @throws when something awaited does not come
 */
export async function converse(endpoint: string, { moves, batching }: WatchChapter): Promise<Transcript> {
  using caller = new GrpcCaller(endpoint);
  await using stack = new AsyncDisposableStack();
  const speakers = new Map<string, Speaker>();
  const answers: Answer[] = [];
  const speaker = (name: string) => {
    let found = speakers.get(name);
    if (found === undefined) speakers.set(name, found = new Speaker(name, stack.use(new WatchStream(endpoint))));
    return found;
  };
  for (const [number, move] of moves.entries()) {
    if (move.kind === "call") answers.push(await caller.call(move.step.method, move.step.request));
    else await speaker(move.stream).make(move, `move ${number}`);
  }
  for (const open of speakers.values()) await open.settle(caller);
  return {
    answers,
    streams: new Map(
      speakers.values().map(({ name, stream }) => [
        name,
        normalized(withoutMarkers(stream.responses, MARKER_ID), batching),
      ]),
    ),
    ends: new Map(speakers.values().map(({ name, stream }) => [name, stream.end])),
  };
}

/** One side's end of a stream, with what it has already waited for. */
export class Speaker {
  readonly #seen = new Map<string, number>();
  #halfClosed = false;

  constructor(readonly name: string, readonly stream: WatchStream) {}

  async make(move: Exclude<Move, { kind: "call" }>, where: string): Promise<void> {
    switch (move.kind) {
      case "send":
        return this.stream.send(move.request);
      case "halfClose":
        this.#halfClosed = true;
        return this.stream.halfClose();
      case "await":
        return await this.#await(move.awaited, where);
      case "awaitEnd":
        return await this.stream.until(() => this.stream.end !== undefined, `${where}: the end of stream ${this.name}`);
      case "progressUntil":
        return await this.#progressUntil(move.revision, where);
      default:
        throw new Error(`no such move: ${move satisfies never}`);
    }
  }

  /** See {@link converse}. */
  async settle(caller: GrpcCaller): Promise<void> {
    if (this.#halfClosed || this.stream.end !== undefined) return;
    const key = `${MARKER} of ${this.name}`;
    this.stream.send({ create_request: { key, watch_id: MARKER_ID } });
    await this.#await({ id: MARKER_ID, created: 1 }, "the marker");
    await caller.call(put({}).method, { key });
    await this.#await({ id: MARKER_ID, events: 1 }, "the marker");
  }

  async #await({ id = 0, ...counts }: Awaited, where: string): Promise<void> {
    for (const [kind, more] of Object.entries(counts) as [keyof typeof counts, number][]) {
      const name = `${kind} of ${id}`;
      const wanted = (this.#seen.get(name) ?? 0) + more;
      this.#seen.set(name, wanted);
      const text = `${where}: ${wanted} ${name} on stream ${this.name}`;
      await this.stream.until(() => this.#count(kind, String(id)) >= wanted, text);
    }
  }

  #count(kind: keyof Omit<Awaited, "id">, id: string): number {
    let count = 0;
    for (const response of this.stream.responses) {
      if (watchId(response) !== id) continue;
      if (kind === "events") count += events(response).length;
      else if (kind === "progress" ? isProgress(response) : response[kind] === true) count++;
    }
    return count;
  }

  async #progressUntil(revision: number, where: string): Promise<void> {
    const { responses } = this.stream;
    const from = responses.length;
    const isTold = () =>
      responses.slice(from).some((each) =>
        watchId(each) === NO_WATCH && isProgress(each) && headerRevision(each) >= revision
      );
    for (let attempt = 1; attempt <= 100; attempt++) {
      this.stream.send({ progress_request: {} });
      if (await this.stream.untilOrTimeout(isTold, ASK_AGAIN_MS)) return;
    }
    throw new Error(`${where}: asked in vain for progress up to revision ${revision} on stream ${this.name}`);
  }
}

/** What two transcripts differ in, as lines of text; none when they are equal. */
export function compareTranscripts(etcd: Transcript, candidate: Transcript, { moves }: WatchChapter): string[] {
  const failures: string[] = [];
  const steps = moves.filter((move) => move.kind === "call");
  for (const [number, answer] of etcd.answers.entries()) {
    const found = differences(answer, candidate.answers[number]);
    if (found.length > 0) failures.push(`request ${number}, ${showRequest(steps[number].step)}:\n${describe(found)}`);
  }
  for (const [name, byWatch] of etcd.streams) {
    const end = differences(endAnswer(etcd.ends.get(name)), endAnswer(candidate.ends.get(name)));
    if (end.length > 0) failures.push(`end of stream ${name}:\n${describe(end)}`);
    const other = candidate.streams.get(name)!;
    for (const watch of new Set([...byWatch.keys(), ...other.keys()])) {
      const found = differences(asAnswer(byWatch.get(watch) ?? []), asAnswer(other.get(watch) ?? []));
      if (found.length > 0) failures.push(`stream ${name}, watch ${watch}:\n${describe(found)}`);
    }
  }
  return failures;
}

function endAnswer(end: StreamEnd | undefined): Answer {
  return end === undefined ? { code: -1, details: "open", messages: [] } : { ...end, messages: [] };
}

function asAnswer(messages: Message[]): Answer {
  return { code: 0, details: "", messages };
}
