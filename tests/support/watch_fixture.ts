import { mvccpb } from "../../proto/gen/mod.ts";
import { KeySpace, type LeaseBook } from "../../src/mvcc/mod.ts";
import { WriteBatch } from "../../src/ports/mod.ts";
import { type WatchBatch, type Watcher, WatchHub, type WatchSink, type WatchSpec } from "../../src/watch/mod.ts";
import type { CatchUpLimits } from "../../src/watch/catch_up.ts";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { ManualClock } from "./manual_clock.ts";

const noLeases: LeaseBook = { has: () => false, leaseOf: () => 0n, attach() {}, detach() {} };
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes of a text. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** An event as tests look at it. */
export interface SeenEvent {
  revision: number;
  key: string;
  /** Undefined for a deletion. */
  value: string | undefined;
  createRevision: number;
  previous: string | undefined;
}

/** A batch as tests look at it. */
export interface SeenBatch {
  revision: number;
  events: SeenEvent[];
}

/** Reads an encoded event. */
export function readEvent(encoded: Uint8Array): SeenEvent {
  const { type, kv, prevKv } = mvccpb.Event.decode(encoded);
  return {
    revision: kv!.modRevision,
    key: decoder.decode(kv!.key),
    value: type === 0 ? decoder.decode(kv!.value) : undefined,
    createRevision: kv!.createRevision,
    previous: prevKv === undefined ? undefined : decoder.decode(prevKv.value),
  };
}

/** An event in a word: `+key=value@revision`, `-key@revision`, with `<previous` where that was told. */
export function eventText({ revision, key, value, previous }: SeenEvent): string {
  const change = value === undefined ? `-${key}` : `+${key}=${value}`;
  return `${change}@${revision}${previous === undefined ? "" : `<${previous}`}`;
}

/** A sink that keeps what it is told, and can be full. */
export class RecordingSink implements WatchSink {
  readonly batches: SeenBatch[] = [];
  /** Set by compaction. */
  compactRevision: number | undefined;
  isFull = false;
  /** How often it has refused. */
  refusals = 0;

  take({ revision, events }: WatchBatch): boolean {
    if (this.isFull) {
      this.refusals++;
      return false;
    }
    this.batches.push({ revision, events: events.map(readEvent) });
    return true;
  }

  compacted(compactRevision: number): void {
    this.compactRevision = compactRevision;
  }

  /** All events so far, in words. */
  get seen(): string {
    return this.batches.flatMap(({ events }) => events.map(eventText)).join(" ");
  }
}

/** A keyspace in memory with a hub, on a clock that stands still. */
export class WatchFixture {
  readonly storage = memory();
  readonly clock = new ManualClock();
  readonly keyspace: KeySpace;
  readonly hub: WatchHub;

  constructor(options: { limits?: CatchUpLimits; cacheBytesMax?: number } = {}) {
    const steps = KeySpace.open(this.storage, { leases: noLeases, cacheBytesMax: options.cacheBytesMax });
    let step = steps.next();
    while (!step.done) step = steps.next();
    this.keyspace = step.value;
    this.hub = new WatchHub({ keyspace: this.keyspace, clock: this.clock }, options.limits);
  }

  /** Watches `key`, or from it to `end`; "-" is the end of all keys. */
  watch<Sink extends WatchSink>(
    key: string,
    { end, sink, ...spec }: Partial<Omit<WatchSpec, "key" | "rangeEnd">> & { end?: string; sink: Sink },
  ): Watcher {
    const rangeEnd = end === undefined ? undefined : end === "-" ? Uint8Array.of(0) : bytes(end);
    const all = { startRevision: 0, prevKv: false, noPut: false, noDelete: false, ...spec };
    return this.hub.watch({ ...all, key: bytes(key), rangeEnd }, sink);
  }

  put(key: string, value = ""): void {
    this.keyspace.put({ key: bytes(key), value: bytes(value) });
  }

  delete(key: string): void {
    this.keyspace.deleteRange({ key: bytes(key) });
  }

  /** Changes several keys in one revision; a value of undefined deletes. */
  txn(...changes: [key: string, value: string | undefined][]): void {
    this.keyspace.txn({
      compare: [],
      failure: [],
      success: changes.map(([key, value]) =>
        value === undefined
          ? { kind: "deleteRange", deleteRange: { key: bytes(key) } }
          : { kind: "put", put: { key: bytes(key), value: bytes(value) } }
      ),
    });
  }

  /** Stores what has been changed. */
  store(): void {
    const batch = new WriteBatch();
    this.keyspace.takeEffects(batch);
    this.storage.apply(batch);
    this.keyspace.effectsStored();
  }

  /** Compacts, and removes all that was compacted. */
  compact(revision: number): void {
    this.keyspace.compact(revision);
    for (const pause of this.keyspace.compactionSlices()) if (pause === "storage") this.store();
    this.store();
  }

  /** Lets turns pass until none is waiting; how many there were. */
  settle(): number {
    let turns = 0;
    for (; this.clock.turnCount > 0; turns++) this.clock.turn();
    return turns;
  }
}
