import * as grpc from "@grpc/grpc-js";
import { type etcdserverpb, type mvccpb, services } from "../../proto/gen/mod.ts";
import type { KeyState } from "./history.ts";
import { type Observation, resumeRevision, type Seen, type SeenEvent, type Segment } from "./observation.ts";

/** What the test itself knows while it runs. */
export interface RunKnowledge {
  /** The newest revision that an answer has told. */
  newest: number;
  /** The newest compaction that was asked for. */
  compactRevision: number;
}

/** How a watch is asked for. */
export interface CreateOptions {
  startRevision: number;
  /** Chosen by the client; 0 lets the server choose. */
  id?: bigint;
  progressNotify?: boolean;
  fragment?: boolean;
}

interface OpenWatch {
  id: bigint;
  observation: Observation;
  segment: Segment;
  options: CreateOptions;
  /** Whether a new watch takes up when this one has been canceled. */
  goesOn: boolean;
  /** So many answers about the whole stream may have been made before this watch was. */
  staleProgress: number;
}

/** The id of responses for all watches of a stream. */
const NO_WATCH = -1n;
const unlimited = { "grpc.max_receive_message_length": -1, "grpc.use_local_subchannel_pool": 1 };
const latin1 = new TextDecoder("latin1");
const utf8 = new TextEncoder();

/** A connection with one Watch stream, which writes down all that its watches are told. */
export class WatchClient implements AsyncDisposable {
  readonly #client: grpc.Client;
  readonly #call: grpc.ClientDuplexStream<unknown, etcdserverpb.WatchResponse>;
  readonly #ended: Promise<void>;
  readonly #asked: OpenWatch[] = [];
  readonly #open = new Map<bigint, OpenWatch>();
  /** Ids of watches that compaction ended: etcd answers when they are canceled, too. */
  readonly #compacted = new Set<bigint>();
  #onResponse = () => {};
  #isOver = false;
  /** Requests for progress that may still be answered. */
  #progressAsked = 0;
  /** What broke the stream, or made no sense on it. */
  failure: string | undefined;

