import type { ConnectionCore } from "./core.ts";
import { clientPreface, Flag, FrameType, readUint31, readUint32 } from "./frames.ts";
import { type FrameHead, FrameReader, type FrameSink } from "./frame_reader.ts";
import { HeaderReceiver, isBodyComplete } from "./header_receiver.ts";
import { settingBytes, writeSettingsAck } from "./settings.ts";
import type { Stream } from "./stream.ts";
import { ErrorCode } from "./types.ts";

/** A WINDOW_UPDATE below this counts as a frame that moves nothing forward: it costs more than it carries. */
const smallIncrementBytes = 256;

/** Events between the receiver and the connection that are nobody else's business. */
export interface ReceiverHost {
  onPingAck(payload: Uint8Array): void;
}

/** The receiving side of a connection, RFC 9113, sections 5 and 6: the preface, then frame by frame. */
export class Receiver implements FrameSink {
  readonly #core: ConnectionCore;
  readonly #host: ReceiverHost;
  readonly #reader: FrameReader;
  readonly headers: HeaderReceiver;
  /** Bytes of the client's preface that have come. */
  #prefaceBytes: number;
  /** The peer's first SETTINGS has come. */
  settingsReceived = false;
  /** The peer has acknowledged our SETTINGS. */
  settingsAcked = false;

  constructor(core: ConnectionCore, host: ReceiverHost) {
    this.#core = core;
    this.#host = host;
    this.headers = new HeaderReceiver(core);
    this.#reader = new FrameReader(this, core.settings.maxFrameBytes);
    this.#prefaceBytes = core.role === "server" ? 0 : clientPreface.length;
  }

  /** Lets go of what only a busy connection needs. */
  trim(): void {
    this.#reader.trim();
  }

  receive(chunk: Uint8Array): void {
    let at = 0;
    while (this.#prefaceBytes < clientPreface.length && at < chunk.length) {
      if (chunk[at++] !== clientPreface[this.#prefaceBytes++]) {
        return this.#core.fail(ErrorCode.ProtocolError, "invalid connection preface");
      }
    }
    this.#reader.read(chunk, at);
  }

  onOversizedFrame(): void {
    this.#core.fail(ErrorCode.FrameSizeError, "frame too long");
  }

  onFrame(head: FrameHead, bytes: Uint8Array, start: number, end: number): boolean {
    const core = this.#core;
    const openStreamId = this.headers.openStreamId;
    if (openStreamId !== 0) {
      if (head.type === FrameType.Continuation && head.streamId === openStreamId) {
        this.headers.onContinuation(head, bytes, start, end);
      } else {
        core.fail(ErrorCode.ProtocolError, "a header block was interrupted");
      }
      return !core.closed;
    }
    if (!this.settingsReceived && (head.type !== FrameType.Settings || (head.flags & Flag.Ack) !== 0)) {
      core.fail(ErrorCode.ProtocolError, "the first frame is not SETTINGS");
      return false;
    }
    switch (head.type) {
      case FrameType.Data:
        this.#onData(head, bytes, start, end);
        break;
      case FrameType.Headers:
        this.headers.onHeaders(head, bytes, start, end);
        break;
      case FrameType.Priority:
        this.#onPriority(head.streamId, bytes, start, end);
        break;
      case FrameType.RstStream:
        this.#onRstStream(head.streamId, bytes, start, end);
        break;
      case FrameType.Settings:
        this.#onSettings(head, bytes, start, end);
        break;
      case FrameType.PushPromise:
        core.fail(ErrorCode.ProtocolError, "PUSH_PROMISE is not allowed");
        break;
      case FrameType.Ping:
        this.#onPing(head, bytes, start, end);
        break;
      case FrameType.Goaway:
        this.#onGoaway(head.streamId, bytes, start, end);
        break;
      case FrameType.WindowUpdate:
        this.#onWindowUpdate(head.streamId, bytes, start, end);
        break;
      case FrameType.Continuation:
        core.fail(ErrorCode.ProtocolError, "CONTINUATION without HEADERS");
        break;
      default:
        // RFC 9113, section 5.5: unknown types are ignored.
        core.countIdleFrame();
        break;
    }
    return !core.closed;
  }

  #onData(head: FrameHead, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core;
    if (head.streamId === 0) return core.fail(ErrorCode.ProtocolError, "DATA on stream 0");
    const flowBytes = end - start;
    if ((head.flags & Flag.Padded) !== 0) {
      if (start >= end) return core.fail(ErrorCode.FrameSizeError, "DATA without its padding length");
      const padding = bytes[start++];
      end -= padding;
      if (start > end) return core.fail(ErrorCode.ProtocolError, "padding of DATA longer than the frame");
    }
    if (!core.flow.receive(flowBytes)) {
      return core.fail(ErrorCode.FlowControlError, "DATA beyond the connection's window");
    }
    const stream = core.streams.get(head.streamId);
    if (stream === undefined) return this.#onUnknownData(head.streamId, flowBytes);
    const error = this.#dataError(stream, flowBytes);
    if (error !== ErrorCode.NoError) {
      core.flow.refund(flowBytes);
      return core.failStream(stream, error);
    }
    const count = end - start;
    const endStream = (head.flags & Flag.EndStream) !== 0;
    stream.receiveWindow -= flowBytes;
    stream.bodyBytes += count;
    stream.unconsumedBytes += count;
    if (flowBytes > count) core.flow.refundStream(stream, flowBytes - count);
    if (stream.contentLength >= 0 && !isWithinContentLength(core, stream, endStream)) {
      return core.failStream(stream, ErrorCode.ProtocolError);
    }
    if (count > 0) core.abuse.onUsefulFrame();
    else if (!endStream) return core.countIdleFrame();
    stream.remoteEnded = endStream;
    core.events.onData(stream, bytes.subarray(start, end), endStream);
    if (endStream) core.onRemoteEnd(stream);
  }

