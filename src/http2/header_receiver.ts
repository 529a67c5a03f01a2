import type { ConnectionCore } from "./core.ts";
import { Flag, readUint31 } from "./frames.ts";
import type { FrameHead } from "./frame_reader.ts";
import { type HeaderBlock, isRequest, isResponse, isTrailers, Pseudo } from "./hpack/header_block.ts";
import { Stream } from "./stream.ts";
import { ErrorCode } from "./types.ts";

const priorityBytes = 5;

/** Receives HEADERS and CONTINUATION: puts blocks together, decodes them in their order, opens streams, ends them with trailers. */
export class HeaderReceiver {
  readonly #core: ConnectionCore;
  /** The stream whose header block is not complete, 0 for none. */
  #openStreamId = 0;
  #openEndStream = false;
  #openSelfDependent = false;
  #openSinceMs = 0;
  /** The block so far. */
  #block: Uint8Array | undefined = undefined;
  #blockBytes = 0;
  /** The newest range of ids that the peer has passed over: such a stream was never open, and never may be. */
  #skippedFrom = 0;
  #skippedTo = 0;
  /** Streams above it are refused: the last stream of our final GOAWAY. */
  #lastAccepted = Infinity;

  constructor(core: ConnectionCore) {
    this.#core = core;
  }

  /** The stream whose next frame has to be CONTINUATION, 0 for none. */
  get openStreamId(): number {
    return this.#openStreamId;
  }

  /** When the block that is not complete began. */
  get openSinceMs(): number {
    return this.#openSinceMs;
  }

  /** No stream after those that are open will be accepted. */
  refuseNewStreams(): void {
    this.#lastAccepted = this.#core.lastPeerStreamId;
  }

  onHeaders(head: FrameHead, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core;
    if (head.streamId === 0) return core.fail(ErrorCode.ProtocolError, "HEADERS on stream 0");
    if ((head.flags & Flag.Padded) !== 0) {
      if (start >= end) return core.fail(ErrorCode.FrameSizeError, "HEADERS without its padding length");
      const padding = bytes[start++];
      end -= padding;
      if (start > end) return core.fail(ErrorCode.ProtocolError, "padding of HEADERS longer than the frame");
    }
    let selfDependent = false;
    if ((head.flags & Flag.Priority) !== 0) {
      if (end - start < priorityBytes) return core.fail(ErrorCode.FrameSizeError, "HEADERS without its priority");
      selfDependent = readUint31(bytes, start) === head.streamId;
      start += priorityBytes;
    }
    const endStream = (head.flags & Flag.EndStream) !== 0;
    if ((head.flags & Flag.EndHeaders) !== 0) {
      this.#onBlock(head.streamId, endStream, selfDependent, core.decoder.decode(bytes, start, end));
      return;
    }
    this.#openStreamId = head.streamId;
    this.#openEndStream = endStream;
    this.#openSelfDependent = selfDependent;
    this.#openSinceMs = core.nowMs;
    this.#blockBytes = 0;
    this.#append(bytes, start, end);
  }