  /**
   * @param options.isProgressOvertaken whether the answer to a creation may overtake progress that was told before the watch was: so
   * it is with etcd 3.7.1, which has two queues to its stream
   */
  constructor(
    endpoint: string,
    readonly knowledge: RunKnowledge,
    readonly options: { isProgressOvertaken: boolean },
  ) {
    this.#client = new grpc.Client(endpoint, grpc.credentials.createInsecure(), unlimited);
    const { path, requestSerialize, responseDeserialize } = services.Watch.Watch;
    this.#call = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize as (request: unknown) => ReturnType<typeof requestSerialize>,
      responseDeserialize,
    );
    this.#call.on("data", (response: etcdserverpb.WatchResponse) => {
      if (this.#isOver) return;
      this.#receive(response);
      this.#onResponse();
    });
    this.#call.on("error", () => {}); // the status says it
    this.#ended = new Promise((resolve) =>
      this.#call.on("status", ({ code, details }: grpc.StatusObject) => {
        if (!this.#isOver) this.failure ??= `the stream ended with status ${code}: ${details}`;
        this.#onResponse();
        resolve();
      })
    );
  }

  /** Watches whose creation has been answered, and that have not ended. */
  get openCount(): number {
    return this.#open.size;
  }

  /** Asks for a watch; what it is told becomes a new segment of `observation`. */
  create(observation: Observation, options: CreateOptions): void {
    const { startRevision, id = 0n, progressNotify = false, fragment = false } = options;
    const segment: Segment = {
      startRevision,
      knownRevision: this.knowledge.newest,
      seen: [],
      isCancelAsked: false,
      isComplete: false,
    };
    observation.segments.push(segment);
    this.#asked.push({ id, observation, segment, options, goesOn: false, staleProgress: 0 });
    const { key, rangeEnd = "", prevKv, noPut, noDelete } = observation.range;
    this.#send({
      createRequest: {
        key: bytes(key),
        rangeEnd: bytes(rangeEnd),
        startRevision,
        watchId: id,
        progressNotify,
        fragment,
        prevKv,
        filters: [...(noPut ? [0] : []), ...(noDelete ? [1] : [])],
      },
    });
  }

  /** Asks to cancel the `index`-th open watch; when the answer has come, a new watch goes on from there if `goesOn`. */
  cancel(index: number, { goesOn }: { goesOn: boolean }): void {
    const watch = [...this.#open.values()][index];
    if (watch === undefined || watch.segment.isCancelAsked) return;
    watch.segment.isCancelAsked = true;
    watch.goesOn = goesOn;
    this.#send({ cancelRequest: { watchId: watch.id } });
  }

  requestProgress(): void {
    this.#progressAsked++;
    this.#send({ progressRequest: {} });
  }

  /** Reads no more until {@link resume}: what the server sends stays on its way. */
  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  /** Breaks the stream off; the answer is what another client needs to take up all its watches. */
  abort(): { observation: Observation; options: CreateOptions }[] {
    this.#isOver = true;
    this.#call.cancel();
    this.#call.resume(); // else its end would never be told
    return [...this.#open.values(), ...this.#asked].filter(({ segment }) => !segment.isCancelAsked).map(
      ({ observation, segment, options }) => ({
        observation,
        options: { ...options, startRevision: resumeRevision(segment) },
      }),
    );
  }

  /**
   * Reads until all watches have been told everything up to `revision`, and calls their observations complete.
   * @throws when that does not come about within `timeoutMs`
   */
  async finish(revision: number, { timeoutMs }: { timeoutMs: number }): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs;
    this.resume();
    while (!this.#isFinished(revision)) {
      if (this.failure !== undefined) throw new Error(this.failure);
      if (Date.now() > deadlineMs) {
        throw new Error(`not all was told within ${timeoutMs} ms: ${this.#lateWatches(revision)}`);
      }
      this.requestProgress();
      await this.#response(100); // a request that comes too early may be forgotten: it is made again
    }
    for (const { segment } of this.#open.values()) segment.isComplete = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOver) this.abort();
    await this.#ended;
    this.#client.close();
  }

  #isFinished(revision: number): boolean {
    return this.#asked.length === 0 &&
      this.#open.values().every(({ segment }) => !segment.isCancelAsked && resumeRevision(segment) > revision);
  }

  #lateWatches(revision: number): string {
    const late = [...this.#open.values()].filter(({ segment }) => resumeRevision(segment) <= revision);
    const shown = late.slice(0, 3).map(({ id, segment, observation: { name } }) =>
      `watch ${id} (${name}) waits for ${resumeRevision(segment)} to ${revision}`
    );
    return `${this.#asked.length} creations are unanswered, ${late.length} watches are late: ${shown.join("; ")}`;
  }

  /** Waits for a response, at most `timeoutMs`. */
  async #response(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#onResponse = resolve;
    await promise;
    this.#onResponse = () => {};
    clearTimeout(timer);
  }

  #send(request: unknown): void {
    if (!this.#isOver) this.#call.write(request);
  }

  #receive(response: etcdserverpb.WatchResponse): void {
    const { watchId: id } = response;
    if (response.created) return this.#created(response);
    const seen = asSeen(response, this.knowledge.compactRevision);
    if (id === NO_WATCH) {
      if (seen.kind !== "progress") this.failure ??= `watch -1 is told ${seen.kind}`;
      this.#progressAsked--;
      for (const watch of this.#open.values()) {
        if (watch.staleProgress > 0) watch.staleProgress--;
        else watch.segment.seen.push(seen);
      }
      return;
    }
    const watch = this.#open.get(id);
    if (watch === undefined) {
      if (seen.kind === "canceled" && this.#compacted.delete(id)) return;
      this.failure ??= `watch ${id}, which is not open, is told ${seen.kind}`;
      return;
    }
    watch.segment.seen.push(seen);
    if (seen.kind === "canceled") this.#follow(watch, seen.compactRevision);
  }

  #created(response: etcdserverpb.WatchResponse): void {
    const watch = this.#asked.shift();
    if (watch === undefined || response.canceled || (watch.id !== 0n && watch.id !== response.watchId)) {
      this.failure ??= `watch ${watch?.id} is answered with ${response.watchId}: ${response.cancelReason}`;
      return;
    }
    watch.id = response.watchId;
    watch.staleProgress = this.options.isProgressOvertaken ? this.#progressAsked : 0;
    watch.segment.seen.push({ kind: "created", revision: response.header!.revision });
    this.#open.set(watch.id, watch);
  }

  /** A watch that was to go on, or that compaction ended, is followed by another. */
  #follow({ id, segment, observation, options, goesOn }: OpenWatch, compactRevision: number): void {
    this.#open.delete(id);
    if (compactRevision !== 0) this.#compacted.add(id);
    // As long as the client has not canceled it, too, etcd counts it among those whose progress is not known.
    if (compactRevision !== 0 && !segment.isCancelAsked) this.#send({ cancelRequest: { watchId: id } });
    if (compactRevision !== 0 || goesOn) {
      this.create(observation, { ...options, id: 0n, startRevision: resumeRevision(segment) });
    }
  }
}

function asSeen(response: etcdserverpb.WatchResponse, compactRevision: number): Seen {
  if (response.canceled) return { kind: "canceled", compactRevision: response.compactRevision };
  const { revision } = response.header!;
  if (response.events.length === 0) return { kind: "progress", revision };
  return {
    kind: "events",
    revision,
    events: response.events.map(asEvent),
    isFragment: response.fragment,
    compactRevision,
  };
}

function asEvent({ type, kv, prevKv }: mvccpb.Event): SeenEvent {
  return {
    type: type === 0 ? "put" : "delete",
    state: asState(kv!),
    before: prevKv === undefined ? undefined : asState(prevKv),
  };
}

function asState({ key, value, createRevision, modRevision, version }: mvccpb.KeyValue): KeyState {
  return { key: latin1.decode(key), value: latin1.decode(value), createRevision, modRevision, version };
}

function bytes(text: string): Uint8Array {
  return utf8.encode(text);
}