  #dataError(stream: Stream, flowBytes: number): ErrorCode {
    if (stream.remoteEnded) return ErrorCode.StreamClosed;
    if (!stream.headersReceived) return ErrorCode.ProtocolError;
    if (flowBytes > stream.receiveWindow) return ErrorCode.FlowControlError;
    return ErrorCode.NoError;
  }

  #onUnknownData(id: number, flowBytes: number): void {
    const core = this.#core;
    if (core.isIdle(id)) return core.fail(ErrorCode.ProtocolError, "DATA on a stream that was never opened");
    core.flow.refund(flowBytes);
    if (core.recentlyReset.has(id)) core.countIdleFrame();
    else core.failUnknownStream(id, ErrorCode.StreamClosed);
  }

  #onPriority(id: number, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core;
    if (id === 0) return core.fail(ErrorCode.ProtocolError, "PRIORITY on stream 0");
    const wrongSize = end - start !== 5;
    if (wrongSize || readUint31(bytes, start) === id) {
      const code = wrongSize ? ErrorCode.FrameSizeError : ErrorCode.ProtocolError;
      const stream = core.streams.get(id);
      if (stream !== undefined) core.failStream(stream, code);
      else core.fail(code, "invalid PRIORITY");
      return;
    }
    core.countIdleFrame();
  }

  #onRstStream(id: number, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core;
    if (id === 0) return core.fail(ErrorCode.ProtocolError, "RST_STREAM on stream 0");
    if (end - start !== 4) return core.fail(ErrorCode.FrameSizeError, "RST_STREAM of a wrong length");
    const stream = core.streams.get(id);
    if (stream === undefined) {
      if (core.isIdle(id)) return core.fail(ErrorCode.ProtocolError, "RST_STREAM on a stream that was never opened");
      core.recentlyReset.delete(id);
      return core.countIdleFrame();
    }
    const code = readUint32(bytes, start);
    core.closeStream(stream);
    core.events.onReset(stream, code);
    core.countReset();
  }

  #onSettings(head: FrameHead, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core;
    if (head.streamId !== 0) return core.fail(ErrorCode.ProtocolError, "SETTINGS on a stream");
    if ((head.flags & Flag.Ack) !== 0) {
      if (start !== end) return core.fail(ErrorCode.FrameSizeError, "SETTINGS acknowledgment with a payload");
      if (this.settingsAcked) return core.countIdleFrame();
      this.settingsAcked = true;
      core.decoder.setMaxTableBytes(core.settings.headerTableBytes);
      core.flow.onSettingsAcked(core.streams.values());
      return;
    }
    if ((end - start) % settingBytes !== 0) return core.fail(ErrorCode.FrameSizeError, "SETTINGS of a wrong length");
    core.countIdleFrame();
    if (core.closed) return;
    this.settingsReceived = true;
    const windowBefore = core.peer.initialWindowBytes;
    const code = core.peer.apply(bytes, start, end, core.role === "client");
    if (code !== ErrorCode.NoError) return core.fail(code, "invalid setting");
    core.encoder.setPeerMaxTableBytes(core.peer.headerTableBytes);
    const difference = core.peer.initialWindowBytes - windowBefore;
    if (difference !== 0 && !core.sender.shiftStreamWindows(core.streams.values(), difference)) {
      return core.fail(ErrorCode.FlowControlError, "a window became too large");
    }
    writeSettingsAck(core.output);
    core.sender.pump();
  }

  #onPing(head: FrameHead, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core;
    if (head.streamId !== 0) return core.fail(ErrorCode.ProtocolError, "PING on a stream");
    if (end - start !== 8) return core.fail(ErrorCode.FrameSizeError, "PING of a wrong length");
    core.countIdleFrame();
    if (core.closed) return;
    const payload = bytes.subarray(start, end);
    if ((head.flags & Flag.Ack) !== 0) return this.#host.onPingAck(payload);
    core.output.ping(payload, true);
    core.events.onPing(core.nowMs);
  }

  #onGoaway(id: number, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core;
    if (id !== 0) return core.fail(ErrorCode.ProtocolError, "GOAWAY on a stream");
    if (end - start < 8) return core.fail(ErrorCode.FrameSizeError, "GOAWAY of a wrong length");
    core.countIdleFrame();
    if (core.closed) return;
    const lastStreamId = readUint31(bytes, start);
    core.goawayReceived = true;
    core.events.onGoaway(lastStreamId, readUint32(bytes, start + 4), bytes.subarray(start + 8, end));
    if (core.role !== "client") return;
    for (const stream of core.streams.values()) {
      if (stream.id <= lastStreamId || stream.closed) continue;
      core.closeStream(stream);
      core.events.onReset(stream, ErrorCode.RefusedStream);
    }
    core.finishAfterStreams();
  }

  #onWindowUpdate(id: number, bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core;
    if (end - start !== 4) return core.fail(ErrorCode.FrameSizeError, "WINDOW_UPDATE of a wrong length");
    const increment = readUint31(bytes, start);
    if (increment < smallIncrementBytes) {
      core.countIdleFrame();
      if (core.closed) return;
    }
    if (id === 0) {
      if (increment === 0) core.fail(ErrorCode.ProtocolError, "WINDOW_UPDATE by nothing");
      else if (!core.sender.growWindow(increment)) {
        core.fail(ErrorCode.FlowControlError, "the connection's window became too large");
      }
      return;
    }
    const stream = core.streams.get(id);
    if (stream === undefined) {
      if (core.isIdle(id)) core.fail(ErrorCode.ProtocolError, "WINDOW_UPDATE on a stream that was never opened");
      else core.countIdleFrame();
    } else if (increment === 0) core.failStream(stream, ErrorCode.ProtocolError);
    else if (!core.sender.growStreamWindow(stream, increment)) core.failStream(stream, ErrorCode.FlowControlError);
  }
}

function isWithinContentLength(core: ConnectionCore, stream: Stream, endStream: boolean): boolean {
  return endStream ? isBodyComplete(core, stream) : stream.bodyBytes <= stream.contentLength;
}
