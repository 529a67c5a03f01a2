import type { etcdserverpb } from "../../proto/gen/mod.ts";
import { compareBytes, errors } from "../base/mod.ts";
import type { BidiCall } from "../grpc/mod.ts";
import type { Clock, Timer } from "../ports/mod.ts";
import type { WatchBatch, Watcher, WatchHub, WatchSink } from "../watch/mod.ts";
import { fragmentsOf, type WatchId, watchIdOf, type WatchNotice, type WatchResponseEncoder } from "./watch_encode.ts";

/** A call of `etcdserverpb.Watch/Watch`. */
export type WatchCall = BidiCall<etcdserverpb.WatchRequest, etcdserverpb.WatchResponse>;

/** What the streams of a member have in common. */
export interface WatchStreamParts {
  hub: WatchHub;
  clock: Clock;
  encoder: WatchResponseEncoder;
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
  /** Watches that have had to refuse events, in the order in which they did. */
  #refused: StreamWatch[] = [];
  /** Whether a progress request has not been answered. */
  #isProgressWanted = false;
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

  /** Watches that have not ended. */
  get size(): number {
    return this.#watches.size;
  }

  /** Ends all watches, when the call has ended. */
  release(): void {
    this.#progressTimer?.cancel();
    this.#progressTimer = undefined;
    this.#progressWatches = 0;
    for (const { watcher } of this.#watches.values()) watcher!.cancel();
    this.#watches.clear();
    this.#refused = [];
    this.#isProgressWanted = false;
  }

  /** See {@link WatchSink.take}. */
  take(watch: StreamWatch, batch: WatchBatch): boolean {
    if (this.#isFull) {
      this.#refused.push(watch);
      return false;
    }
    watch.isProgressDue = false;
    const { encoder, responseBytesMax } = this.#parts;
    const { id } = watch;
    const { revision, fields } = batch;
    const head = encoder.head(id, { revision });
    if (!watch.fragment || head.length + fields.length < responseBytesMax) {
      this.#wrote(this.#call.writeBytes(head, fields));
      return true;
    }
    const fragmentHead = encoder.head(id, { revision, fragment: true });
    const pieces = fragmentsOf(fields, { headBytes: fragmentHead.length, responseBytesMax });
    for (let i = 0; i < pieces.length; i++) {
      this.#wrote(this.#call.writeBytes(i < pieces.length - 1 ? fragmentHead : head, pieces[i]));
    }
    return true;
  }

  /** See {@link WatchSink.compacted}. */
  compacted(watch: StreamWatch, compactRevision: number): void {
    this.#forget(watch);
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
        if (this.#isProgressWanted) return;
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
    watch.watcher!.cancel();
    this.#forget(watch);
    this.#notify({ revision: this.#parts.hub.revision, id, canceled: true });
  }

  #forget(watch: StreamWatch): void {
    this.#watches.delete(watch.id);
    if (!watch.progressNotify || --this.#progressWatches > 0) return;
    this.#progressTimer?.cancel();
    this.#progressTimer = undefined;
  }

  /** Answers a progress request as soon as all watches have been given everything. Without any there is no answer, as in etcd. */
  #answerProgress(): void {
    if (!this.#isProgressWanted) return;
    const { hub } = this.#parts;
    for (const { watcher } of this.#watches.values()) {
      if (!watcher!.isSynced) return hub.onAdvance(() => this.#answerProgress());
    }
    this.#isProgressWanted = false;
    if (this.#watches.size > 0) this.#notify({ revision: hub.revision, id: noWatch });
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
      if (watch.isProgressDue && !this.#isFull && watch.watcher!.isSynced) this.#notify({ revision, id: watch.id });
      watch.isProgressDue = true;
    }
  }

  #notify(notice: WatchNotice): void {
    this.#wrote(this.#call.writeBytes(this.#parts.encoder.notice(notice)));
  }

  #wrote(mayGoOn: boolean): void {
    if (mayGoOn || this.#isFull || this.#call.isEnded) return;
    this.#isFull = true;
    this.#call.pause();
  }

  #drained(): void {
    if (this.#call.isEnded) return;
    this.#isFull = false;
    for (const { watcher } of this.#refused.splice(0)) watcher!.resume();
    this.#call.resume();
  }
}
