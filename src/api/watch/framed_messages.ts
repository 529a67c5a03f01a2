/** What the prefix of a gRPC message has: a flag and the length. */
const prefixBytes = 5;
/** As much as one HTTP/2 frame takes that every client accepts. */
const capacityBytes = 16 * 1024;
/** Larger messages are not worth the copying. */
const messageBytesMax = capacityBytes / 4;
const watchIdTag = 2 << 3;
/** A tag and a number below 2^31. */
const watchIdBytesMax = 6;

/** `WatchResponse`s with events, one after the other, each with the prefix of a gRPC message: what one frame takes. */
export class FramedMessages {
  readonly #bytes = new Uint8Array(capacityBytes);
  #length = 0;
  #count = 0;

  /** The messages; valid until the next call. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#length = 0;
    this.#count = 0;
  }

  /** Whether a message is small enough for ever being added. */
  static fits(header: Uint8Array, fields: Uint8Array): boolean {
    return header.length + fields.length <= messageBytesMax - prefixBytes - watchIdBytesMax;
  }

  /** Adds a message that fits, with the watch's id, below 2^31, between header and events; false when there is no room left. */
  add(header: Uint8Array, id: number, fields: Uint8Array): boolean {
    const start = this.#length;
    if (start + prefixBytes + header.length + watchIdBytesMax + fields.length > capacityBytes) return false;
    const bytes = this.#bytes;
    let at = copy(header, bytes, start + prefixBytes);
    if (id > 0) {
      bytes[at++] = watchIdTag;
      for (; id >= 0x80; id >>>= 7) bytes[at++] = (id & 0x7f) | 0x80;
      bytes[at++] = id;
    }
    at = copy(fields, bytes, at);
    const length = at - start - prefixBytes;
    bytes[start] = 0;
    bytes[start + 1] = 0;
    bytes[start + 2] = 0;
    bytes[start + 3] = length >>> 8;
    bytes[start + 4] = length;
    this.#length = at;
    this.#count++;
    return true;
  }
}

/** Up to this length a loop copies faster than a call. */
const loopCopyBytes = 32;

/** Returns where the copy ends. */
function copy(from: Uint8Array, to: Uint8Array, at: number): number {
  const { length } = from;
  if (length > loopCopyBytes) to.set(from, at);
  else for (let i = 0; i < length; i++) to[at + i] = from[i];
  return at + length;
}

/** Buffers that streams lend for a turn. */
export class FramedMessagesPool {
  readonly #free: FramedMessages[] = [];
  #lent = 0;
  readonly #max: number;

  /** At most `max` are lent at a time. */
  constructor({ max }: { max: number }) {
    this.#max = max;
  }

  /** An empty buffer; undefined when all are in use. */
  take(): FramedMessages | undefined {
    if (this.#lent >= this.#max) return undefined;
    this.#lent++;
    return this.#free.pop() ?? new FramedMessages();
  }

  /** Takes a buffer back. */
  give(messages: FramedMessages): void {
    this.#lent--;
    messages.clear();
    this.#free.push(messages);
  }
}
