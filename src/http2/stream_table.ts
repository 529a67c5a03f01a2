import { assert } from "../base/mod.ts";
import type { Stream } from "./stream.ts";

/** Places without a stream that may lie between others before these move together. */
const holesMin = 16;

/**
 * The streams of a connection by their ids, which come in ascending order. Two arrays that stay, searched by halving.
 *
 * A Map would be made anew each time its places are used up, that is every few dozen calls. The host links each such table to the one after it,
 * and a table that dies in the old generation of its garbage collector keeps all that follow, with every stream and call in them, until all memory is
 * collected: 400 bytes for every call.
 */
export class StreamTable {
  readonly #ids: number[] = [];
  readonly #streams: (Stream | undefined)[] = [];
  /** Places in use, those of streams that are gone included. */
  #end = 0;
  #size = 0;
  /** Where the last stream was found: its next frame often follows. */
  #last = 0;

  /** Streams held. */
  get size(): number {
    return this.#size;
  }

  /** The stream, or undefined when it is not held. */
  get(id: number): Stream | undefined {
    if (this.#last < this.#end && this.#ids[this.#last] === id) return this.#streams[this.#last];
    const at = this.#find(id);
    if (at < 0) return undefined;
    this.#last = at;
    return this.#streams[at];
  }

  /** Adds a stream, whose id must be above all ids that were ever added. */
  add(stream: Stream): void {
    assert(this.#end === 0 || this.#ids[this.#end - 1] < stream.id, "Streams are opened in the order of their ids");
    this.#ids[this.#end] = stream.id;
    this.#streams[this.#end] = stream;
    this.#last = this.#end++;
    this.#size++;
  }

  /** Takes a stream out; nothing when it is not held. */
  delete(id: number): void {
    const at = this.#last < this.#end && this.#ids[this.#last] === id ? this.#last : this.#find(id);
    if (at < 0 || this.#streams[at] === undefined) return;
    this.#streams[at] = undefined;
    this.#size--;
    if (this.#size === 0) this.#end = 0;
    else if (this.#end > 2 * this.#size + holesMin) this.#closeHoles();
  }

  /** Takes all out. */
  clear(): void {
    this.#streams.fill(undefined, 0, this.#end);
    this.#end = 0;
    this.#size = 0;
  }

  /** The streams, in the order of their ids; a list of its own. */
  values(): Stream[] {
    return this.#streams.slice(0, this.#end).filter((stream) => stream !== undefined);
  }

  /** Where the id is, -1 when it is not held; the stream there may be gone. */
  #find(id: number): number {
    const ids = this.#ids;
    let low = 0;
    let high = this.#end - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = ids[middle];
      if (found === id) return middle;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  #closeHoles(): void {
    let to = 0;
    for (let from = 0; from < this.#end; from++) {
      const stream = this.#streams[from];
      if (stream === undefined) continue;
      this.#streams[to] = stream;
      this.#ids[to++] = stream.id;
    }
    this.#streams.fill(undefined, to, this.#end);
    this.#end = to;
    this.#last = 0;
  }
}
