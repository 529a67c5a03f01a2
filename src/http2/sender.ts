import { assert, emptyBytes } from "../base/mod.ts";
import type { AbuseMeter } from "./abuse.ts";
import { defaultWindowBytes, Flag, FrameType, largestWindowBytes } from "./frames.ts";
import type { HpackEncoder } from "./hpack/encoder.ts";
import type { Http2Settings } from "./options.ts";
import type { OutputBuffer } from "./output.ts";
import type { PeerSettings } from "./settings.ts";
import type { Stream } from "./stream.ts";
import type { HeaderList } from "./types.ts";

/** A DATA frame from a queue that is smaller than this may be what tiny WINDOW_UPDATEs extort: it earns the peer no allowance. */
const usefulDataBytes = 256;

/** What the sender tells the connection. */
export interface SenderHost {
  /** END_STREAM has been written on `stream`. */
  onLocalEnd(stream: Stream): void;
  /** The queue of `stream` is at its low-water mark again. */
  onWritable(stream: Stream): void;
}

/**
 * The sending side: headers, and DATA within the peer's windows and the bound of the output. What does not go out at once is queued in its
 * stream; streams with a queue take turns, one frame each.
 */
export class Sender {
  readonly #host: SenderHost;
  readonly #output: OutputBuffer;
  readonly #encoder: HpackEncoder;
  readonly #peer: PeerSettings;
  readonly #abuse: AbuseMeter;
  readonly #outputHighWaterBytes: number;
  readonly #queueHighWaterBytes: number;
  readonly #queueLowWaterBytes: number;

  /** Bytes that we may still send over all streams. */
  #window = defaultWindowBytes;
  #queuedBytes = 0;
  /** Streams that have something to send and are not held back by their own window, in the order of their turns. */
  #first: Stream | undefined = undefined;
  #last: Stream | undefined = undefined;
  #pumping = false;

  constructor(
    host: SenderHost,
    parts: {
      output: OutputBuffer;
      encoder: HpackEncoder;
      peer: PeerSettings;
      abuse: AbuseMeter;
      settings: Http2Settings;
    },
  ) {
    this.#host = host;
    this.#output = parts.output;
    this.#encoder = parts.encoder;
    this.#peer = parts.peer;
    this.#abuse = parts.abuse;
    this.#outputHighWaterBytes = parts.settings.outputHighWaterBytes;
    this.#queueHighWaterBytes = parts.settings.streamQueueHighWaterBytes;
    this.#queueLowWaterBytes = parts.settings.streamQueueLowWaterBytes;
  }

  /** Bytes queued over all streams. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Sends a list, with the dynamic table. As the end of a stream with a queue it waits for its turn. */
  sendHeaders(stream: Stream, headers: HeaderList, endStream: boolean): void {
    assert(!stream.endQueued && !stream.localEnded, "headers sent on a stream after its end");
    if (stream.queuedBytes > 0) {
      assert(endStream, "headers sent between the data of a stream");
      stream.queuedTrailers = headers;
      stream.endQueued = true;
      return;
    }
    this.#output.headers(stream.id, this.#encoder.encode(headers), endStream, this.#peer.maxFrameBytes);
    if (endStream) this.#host.onLocalEnd(stream);
  }

  /** Sends a constant block. As the end of a stream with a queue it waits for its turn. */
  sendBlock(stream: Stream, block: Uint8Array, endStream: boolean): void {
    assert(!stream.endQueued && !stream.localEnded, "headers sent on a stream after its end");
    if (stream.queuedBytes > 0) {
      assert(endStream, "headers sent between the data of a stream");
      stream.queuedTrailerBlock = block;
      stream.endQueued = true;
      return;
    }
    this.#writeBlock(stream, block, endStream);
    if (endStream) this.#host.onLocalEnd(stream);
  }

