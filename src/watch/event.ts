import type { WireWriter } from "../../proto/writer.ts";
import { writeInt64Number } from "../../proto/int64.ts";
import type { AppliedEvent, KeyText } from "../mvcc/mod.ts";
import type { WatchBatch } from "./types.ts";

const eventsFieldTag = (11 << 3) | 2;
const typeTag = 1 << 3;
const kvTag = (2 << 3) | 2;
const prevKvTag = (3 << 3) | 2;
const modRevisionTag = 3 << 3;
const deleteType = 1;

/** What a change is, besides its revision. */
export type ChangeContent = Omit<AppliedEvent, "sequence">;

/** Finds the encoded KeyValue that a change has replaced, if there was one and it is still there. */
export type PreviousFinder = (change: Change) => Uint8Array | undefined;

/** A change of a key. What it looks like as an event is worked out when the first watcher wants it, and kept for the others. */
export class Change {
  /** Field 11 of a `WatchResponse`; undefined until it is asked for. So with the next, which has the value before. */
  #field: Uint8Array | undefined;
  #fieldWithPrevious: Uint8Array | undefined;

  readonly revision: number;
  readonly key: KeyText;
  readonly isTombstone: boolean;
  /** The encoded KeyValue; of a deletion it has only the key. */
  readonly kv: Uint8Array;
  /** Place of the value before in the history; 0 when there is none, -1 when it is not known. */
  readonly previousSequence: number;
  readonly #findPrevious: PreviousFinder;

  constructor(revision: number, event: ChangeContent, findPrevious: PreviousFinder) {
    this.revision = revision;
    this.key = event.key;
    this.isTombstone = event.isTombstone;
    this.kv = event.kv;
    this.previousSequence = event.previousSequence;
    this.#findPrevious = findPrevious;
  }

  /** The event as field 11 of a `WatchResponse`. */
  field(writer: WireWriter, { prevKv }: { prevKv: boolean }): Uint8Array {
    if (!prevKv) return this.#field ??= this.#encode(writer, undefined);
    if (this.#fieldWithPrevious === undefined) {
      const previous = this.#findPrevious(this);
      this.#fieldWithPrevious = previous === undefined
        ? this.field(writer, { prevKv: false })
        : this.#encode(writer, previous);
    }
    return this.#fieldWithPrevious;
  }

  #encode(writer: WireWriter, previous: Uint8Array | undefined): Uint8Array {
    writer.uint32(eventsFieldTag);
    const event = writer.enter();
    if (this.isTombstone) {
      writer.uint32(typeTag).uint32(deleteType);
      writer.uint32(kvTag);
      const kv = writer.enter();
      writer.raw(this.kv);
      writeInt64Number(writer.uint32(modRevisionTag), this.revision);
      writer.leave(kv);
    } else {
      writer.uint32(kvTag).bytes(this.kv);
    }
    if (previous !== undefined) writer.uint32(prevKvTag).bytes(previous);
    writer.leave(event);
    return writer.take();
  }
}

/** The event's message in its field: what follows tag and length. */
function messageOf(field: Uint8Array): Uint8Array {
  let at = 1;
  while (field[at] >= 0x80) at++;
  return field.subarray(at + 1);
}

/** Changes as events, encoded once for all watchers of the same range. */
export class EventBatch implements WatchBatch {
  readonly #parts: readonly Uint8Array[];
  #events: readonly Uint8Array[] | undefined;
  #fields: Uint8Array | undefined;

  /** `parts` are the events, each as field 11; `firstRevision` is the first event's. */
  constructor(readonly revision: number, readonly firstRevision: number, parts: readonly Uint8Array[]) {
    this.#parts = parts;
  }

  get events(): readonly Uint8Array[] {
    return this.#events ??= this.#parts.map(messageOf);
  }

  get fields(): Uint8Array {
    return this.#fields ??= this.#parts.length === 1 ? this.#parts[0] : concatenated(this.#parts);
  }

  /** Events in the batch. */
  get count(): number {
    return this.#parts.length;
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A batch takes no more revisions once it has so many bytes, so that no response becomes much larger than one revision makes it. */
export const batchBytesMax = 512 * 1024;

/**
 * Puts changes into batches, cut at revisions. The last one says that nothing up to `revision` is still to come.
 */
export function makeBatches(
  changes: readonly Change[],
  { writer, prevKv, revision }: { writer: WireWriter; prevKv: boolean; revision: number },
): EventBatch[] {
  const batches: EventBatch[] = [];
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let first = 0;
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i];
    if (bytes >= batchBytesMax && changes[i - 1].revision !== change.revision) {
      batches.push(new EventBatch(changes[i - 1].revision, changes[first].revision, parts));
      parts = [];
      bytes = 0;
      first = i;
    }
    const field = change.field(writer, { prevKv });
    parts.push(field);
    bytes += field.length;
  }
  if (parts.length > 0) batches.push(new EventBatch(revision, changes[first].revision, parts));
  return batches;
}
