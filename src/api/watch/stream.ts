import type { etcdserverpb } from "../../../proto/gen/mod.ts";
import { compareBytes, errors } from "../../base/mod.ts";
import type { BidiCall } from "../../grpc/mod.ts";
import type { Clock, Timer } from "../../ports/mod.ts";
import type { WatchBatch, Watcher, WatchHub, WatchSink } from "../../watch/mod.ts";
import { FramedMessages, type FramedMessagesPool } from "./framed_messages.ts";
import { fragmentsOf, type WatchId, watchIdOf, type WatchNotice, type WatchResponseEncoder } from "./encode.ts";

/** A call of `etcdserverpb.Watch/Watch`. */
export type WatchCall = BidiCall<etcdserverpb.WatchRequest, etcdserverpb.WatchResponse>;

/** What the streams of a member have in common. */
export interface WatchStreamParts {
  hub: WatchHub;
  clock: Clock;
  encoder: WatchResponseEncoder;
  pool: FramedMessagesPool;
  /** Responses to watches that asked for fragments stay below, as far as one event does. */
  responseBytesMax: number;
  /** Time between progress notifications. */
  progressIntervalMs: number;
}

/** The id in responses that are not about one watch. */
const noWatch = -1;
/** The first key: what etcd takes an empty key for. */
const firstKey = Uint8Array.of(0);

const noPutFilter = 0;
const noDeleteFilter = 1;

/** One watch of a stream. */
class StreamWatch implements WatchSink {
  readonly stream: WatchStream;
  readonly id: WatchId;
  /** Whether responses may be split. */
  readonly fragment: boolean;
  /** Whether progress notifications were asked for. */
  readonly progressNotify: boolean;
  /** Whether the next one is due when its time comes: no events have been sent since the last time. */
  isProgressDue = true;
  /** Undefined once compaction has ended the watch. As in etcd its id is in use until the client cancels it. */
  watcher: Watcher | undefined = undefined;

  constructor(stream: WatchStream, id: WatchId, request: { fragment: boolean; progressNotify: boolean }) {
    this.stream = stream;
    this.id = id;
    this.fragment = request.fragment;
    this.progressNotify = request.progressNotify;
  }

  take(batch: WatchBatch): boolean {
    return this.stream.take(this, batch);
  }

  compacted(compactRevision: number): void {
    this.stream.compacted(this, compactRevision);
  }
}

/**
 * A stream of watches, with the answers of etcd's `v3rpc` package. While its client takes less than comes, no events are taken and no requests read:
 * what waits for the client is bounded, and what it misses is read from the history when it goes on.
 */
