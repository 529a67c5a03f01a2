import { emptyBytes } from "../base/mod.ts";
import { frameHeadBytes, readUint31 } from "./frames.ts";

/** Takes frames from a {@link FrameReader}. */
export interface FrameSink {
  /**
   * A whole frame; its payload is `bytes` from `start` to `end`, valid until `read` returns. Gives false to stop reading for
   * good.
   */
  onFrame(head: FrameHead, bytes: Uint8Array, start: number, end: number): boolean;
  /** The next frame's payload is longer than the bound. Reading has stopped. */
  onOversizedFrame(): void;
}

/** Head of a frame, RFC 9113, section 4.1. The reader has one and reuses it. */
export interface FrameHead {
  type: number;
  flags: number;
  streamId: number;
}

/**
 * Cuts a stream of bytes into frames. What is whole within a chunk is handed on in place; only a frame that is cut by a chunk's
 * end is copied. Holds at most one frame.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxPayloadBytes: number;
  readonly #head: FrameHead = { type: 0, flags: 0, streamId: 0 };
  /** Beginning of a frame that was cut: its first `#heldBytes` bytes. */
  #held: Uint8Array = emptyBytes;
  #heldBytes = 0;
  #stopped = false;

  constructor(sink: FrameSink, maxPayloadBytes: number) {
    this.#sink = sink;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Bytes of a frame that is not whole yet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Lets go of the buffer when no frame is being put together. */
  trim(): void {
    if (this.#heldBytes === 0) this.#held = emptyBytes;
  }

  /** Reads `chunk` from `at` on: calls the sink for every frame that is whole now. */
  read(chunk: Uint8Array, at: number): void {
    if (this.#stopped) return;
    if (this.#heldBytes > 0) at = this.#completeHeld(chunk, at);
    while (!this.#stopped && at + frameHeadBytes <= chunk.length) {
      const payloadBytes = (chunk[at] << 16) | (chunk[at + 1] << 8) | chunk[at + 2];
      if (payloadBytes > this.#maxPayloadBytes) return this.#stop();
      const end = at + frameHeadBytes + payloadBytes;
      if (end > chunk.length) break;
      this.#emit(chunk, at, end);
      at = end;
    }
    if (!this.#stopped && at < chunk.length) this.#hold(chunk, at, chunk.length);
  }

  /** Fills up the held frame from `chunk` and emits it when it is whole; gives the position after what it took. */
  #completeHeld(chunk: Uint8Array, at: number): number {
    at = this.#holdUntil(frameHeadBytes, chunk, at);
    if (this.#heldBytes < frameHeadBytes) return at;
    const held = this.#held;
    const payloadBytes = (held[0] << 16) | (held[1] << 8) | held[2];
    if (payloadBytes > this.#maxPayloadBytes) {
      this.#stop();
      return at;
    }
    const frameBytes = frameHeadBytes + payloadBytes;
    at = this.#holdUntil(frameBytes, chunk, at);
    if (this.#heldBytes < frameBytes) return at;
    this.#heldBytes = 0;
    this.#emit(this.#held, 0, frameBytes);
    return at;
  }

  #holdUntil(total: number, chunk: Uint8Array, at: number): number {
    const end = Math.min(chunk.length, at + Math.max(0, total - this.#heldBytes));
    this.#hold(chunk, at, end);
    return end;
  }

  #hold(chunk: Uint8Array, start: number, end: number): void {
    const needed = this.#heldBytes + end - start;
    if (needed > this.#held.length) {
      const held = new Uint8Array(
        Math.min(Math.max(needed, 64, 2 * this.#held.length), frameHeadBytes + this.#maxPayloadBytes),
      );
      held.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = held;
    }
    this.#held.set(chunk.subarray(start, end), this.#heldBytes);
    this.#heldBytes = needed;
  }

  #emit(bytes: Uint8Array, at: number, end: number): void {
    const head = this.#head;
    head.type = bytes[at + 3];
    head.flags = bytes[at + 4];
    head.streamId = readUint31(bytes, at + 5);
    if (!this.#sink.onFrame(head, bytes, at + frameHeadBytes, end)) this.#stopped = true;
  }

  #stop(): void {
    this.#stopped = true;
    this.#sink.onOversizedFrame();
  }
}