  /** CONTINUATION of the stream whose block is not complete. */
  onContinuation(head: FrameHead, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core;
    core.countIdleFrame();
    if (core.closed) return;
    this.#append(bytes, start, end);
    if (core.closed || (head.flags & Flag.EndHeaders) === 0) return;
    this.#openStreamId = 0;
    const block = core.decoder.decode(this.#block!, 0, this.#blockBytes);
    this.#block = undefined;
    this.#onBlock(head.streamId, this.#openEndStream, this.#openSelfDependent, block);
  }

  #append(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#blockBytes + end - start;
    const maxBytes = Math.max(this.#core.settings.maxHeaderListBytes, this.#core.settings.maxFrameBytes);
    if (needed > maxBytes) return this.#core.fail(ErrorCode.EnhanceYourCalm, "header block too long");
    if (this.#block === undefined || needed > this.#block.length) {
      const block = new Uint8Array(Math.max(needed, 2 * this.#blockBytes));
      if (this.#block !== undefined) block.set(this.#block.subarray(0, this.#blockBytes));
      this.#block = block;
    }
    this.#block.set(bytes.subarray(start, end), this.#blockBytes);
    this.#blockBytes = needed;
  }

  #onBlock(id: number, endStream: boolean, selfDependent: boolean, block: HeaderBlock | undefined): void {
    const core = this.#core;
    if (block === undefined) return core.fail(ErrorCode.CompressionError, "invalid header block");
    const stream = core.streams.get(id);
    if (stream === undefined) {
      if (core.role === "server") this.#openPeerStream(id, endStream, selfDependent, block);
      else this.#onUnknown(id);
      return;
    }
    if (stream.remoteEnded) return core.failStream(stream, ErrorCode.StreamClosed);
    if (block.tooLarge) return core.failStream(stream, ErrorCode.EnhanceYourCalm);
    if (selfDependent) return core.failStream(stream, ErrorCode.ProtocolError);
    if (stream.headersReceived) this.#onTrailers(stream, endStream, block);
    else this.#onResponse(stream, endStream, block);
  }

  #openPeerStream(id: number, endStream: boolean, selfDependent: boolean, block: HeaderBlock): void {
    const core = this.#core;
    if ((id & 1) === 0) return core.fail(ErrorCode.ProtocolError, "a client opened a stream with an even id");
    if (id <= core.lastPeerStreamId) return this.#onUnknown(id);
    if (id > core.lastPeerStreamId + 2) {
      this.#skippedFrom = core.lastPeerStreamId + 1;
      this.#skippedTo = id - 1;
    }
    core.lastPeerStreamId = id;
    const contentLength = block.contentLength;
    if (id > this.#lastAccepted || core.streams.size >= core.settings.maxConcurrentStreams) {
      return core.failUnknownStream(id, ErrorCode.RefusedStream);
    }
    if (core.sender.queuedBytes > core.settings.queuedBytesMax) {
      return core.failUnknownStream(id, ErrorCode.RefusedStream);
    }
    if (block.tooLarge) return core.failUnknownStream(id, ErrorCode.EnhanceYourCalm);
    if (selfDependent || !isRequest(block) || (endStream && contentLength > 0)) {
      return core.failUnknownStream(id, ErrorCode.ProtocolError);
    }
    const stream = new Stream(id, core.flow.newStreamWindow, core.peer.initialWindowBytes);
    core.streams.add(stream);
    stream.headersReceived = true;
    stream.remoteEnded = endStream;
    stream.contentLength = contentLength;
    core.abuse.onUsefulFrame();
    core.events.onHeaders(stream, block.list, endStream);
  }

  #onResponse(stream: Stream, endStream: boolean, block: HeaderBlock): void {
    const core = this.#core;
    const informational = block.pseudo === Pseudo.Informational;
    if (!isResponse(block) || (informational && endStream)) return core.failStream(stream, ErrorCode.ProtocolError);
    if (informational) return core.countIdleFrame();
    stream.headersReceived = true;
    stream.contentLength = block.contentLength;
    stream.remoteEnded = endStream;
    core.abuse.onUsefulFrame();
    core.events.onHeaders(stream, block.list, endStream);
    if (endStream) core.onRemoteEnd(stream);
  }

  #onTrailers(stream: Stream, endStream: boolean, block: HeaderBlock): void {
    const core = this.#core;
    if (!endStream || !isTrailers(block) || !isBodyComplete(core, stream)) {
      return core.failStream(stream, ErrorCode.ProtocolError);
    }
    stream.remoteEnded = true;
    core.events.onTrailers(stream, block.list);
    core.onRemoteEnd(stream);
  }

  /** Headers for a stream that is not in the table. */
  #onUnknown(id: number): void {
    const core = this.#core;
    if (core.recentlyReset.has(id)) return core.countIdleFrame();
    if (core.isIdle(id) || (id >= this.#skippedFrom && id <= this.#skippedTo)) {
      return core.fail(ErrorCode.ProtocolError, "HEADERS on a stream that was never opened");
    }
    core.fail(ErrorCode.StreamClosed, "HEADERS on a closed stream");
  }
}

/** Whether the body has the length that content-length said, RFC 9113, section 8.1.1; a response may have none (HEAD, 304). */
export function isBodyComplete(core: ConnectionCore, stream: Stream): boolean {
  return stream.contentLength < 0 || stream.contentLength === stream.bodyBytes ||
    (core.role === "client" && stream.bodyBytes === 0);
}
