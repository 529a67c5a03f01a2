import { Code, emptyBytes } from "../base/mod.ts";
import type { Status } from "./status.ts";

/** Length of a message's prefix: one byte of flags, four of length. */
export const prefixBytes = 5;

/** Flag of a prefix: the message is compressed with the encoding that `grpc-encoding` names. */
export const compressedFlag = 1;

/** A partial message gets room for this much at first, whatever length it announces. */
const firstPartialBytes = 4096;

/** What gRPC adds to a stream of bytes, in grpc-go's words. */
function tooLarge(lengthBytes: number, maxBytes: number): Status {
  return {
    code: Code.ResourceExhausted,
    message: `grpc: received message larger than max (${lengthBytes} vs. ${maxBytes})`,
  };
}

/**
 * Cuts the bytes of a stream into length-prefixed messages. A message that lies whole in what was fed comes out as a view
 * of it; others are put together in a buffer that grows with what has arrived, never ahead of it.
 */
export class MessageReader {
  readonly #maxBytes: number;
  #chunk: Uint8Array = emptyBytes;
  /** Offset in `#chunk` of what has not been read. */
  #at = 0;
  /** Where the bytes of `#chunk` end. Never below `#at`. */
  #end = 0;
  /** Whether `#chunk` is ours to write to. */
  #owned = false;
  /** A message that has begun, with its prefix. */
  #partial: Uint8Array = emptyBytes;
  #partialBytes = 0;
  /** Flags of the message that `next` returned last: 0, or {@link compressedFlag}. */
  flags = 0;
  /** Why nothing more can be read: a message of impossible length. Once set, `next` returns undefined. */
  error: Status | undefined;

  /** A reader that refuses messages of more than `maxBytes`. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether the stream would end in the middle of a message; as with grpc-go, a piece of a prefix is no message. */
  get hasPartial(): boolean {
    return this.#partialBytes >= prefixBytes;
  }

  /** Hands in the stream's next bytes. They must not change before `next` has returned undefined, or `keep` was called. */
  feed(chunk: Uint8Array): void {
    const unread = this.#end - this.#at;
    if (unread === 0) {
      this.#chunk = chunk;
      this.#at = 0;
      this.#end = chunk.length;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.#end + chunk.length > this.#chunk.length) this.#own(2 * (unread + chunk.length));
    this.#chunk.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** Copies what has been fed and not read, so that the caller's bytes may change. */
  keep(): void {
    if (this.#at < this.#end) {
      if (!this.#owned) this.#own(this.#end - this.#at);
    } else {
      this.#chunk = emptyBytes;
      this.#at = this.#end = 0;
      this.#owned = false;
    }
  }

  #own(capacityBytes: number): void {
    const owned = new Uint8Array(capacityBytes);
    owned.set(this.#chunk.subarray(this.#at, this.#end));
    this.#chunk = owned;
    this.#end -= this.#at;
    this.#at = 0;
    this.#owned = true;
  }

  /** The next whole message, valid until the next call of `feed` or `next`; undefined when there is none yet. */
  next(): Uint8Array | undefined {
    if (this.error !== undefined) return undefined;
    const chunk = this.#chunk;
    const at = this.#at;
    if (this.#partialBytes === 0) {
      if (this.#end - at >= prefixBytes) {
        const length = this.#checkPrefix(chunk, at);
        if (length < 0) return undefined;
        const end = at + prefixBytes + length;
        if (end <= this.#end) {
          this.#at = end;
          return chunk.subarray(at + prefixBytes, end);
        }
      } else if (at === this.#end) {
        return undefined;
      }
    }
    return this.#nextOfPartial();
  }

  #nextOfPartial(): Uint8Array | undefined {
    this.#takeUpTo(prefixBytes);
    if (this.#partialBytes < prefixBytes) return undefined;
    const length = this.#checkPrefix(this.#partial, 0);
    if (length < 0) return undefined;
    this.#takeUpTo(prefixBytes + length);
    if (this.#partialBytes < prefixBytes + length) return undefined;
    const message = this.#partial.subarray(prefixBytes, prefixBytes + length);
    this.#partial = emptyBytes;
    this.#partialBytes = 0;
    return message;
  }

  /** Moves bytes from the chunk until the partial message has `bytes` of them, or the chunk has no more. */
  #takeUpTo(bytes: number): void {
    const count = Math.min(bytes - this.#partialBytes, this.#end - this.#at);
    if (count <= 0) return;
    const needed = this.#partialBytes + count;
    if (needed > this.#partial.length) {
      const room = Math.max(needed, Math.min(2 * this.#partial.length, bytes), firstPartialBytes);
      const grown = new Uint8Array(room);
      grown.set(this.#partial.subarray(0, this.#partialBytes));
      this.#partial = grown;
    }
    this.#partial.set(this.#chunk.subarray(this.#at, this.#at + count), this.#partialBytes);
    this.#partialBytes = needed;
    this.#at += count;
  }

  /** The length that a prefix announces; -1 when it is refused. */
  #checkPrefix(bytes: Uint8Array, at: number): number {
    this.flags = bytes[at];
    const length = readLength(bytes, at);
    if (length > this.#maxBytes) {
      this.error = tooLarge(length, this.#maxBytes);
      return -1;
    }
    return length;
  }
}

/** The length in the prefix at `at`, unsigned. */
export function readLength(bytes: Uint8Array, at: number): number {
  return bytes[at + 1] * 0x1000000 + ((bytes[at + 2] << 16) | (bytes[at + 3] << 8) | bytes[at + 4]);
}