  /** Sends a piece of body, held by reference as far as it has to wait. */
  sendData(stream: Stream, data: Uint8Array, endStream: boolean): void {
    assert(!stream.endQueued && !stream.localEnded, "data sent on a stream after its end");
    const count = data.length;
    if (this.#canSendNow(stream, count)) {
      this.#abuse.onUsefulFrame();
      this.#writeDataHead(stream, count, endStream);
      this.#output.append(data);
      if (endStream) this.#host.onLocalEnd(stream);
      return;
    }
    stream.enqueue(data);
    this.#queued(stream, count, endStream);
  }

  /** Sends `prefix` and `data` as one piece. What has to wait of `prefix` is copied, `data` is held by reference. */
  sendPrefixedData(stream: Stream, prefix: Uint8Array, data: Uint8Array, endStream: boolean): void {
    assert(!stream.endQueued && !stream.localEnded, "data sent on a stream after its end");
    const count = prefix.length + data.length;
    if (this.#canSendNow(stream, count)) {
      this.#abuse.onUsefulFrame();
      this.#writeDataHead(stream, count, endStream);
      this.#output.append(prefix);
      this.#output.append(data);
      if (endStream) this.#host.onLocalEnd(stream);
      return;
    }
    stream.enqueue(prefix.slice());
    stream.enqueue(data);
    this.#queued(stream, count, endStream);
  }

  /** Sends pieces one after the other as if they were one, all held by reference as far as they have to wait. */
  sendPieces(stream: Stream, pieces: readonly Uint8Array[], endStream: boolean): void {
    assert(!stream.endQueued && !stream.localEnded, "data sent on a stream after its end");
    let count = 0;
    for (const piece of pieces) count += piece.length;
    if (this.#canSendNow(stream, count)) {
      this.#abuse.onUsefulFrame();
      this.#writeDataHead(stream, count, endStream);
      for (const piece of pieces) this.#output.append(piece);
      if (endStream) this.#host.onLocalEnd(stream);
      return;
    }
    for (const piece of pieces) stream.enqueue(piece);
    this.#queued(stream, count, endStream);
  }

  /** WINDOW_UPDATE for the connection; false when the window grows too large. */
  growWindow(increment: number): boolean {
    this.#window += increment;
    if (this.#window > largestWindowBytes) return false;
    this.pump();
    return true;
  }

  /** WINDOW_UPDATE for a stream; false when the window grows too large. */
  growStreamWindow(stream: Stream, increment: number): boolean {
    stream.sendWindow += increment;
    if (stream.sendWindow > largestWindowBytes) return false;
    if (stream.queuedBytes > 0) {
      this.#schedule(stream);
      this.pump();
    }
    return true;
  }

  /** The peer's initial window changed by `difference`; false when a window grows too large (RFC 9113, section 6.9.2). */
  shiftStreamWindows(streams: Iterable<Stream>, difference: number): boolean {
    for (const stream of streams) {
      stream.sendWindow += difference;
      if (stream.sendWindow > largestWindowBytes) return false;
      if (stream.queuedBytes > 0) this.#schedule(stream);
    }
    return true;
  }

  /** Forgets what a closed stream had queued. */
  drop(stream: Stream): void {
    this.#queuedBytes -= stream.queuedBytes;
    stream.dropQueue();
  }

  /** Sends what the windows and the bound of the output allow now. */
  pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#first !== undefined && this.#output.length < this.#outputHighWaterBytes) {
      const stream = this.#first;
      if (!stream.closed && stream.queuedBytes > 0) {
        if (stream.sendWindow > 0 && this.#window <= 0) break;
        this.#unscheduleFirst();
        if (stream.sendWindow > 0) this.#sendQueued(stream);
      } else {
        this.#unscheduleFirst();
      }
    }
    this.#pumping = false;
  }

  #canSendNow(stream: Stream, count: number): boolean {
    return stream.queuedBytes === 0 && count <= this.#peer.maxFrameBytes &&
      (count === 0 ||
        (count <= stream.sendWindow && count <= this.#window && this.#output.length < this.#outputHighWaterBytes));
  }

  #writeDataHead(stream: Stream, count: number, endStream: boolean): void {
    stream.sendWindow -= count;
    this.#window -= count;
    this.#output.frameHead(count, FrameType.Data, endStream ? Flag.EndStream : 0, stream.id);
  }

