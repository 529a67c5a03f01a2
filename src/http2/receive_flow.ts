import { defaultWindowBytes } from "./frames.ts";
import type { OutputBuffer } from "./output.ts";
import type { Stream } from "./stream.ts";

/**
 * The receiving side of flow control, RFC 9113, section 5.2: what the peer may still send, and the WINDOW_UPDATEs that give back what the
 * layer above has consumed, summed up until half of a window is due.
 */
export class ReceiveFlow {
  readonly #output: OutputBuffer;
  readonly #connectionUpdateBytes: number;
  readonly #streamUpdateBytes: number;
  readonly #initialStreamWindow: number;
  /** Window of a new stream. Until the peer has acknowledged our settings it may go by the default. */
  #newStreamWindow: number;
  /** Bytes that the peer may still send over all streams. */
  #window: number;
  /** Bytes consumed that no WINDOW_UPDATE has told the peer of. */
  #unannouncedBytes = 0;

  constructor(output: OutputBuffer, options: { initialWindowBytes: number; connectionWindowBytes: number }) {
    this.#output = output;
    this.#initialStreamWindow = options.initialWindowBytes;
    this.#newStreamWindow = Math.max(options.initialWindowBytes, defaultWindowBytes);
    this.#window = options.connectionWindowBytes;
    this.#connectionUpdateBytes = Math.max(1, options.connectionWindowBytes >>> 1);
    this.#streamUpdateBytes = Math.max(1, options.initialWindowBytes >>> 1);
  }

  get newStreamWindow(): number {
    return this.#newStreamWindow;
  }

  /** Tells the peer of the connection's window, which begins with the default. */
  writeFirstUpdate(): void {
    if (this.#window > defaultWindowBytes) this.#output.windowUpdate(0, this.#window - defaultWindowBytes);
  }

  /** The peer goes by our settings from now on. */
  onSettingsAcked(streams: Iterable<Stream>): void {
    const difference = this.#initialStreamWindow - this.#newStreamWindow;
    this.#newStreamWindow = this.#initialStreamWindow;
    if (difference === 0) return;
    for (const stream of streams) stream.receiveWindow += difference;
  }

  /** Takes the payload of a DATA frame off the connection's window; false when the peer had no right to send it. */
  receive(count: number): boolean {
    if (count > this.#window) return false;
    this.#window -= count;
    return true;
  }

  /** Gives bytes back to the connection's window. */
  refund(count: number): void {
    this.#unannouncedBytes += count;
    if (this.#unannouncedBytes < this.#connectionUpdateBytes) return;
    this.#output.windowUpdate(0, this.#unannouncedBytes);
    this.#window += this.#unannouncedBytes;
    this.#unannouncedBytes = 0;
  }

  /** Gives bytes back to the windows of the connection and of `stream`. */
  refundStream(stream: Stream, count: number): void {
    this.refund(count);
    if (stream.remoteEnded) return;
    stream.unannouncedBytes += count;
    if (stream.unannouncedBytes < this.#streamUpdateBytes) return;
    this.#output.windowUpdate(stream.id, stream.unannouncedBytes);
    stream.receiveWindow += stream.unannouncedBytes;
    stream.unannouncedBytes = 0;
  }

  /** The layer above has taken `count` bytes of what it was given; more than it was given counts for nothing. */
  consume(stream: Stream, count: number): void {
    const consumed = Math.min(count, stream.unconsumedBytes);
    if (consumed <= 0) return;
    stream.unconsumedBytes -= consumed;
    this.refundStream(stream, consumed);
  }
}