export class WatchStream {
  readonly #parts: WatchStreamParts;
  readonly #call: WatchCall;
  readonly #watches = new Map<WatchId, StreamWatch>();
  #nextId = 0;
  /** Whether the client has to take what was sent before anything more is. */
  #isFull = false;
  /**
   * Responses that leave when the client has taken more: the rest of one that is sent in fragments, and notices that must not come among those. Full
   * while there are any, so that they are no more than one response with events and a notice for each watch.
   */
  #rest: (readonly Uint8Array[])[] = [];
  /** Watches that have had to refuse events and wait for their turn, in the order in which they did. */
  #refused: StreamWatch[] = [];
  /** Of those the one that goes first: until it has been given its events no other watch is. */
  #leader: StreamWatch | undefined;
  /** How many of them go on next. */
  #resumed = 1;
  /** Whether the hub will call {@link #resumeRefused}. */
  #isResumeDue = false;
  /** Whether a progress request has not been answered. */
  #isProgressWanted = false;
  /** Whether the hub will call {@link #answerProgress}. */
  #isAdvanceAwaited = false;
  /** Responses with events that have not been sent; sent when all watchers have been told of a run. */
  #gathered: FramedMessages | undefined;
  /** Whether the hub will call {@link #flushAtEnd}. */
  #isFlushDue = false;
  readonly #flushAtEnd = () => {
    this.#isFlushDue = false;
    this.#flush();
  };
  readonly #openedMs: number;
  #progressWatches = 0;
  #progressTimer: Timer | undefined;

  constructor(call: WatchCall, parts: WatchStreamParts) {
    this.#parts = parts;
    this.#call = call;
    this.#openedMs = parts.clock.monotonicMs();
    const { clock, hub } = parts;
    call.onMessage = (request) => {
      const startedMs = clock.monotonicMs();
      this.#handle(request);
      hub.metrics.controlSeconds.observe((clock.monotonicMs() - startedMs) / 1000);
    };
    // Not within the write of another stream that made room: nothing may call into the hub while it tells watchers of events.
    call.onDrain = () => queueMicrotask(() => this.#drained());
  }

  /** Ends all watches, when the call has ended. */
  release(): void {
    this.#progressTimer?.cancel();
    this.#progressTimer = undefined;
    this.#progressWatches = 0;
    for (const { watcher } of this.#watches.values()) watcher?.cancel();
    this.#watches.clear();
    this.#refused = [];
    this.#rest = [];
    this.#leader = undefined;
    this.#isProgressWanted = false;
    if (this.#gathered !== undefined) this.#parts.pool.give(this.#gathered);
    this.#gathered = undefined;
  }

  /** See {@link WatchSink.take}. */
  take(watch: StreamWatch, batch: WatchBatch): boolean {
    if (this.#isFull || (this.#leader !== undefined && this.#leader !== watch)) {
      this.#refused.push(watch);
      return false;
    }
    this.#leader = undefined;
    watch.isProgressDue = false;
    if (!this.#gather(watch, batch)) this.#write(watch, batch);
    return true;
  }

  /** Puts a small response into the frame that leaves at the end of the turn; whether it is one. */
  #gather({ id }: StreamWatch, { revision, fields }: WatchBatch): boolean {
    const { hub, encoder, pool } = this.#parts;
    if (typeof id !== "number" || id < 0 || id > 0x7fffffff) return false;
    const header = encoder.header(revision);
    if (!FramedMessages.fits(header, fields)) return false;
    if (this.#gathered !== undefined) {
      if (this.#gathered.add(header, id, fields)) return true;
      this.#flush();
    }
    this.#gathered = pool.take();
    if (this.#gathered === undefined) return false;
    if (!this.#isFlushDue) {
      this.#isFlushDue = true;
      hub.onAdvance(this.#flushAtEnd);
    }
    return this.#gathered.add(header, id, fields);
  }

  /** Sends what has been gathered. */
  #flush(): void {
    const gathered = this.#gathered;
    if (gathered === undefined) return;
    this.#gathered = undefined;
    const mayGoOn = this.#call.writeFramed(gathered.bytes, gathered.count);
    this.#parts.pool.give(gathered);
    this.#wrote(mayGoOn);
  }

  #write({ id, fragment }: StreamWatch, { revision, fields }: WatchBatch): void {
    this.#flush();
    const { encoder, responseBytesMax } = this.#parts;
    const head = encoder.head(id, { revision });
    if (!fragment || head.length + fields.length < responseBytesMax) {
      return this.#wrote(this.#call.writeBytes(head, fields));
    }
    const fragmentHead = encoder.head(id, { revision, fragment: true });
    const pieces = fragmentsOf(fields, { headBytes: fragmentHead.length, responseBytesMax });
    this.#rest = pieces.map((piece, i) => [i < pieces.length - 1 ? fragmentHead : head, piece]);
    this.#sendRest();
  }

  /** Sends what waits, for as long as the client takes it. */
  #sendRest(): void {
    let sent = 0;
    while (sent < this.#rest.length && !this.#isFull) this.#wrote(this.#call.writeBytes(...this.#rest[sent++]));
    this.#rest.splice(0, sent);
  }

  /** See {@link WatchSink.compacted}. */
  compacted(watch: StreamWatch, compactRevision: number): void {
    this.#end(watch);
    // As etcd, without a revision in the header.
    this.#notify({ revision: 0, id: watch.id, canceled: true, compactRevision });
  }

  #handle(request: etcdserverpb.WatchRequest): void {
    switch (request.requestUnion) {
      case "createRequest":
        return this.#create(request.createRequest);
      case "cancelRequest":
        return this.#cancel(watchIdOf(request.cancelRequest.watchId));
      case "progressRequest":
        this.#isProgressWanted = true;
        return this.#answerProgress();
      case "":
        // As etcd, which finds it not worth ending the stream for.
        return;
    }
  }

  #create(request: etcdserverpb.WatchCreateRequest): void {
    const { hub } = this.#parts;
    const { rangeEnd, startRevision, filters } = request;
    const key = request.key.length === 0 ? firstKey : request.key;
    if (startRevision < 0) return this.#refuse(errors.compacted().message);
    const hasEnd = rangeEnd.length > 1 || (rangeEnd.length === 1 && rangeEnd[0] !== 0);
    if (hasEnd && compareBytes(key, rangeEnd) >= 0) return this.#refuse("mvcc: watcher range is empty");
    const id = request.watchId === 0n ? this.#freeId() : watchIdOf(request.watchId);
    if (this.#watches.has(id)) return this.#refuse("mvcc: duplicate watch ID provided on the WatchStream");
    const watch = new StreamWatch(this, id, request);
    this.#watches.set(id, watch);
    watch.watcher = hub.watch({
      key,
      rangeEnd,
      startRevision,
      prevKv: request.prevKv,
      noPut: filters.includes(noPutFilter),
      noDelete: filters.includes(noDeleteFilter),
    }, watch);
    this.#notify({ revision: hub.revision, id, created: true });
    if (watch.progressNotify && this.#progressWatches++ === 0) this.#setProgressTimer();
  }

  #freeId(): WatchId {
    while (this.#watches.has(this.#nextId)) this.#nextId++;
    return this.#nextId++;
  }

  #refuse(cancelReason: string): void {
    this.#notify({ revision: this.#parts.hub.revision, id: noWatch, created: true, canceled: true, cancelReason });
  }

  #cancel(id: WatchId): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    if (watch.watcher !== undefined) this.#end(watch);
    this.#watches.delete(id);
    this.#notify({ revision: this.#parts.hub.revision, id, canceled: true });
    this.#answerProgress();
    this.#resumeRefused();
  }

  #end(watch: StreamWatch): void {
    watch.watcher!.cancel();
    watch.watcher = undefined;
    if (this.#leader === watch) this.#leader = undefined;
    if (!watch.progressNotify || --this.#progressWatches > 0) return;
    this.#progressTimer?.cancel();
    this.#progressTimer = undefined;
  }

  /**
   * Answers a progress request as soon as all watches have been given everything; etcd forgets one that comes earlier. Without any watch
   * there is no answer, as in etcd.
   */
  #answerProgress(): void {
    if (!this.#isProgressWanted) return;
    const { hub } = this.#parts;
    let isAnybodyTold = false;
    for (const { watcher } of this.#watches.values()) {
      if (watcher === undefined) continue;
      if (!watcher.isSynced) return this.#awaitAdvance();
      isAnybodyTold = true;
    }
    this.#isProgressWanted = false;
    if (isAnybodyTold) this.#notify({ revision: hub.revision, id: noWatch });
  }

  #awaitAdvance(): void {
    if (this.#isAdvanceAwaited) return;
    this.#isAdvanceAwaited = true;
    this.#parts.hub.onAdvance(() => {
      this.#isAdvanceAwaited = false;
      this.#answerProgress();
    });
  }

  /** At the next multiple of the interval since the stream was opened, as etcd's ticker. */
  #setProgressTimer(): void {
    const { clock, hub, progressIntervalMs } = this.#parts;
    const elapsedMs = clock.monotonicMs() - this.#openedMs;
    this.#progressTimer = clock.after(progressIntervalMs - elapsedMs % progressIntervalMs, () => {
      const startedMs = clock.monotonicMs();
      this.#sendProgress();
      hub.metrics.progressSeconds.observe((clock.monotonicMs() - startedMs) / 1000);
      if (this.#progressWatches > 0) this.#setProgressTimer();
    });
  }

  #sendProgress(): void {
    const { revision } = this.#parts.hub;
    for (const watch of this.#watches.values()) {
      if (!watch.progressNotify) continue;
      if (watch.isProgressDue && !this.#isFull && watch.watcher?.isSynced) this.#notify({ revision, id: watch.id });
      watch.isProgressDue = true;
    }
  }

  #notify(notice: WatchNotice): void {
    this.#flush();
    const bytes = this.#parts.encoder.notice(notice);
    if (this.#rest.length > 0) this.#rest.push([bytes]);
    else this.#wrote(this.#call.writeBytes(bytes));
  }

  #wrote(mayGoOn: boolean): void {
    if (mayGoOn || this.#isFull || this.#call.isEnded) return;
    this.#isFull = true;
    this.#call.pause();
  }

  #drained(): void {
    if (this.#call.isEnded) return;
    this.#isFull = false;
    this.#sendRest();
    if (this.#isFull) return;
    this.#leader = undefined;
    this.#resumed = 1;
    this.#resumeRefused();
    this.#call.resume();
  }

  /**
   * Lets those go on that had to refuse: first the one that has waited longest, alone, so that each has its turn however little
   * the client takes at a time; then, as long as there is room, twice as many each time.
   */
  #resumeRefused(): void {
    if (this.#isFull) return;
    if (this.#leader === undefined) {
      this.#refused = this.#refused.filter(({ watcher }) => watcher !== undefined);
      if (this.#refused.length === 0) return;
      if (this.#resumed === 1) this.#leader = this.#refused[0];
      for (const { watcher } of this.#refused.splice(0, this.#resumed)) watcher?.resume();
      this.#resumed *= 2;
    }
    if (this.#isResumeDue) return;
    this.#isResumeDue = true;
    this.#parts.hub.onAdvance(() => {
      this.#isResumeDue = false;
      this.#resumeRefused();
    });
  }
}