  #writeBlock(stream: Stream, block: Uint8Array, endStream: boolean): void {
    if (!this.#encoder.hasSizeUpdate) {
      this.#output.headers(stream.id, block, endStream, this.#peer.maxFrameBytes);
      return;
    }
    const sizeUpdate = this.#encoder.takeSizeUpdate();
    const whole = new Uint8Array(sizeUpdate.length + block.length);
    whole.set(sizeUpdate);
    whole.set(block, sizeUpdate.length);
    this.#output.headers(stream.id, whole, endStream, this.#peer.maxFrameBytes);
  }

  #queued(stream: Stream, count: number, endStream: boolean): void {
    this.#queuedBytes += count;
    if (endStream) stream.endQueued = true;
    this.#schedule(stream);
    this.pump();
    if (stream.queuedBytes > this.#queueHighWaterBytes) stream.aboveHighWater = true;
  }

  #schedule(stream: Stream): void {
    if (stream.scheduled) return;
    stream.scheduled = true;
    if (this.#last === undefined) this.#first = stream;
    else this.#last.nextScheduled = stream;
    this.#last = stream;
  }

  #unscheduleFirst(): void {
    const stream = this.#first!;
    this.#first = stream.nextScheduled;
    if (this.#first === undefined) this.#last = undefined;
    stream.nextScheduled = undefined;
    stream.scheduled = false;
  }

  /** One frame from the queue of `stream`, which may send at least a byte. */
  #sendQueued(stream: Stream): void {
    const count = Math.min(stream.queuedBytes, this.#peer.maxFrameBytes, stream.sendWindow, this.#window);
    const last = count === stream.queuedBytes;
    const trailersFollow = stream.queuedTrailers !== undefined || stream.queuedTrailerBlock !== undefined;
    const endStream = last && stream.endQueued && !trailersFollow;
    if (count >= usefulDataBytes) this.#abuse.onUsefulFrame();
    this.#writeDataHead(stream, count, endStream);
    this.#appendQueued(stream, count);
    this.#queuedBytes -= count;
    if (endStream) this.#host.onLocalEnd(stream);
    else if (!last) this.#schedule(stream);
    else if (stream.endQueued) this.#writeQueuedTrailers(stream);
    if (stream.aboveHighWater && stream.queuedBytes <= this.#queueLowWaterBytes && !stream.closed) {
      stream.aboveHighWater = false;
      if (!stream.endQueued) this.#host.onWritable(stream);
    }
  }

  #appendQueued(stream: Stream, count: number): void {
    const queue = stream.queue!;
    stream.queuedBytes -= count;
    while (count > 0) {
      const piece = queue[stream.queueAt];
      const taken = Math.min(count, piece.length - stream.pieceAt);
      this.#output.append(piece.subarray(stream.pieceAt, stream.pieceAt + taken));
      count -= taken;
      stream.pieceAt += taken;
      if (stream.pieceAt < piece.length) break;
      stream.pieceAt = 0;
      queue[stream.queueAt++] = emptyBytes;
    }
    if (stream.queuedBytes === 0) {
      stream.queue = undefined;
      stream.queueAt = 0;
    } else if (stream.queueAt >= 64) {
      queue.splice(0, stream.queueAt);
      stream.queueAt = 0;
    }
  }

  #writeQueuedTrailers(stream: Stream): void {
    const { queuedTrailers, queuedTrailerBlock } = stream;
    if (queuedTrailers !== undefined) {
      this.#output.headers(stream.id, this.#encoder.encode(queuedTrailers), true, this.#peer.maxFrameBytes);
    } else if (queuedTrailerBlock !== undefined) {
      this.#writeBlock(stream, queuedTrailerBlock, true);
    }
    stream.queuedTrailers = undefined;
    stream.queuedTrailerBlock = undefined;
    this.#host.onLocalEnd(stream);
  }
}
