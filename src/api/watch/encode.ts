import { writeInt64, writeInt64Number } from "../../../proto/int64.ts";
import { WireWriter } from "../../../proto/writer.ts";
import type { HeaderWriter } from "../header.ts";

/** A watch's id: a number where it is exact, so that most cost no memory of their own. */
export type WatchId = number | bigint;

/** The id as it stands in a request. */
export function watchIdOf(id: bigint): WatchId {
  const number = Number(id);
  return Number.isSafeInteger(number) ? number : id;
}

/** What a `WatchResponse` without events says, besides its header. */
export interface WatchNotice {
  /** For the header; 0 for none. */
  revision: number;
  id: WatchId;
  created?: boolean;
  canceled?: boolean;
  compactRevision?: number;
  cancelReason?: string;
}

const watchIdTag = 2 << 3;
const createdTag = 3 << 3;
const canceledTag = 4 << 3;
const compactRevisionTag = 5 << 3;
const cancelReasonTag = (6 << 3) | 2;
const fragmentTag = 7 << 3;

/** Encodes `etcdserverpb.WatchResponse`s, of those with events only what comes before the events. */
export class WatchResponseEncoder {
  readonly #headers: HeaderWriter;
  readonly #term: () => number;
  readonly #writer = new WireWriter();
  /** The header of the last response with events: many in a row have the same. */
  #header: Uint8Array = new Uint8Array(0);
  #headerRevision = -1;
  #headerTerm = -1;

  constructor(headers: HeaderWriter, options: { term: () => number }) {
    this.#headers = headers;
    this.#term = options.term;
  }

  /** A whole response without events. */
  notice(notice: WatchNotice): Uint8Array {
    const writer = this.#writer;
    writer.reset();
    this.#headers.write(writer, notice.revision);
    this.#writeId(notice.id);
    if (notice.created) writer.uint32(createdTag).bool(true);
    if (notice.canceled) writer.uint32(canceledTag).bool(true);
    if (notice.compactRevision) writeInt64Number(writer.uint32(compactRevisionTag), notice.compactRevision);
    if (notice.cancelReason) writer.uint32(cancelReasonTag).string(notice.cancelReason);
    return writer.take();
  }

  /** The header, as field 1, of a response with events. */
  header(revision: number): Uint8Array {
    const term = this.#term();
    if (revision !== this.#headerRevision || term !== this.#headerTerm) {
      this.#headers.write(this.#writer, revision);
      this.#header = this.#writer.take();
      this.#headerRevision = revision;
      this.#headerTerm = term;
    }
    return this.#header;
  }

  /** The beginning of a response with events, of which the fields follow. */
  head(id: WatchId, { revision, fragment = false }: { revision: number; fragment?: boolean }): Uint8Array {
    const writer = this.#writer;
    const header = this.header(revision);
    writer.reset();
    writer.raw(header);
    this.#writeId(id);
    if (fragment) writer.uint32(fragmentTag).bool(true);
    return writer.take();
  }

  #writeId(id: WatchId): void {
    if (typeof id === "bigint") writeInt64(this.#writer.uint32(watchIdTag), id);
    else if (id !== 0) writeInt64Number(this.#writer.uint32(watchIdTag), id);
  }
}

/**
 * Cuts the events' fields of a response into pieces that, with a head of `headBytes`, stay below `responseBytesMax` as far as one event does,
 * in etcd's way (its `sendFragments`).
 */
export function fragmentsOf(
  fields: Uint8Array,
  { headBytes, responseBytesMax }: { headBytes: number; responseBytesMax: number },
): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (let at = 0; at < fields.length;) {
    const end = fieldEnd(fields, at);
    if (at > from && headBytes + end - from >= responseBytesMax) {
      pieces.push(fields.subarray(from, at));
      from = at;
    }
    at = end;
  }
  pieces.push(fields.subarray(from));
  return pieces;
}

/** Where the field with a tag of one byte and a length ends that starts at `at`. */
function fieldEnd(fields: Uint8Array, at: number): number {
  let length = 0;
  let shift = 0;
  let byte: number;
  at++;
  do {
    byte = fields[at++];
    length |= (byte & 0x7f) << shift;
    shift += 7;
  } while (byte >= 0x80);
  return at + length;
}
