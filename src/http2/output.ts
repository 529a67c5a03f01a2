import { Flag, frameHeadBytes, FrameType } from "./frames.ts";
import type { ErrorCode } from "./types.ts";

const firstCapacityBytes = 4096;
/** A buffer that grew above this is not kept for the next output. */
const keptCapacityBytes = 512 * 1024;
/** Up to this length a loop copies faster than a call. */
const loopCopyBytes = 24;

/**
 * Bytes that wait to be written. There are two buffers in turn: while the transport writes the one, frames are added to the
 * other.
 */
export class OutputBuffer {
  #bytes: Uint8Array = new Uint8Array(firstCapacityBytes);
  #spare: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** Whether output was taken since the last `trim`. */
  #used = false;

  /** Bytes that wait. */
  get length(): number {
    return this.#length;
  }

  /** Everything that waits; undefined when nothing does. The bytes stay as they are until the next call. */
  take(): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    const taken = this.#bytes.subarray(0, this.#length);
    const next = this.#spare;
    this.#spare = this.#bytes.length <= keptCapacityBytes ? this.#bytes : new Uint8Array(0);
    this.#bytes = next;
    this.#length = 0;
    this.#used = true;
    return taken;
  }

  /** Lets go of the buffers of a connection that has had no output since the last call. */
  trim(): void {
    if (!this.#used && this.#length === 0 && this.#bytes.length + this.#spare.length > 0) {
      this.#bytes = new Uint8Array(0);
      this.#spare = new Uint8Array(0);
    }
    this.#used = false;
  }

  append(bytes: Uint8Array): void {
    const count = bytes.length;
    if (this.#length + count > this.#bytes.length) this.#grow(count);
    const at = this.#length;
    if (count <= loopCopyBytes) {
      const out = this.#bytes;
      for (let i = 0; i < count; i++) out[at + i] = bytes[i];
    } else {
      this.#bytes.set(bytes, at);
    }
    this.#length = at + count;
  }

  /** Head of a frame; the caller appends `payloadBytes` bytes after it. */
  frameHead(payloadBytes: number, type: number, flags: number, streamId: number): void {
    if (this.#length + frameHeadBytes > this.#bytes.length) this.#grow(frameHeadBytes + payloadBytes);
    const out = this.#bytes;
    const at = this.#length;
    out[at] = payloadBytes >>> 16;
    out[at + 1] = payloadBytes >>> 8;
    out[at + 2] = payloadBytes;
    out[at + 3] = type;
    out[at + 4] = flags;
    out[at + 5] = streamId >>> 24;
    out[at + 6] = streamId >>> 16;
    out[at + 7] = streamId >>> 8;
    out[at + 8] = streamId;
    this.#length = at + frameHeadBytes;
  }

  uint16(value: number): void {
    if (this.#length + 2 > this.#bytes.length) this.#grow(2);
    this.#bytes[this.#length++] = value >>> 8;
    this.#bytes[this.#length++] = value;
  }

  uint32(value: number): void {
    this.uint16(value >>> 16);
    this.uint16(value & 0xffff);
  }

  resetStream(streamId: number, code: ErrorCode): void {
    this.frameHead(4, FrameType.RstStream, 0, streamId);
    this.uint32(code);
  }

  windowUpdate(streamId: number, increment: number): void {
    this.frameHead(4, FrameType.WindowUpdate, 0, streamId);
    this.uint32(increment);
  }

  /** `payload` has 8 bytes. */
  ping(payload: Uint8Array, ack: boolean): void {
    this.frameHead(8, FrameType.Ping, ack ? Flag.Ack : 0, 0);
    this.append(payload);
  }

  goaway(lastStreamId: number, code: ErrorCode, debugData: Uint8Array): void {
    this.frameHead(8 + debugData.length, FrameType.Goaway, 0, 0);
    this.uint32(lastStreamId);
    this.uint32(code);
    this.append(debugData);
  }

  /** HEADERS, and CONTINUATION as far as the block is longer than the peer's largest frame. */
  headers(streamId: number, block: Uint8Array, endStream: boolean, maxFrameBytes: number): void {
    const endStreamFlag = endStream ? Flag.EndStream : 0;
    const length = block.length;
    if (length <= maxFrameBytes) {
      this.frameHead(length, FrameType.Headers, Flag.EndHeaders | endStreamFlag, streamId);
      this.append(block);
      return;
    }
    for (let at = 0; at < length; at += maxFrameBytes) {
      const part = block.subarray(at, at + maxFrameBytes);
      const endHeadersFlag = at + maxFrameBytes >= length ? Flag.EndHeaders : 0;
      if (at === 0) this.frameHead(part.length, FrameType.Headers, endStreamFlag, streamId);
      else this.frameHead(part.length, FrameType.Continuation, endHeadersFlag, streamId);
      this.append(part);
    }
  }

  #grow(count: number): void {
    const bytes = new Uint8Array(Math.max(this.#length + count, this.#bytes.length * 2, firstCapacityBytes));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}
