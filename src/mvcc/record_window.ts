import { assert } from "../base/mod.ts";
import { RECORD_HEADER_BYTES } from "./record.ts";

/** Records that share a buffer, one after the other. */
interface Chunk {
  readonly bytes: Uint8Array;
  /** Sequence number of the first. */
  readonly first: number;
  /** Start and end of each. */
  readonly bounds: number[];
}

/**
 * The newest records, in the buffers in which they were written. A place in a list of numbers is all that one costs: as an object of its own in a
 * map it would outlive the young generation of the garbage collector, to be found dead in the old one by a collection of everything.
 */
export class RecordWindow {
  #chunks: Chunk[] = [];
  /** Chunks at the front of the list that have been let go. */
  #gone = 0;
  #bytes = 0;
  readonly #bytesMax: number;
  #next: number;

  constructor({ bytesMax, nextSequence }: { bytesMax: number; nextSequence: number }) {
    this.#bytesMax = bytesMax;
    this.#next = nextSequence;
  }

  /** Sequence number of the oldest record held; {@link nextSequence} when none is. */
  get first(): number {
    return this.#gone < this.#chunks.length ? this.#chunks[this.#gone].first : this.#next;
  }

  /** Sequence number of the next record. */
  get nextSequence(): number {
    return this.#next;
  }

  /** Adds a record, whose header is directly before it in its buffer; returns its sequence number. */
  append(record: Uint8Array): number {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.bytes.buffer !== record.buffer) {
      chunk = { bytes: new Uint8Array(record.buffer), first: this.#next, bounds: [] };
      this.#chunks.push(chunk);
      this.#bytes += chunk.bytes.length;
    }
    chunk.bounds.push(record.byteOffset, record.byteOffset + record.length);
    return this.#next++;
  }

  /** The record, a view. It must be held. */
  get(sequence: number): Uint8Array {
    assert(sequence >= this.first && sequence < this.#next, "A record was asked for that is not in the window");
    const { bytes, first, bounds } = this.#chunks[this.#chunkOf(sequence)];
    const at = 2 * (sequence - first);
    return bytes.subarray(bounds[at], bounds[at + 1]);
  }

  /** Calls `visit` with the rows, header and record, of all records from `sequence` on, which must be held if it is not the next. */
  rows(sequence: number, visit: (sequence: number, row: Uint8Array) => void): void {
    if (sequence === this.#next) return;
    for (let i = this.#chunkOf(sequence); i < this.#chunks.length; i++) {
      const { bytes, first, bounds } = this.#chunks[i];
      for (let at = 2 * Math.max(0, sequence - first); at < bounds.length; at += 2) {
        visit(first + at / 2, bytes.subarray(bounds[at] - RECORD_HEADER_BYTES, bounds[at + 1]));
      }
    }
  }

  /** Lets the oldest go while there are more bytes than allowed, but nothing at or above `needed`. */
  trim(needed: number): void {
    const chunks = this.#chunks;
    while (this.#bytes > this.#bytesMax && this.#gone < chunks.length) {
      const { bytes, first, bounds } = chunks[this.#gone];
      if (first + bounds.length / 2 > needed) break;
      this.#bytes -= bytes.length;
      chunks[this.#gone] = goneChunk;
      this.#gone++;
    }
    if (this.#gone > 64 && 2 * this.#gone > chunks.length) {
      chunks.splice(0, this.#gone);
      this.#gone = 0;
    }
  }

  #chunkOf(sequence: number): number {
    let low = this.#gone;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#chunks[middle].first <= sequence) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

const goneChunk: Chunk = { bytes: new Uint8Array(0), first: 0, bounds: [] };
