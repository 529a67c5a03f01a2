import { concatBytes } from "../base/mod.ts";
import { Http2Connection } from "./connection.ts";
import { clientPreface, Flag, frameHeadBytes, FrameType, readUint31, readUint32 } from "./frames.ts";
import { encodeHeaderBlock } from "./hpack/encoder.ts";
import type { Http2Options } from "./options.ts";
import type { ErrorCode, HeaderList, Http2Events, Http2Stream } from "./types.ts";

/** A frame as it stands on the wire. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Uint8Array;
}

/** Any frame, right or wrong. `length` overrides what the head says of the payload. */
export function frame(
  type: number,
  streamId: number,
  options: { flags?: number; payload?: Uint8Array | number[]; length?: number } = {},
): Uint8Array {
  const payload = Uint8Array.from(options.payload ?? []);
  const length = options.length ?? payload.length;
  const head = [length >>> 16, length >>> 8, length, type, options.flags ?? 0, ...uint32(streamId)];
  return concatBytes([Uint8Array.from(head), payload]);
}

export function uint32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

export function settingsFrame(...pairs: [id: number, value: number][]): Uint8Array {
  return frame(FrameType.Settings, 0, { payload: pairs.flatMap(([id, value]) => [0, id, ...uint32(value)]) });
}

export function headersFrame(streamId: number, headers: HeaderList, flags: number = Flag.EndHeaders): Uint8Array {
  return frame(FrameType.Headers, streamId, { flags, payload: encodeHeaderBlock(headers) });
}

export function dataFrame(streamId: number, byteCount: number, flags = 0): Uint8Array {
  return frame(FrameType.Data, streamId, { flags, payload: new Uint8Array(byteCount).fill(0x64) });
}

export function windowUpdateFrame(streamId: number, increment: number): Uint8Array {
  return frame(FrameType.WindowUpdate, streamId, { payload: uint32(increment) });
}

export function resetFrame(streamId: number, code: ErrorCode): Uint8Array {
  return frame(FrameType.RstStream, streamId, { payload: uint32(code) });
}

/** Headers of a request. */
export const requestHeaders: HeaderList = [":method", "POST", ":scheme", "http", ":path", "/p", ":authority", "a"];

/** Cuts bytes into frames; they have to be whole. */
export function parseFrames(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + frameHeadBytes + (bytes[at] << 16 | bytes[at + 1] << 8 | bytes[at + 2]);
    const payload = bytes.slice(at + frameHeadBytes, end);
    frames.push({ type: bytes[at + 3], flags: bytes[at + 4], streamId: readUint31(bytes, at + 5), payload });
    at = end;
  }
  return frames;
}

/** A frame in a few words: type, stream, and what matters of the rest. */
export function describeFrame({ type, flags, streamId, payload }: Frame): string {
  const end = (flags & Flag.EndStream) !== 0 ? " end" : "";
  switch (type) {
    case FrameType.Data:
      return `DATA ${streamId} ${payload.length}${end}`;
    case FrameType.Headers:
      return `HEADERS ${streamId}${end}`;
    case FrameType.RstStream:
      return `RST_STREAM ${streamId} ${readUint32(payload, 0)}`;
    case FrameType.Settings:
      return (flags & Flag.Ack) !== 0 ? "SETTINGS ack" : "SETTINGS";
    case FrameType.Ping:
      return (flags & Flag.Ack) !== 0 ? "PING ack" : "PING";
    case FrameType.Goaway:
      return `GOAWAY ${readUint32(payload, 0)} ${readUint32(payload, 4)}`;
    case FrameType.WindowUpdate:
      return `WINDOW_UPDATE ${streamId} ${readUint32(payload, 0)}`;
    default:
      return `type ${type} ${streamId}`;
  }
}

/** Everything that waits to be written, in one piece. */
export function takeAll(connection: Http2Connection): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (let output = connection.takeOutput(); output !== undefined; output = connection.takeOutput()) {
    pieces.push(output.slice());
  }
  return concatBytes(pieces);
}

/** Notes every event as a line; tests override what they want to answer. */
export class Recorder implements Http2Events {
  readonly lines: string[] = [];
  readonly streams = new Map<number, Http2Stream>();
  outputs = 0;

  onHeaders(stream: Http2Stream, headers: HeaderList, endStream: boolean): void {
    this.streams.set(stream.id, stream);
    this.lines.push(`headers ${stream.id} ${headers.join(" ")}${endStream ? " end" : ""}`);
  }
  onData(stream: Http2Stream, data: Uint8Array, endStream: boolean): void {
    this.lines.push(`data ${stream.id} ${data.length}${endStream ? " end" : ""}`);
  }
  onTrailers(stream: Http2Stream, headers: HeaderList): void {
    this.lines.push(`trailers ${stream.id} ${headers.join(" ")}`);
  }
  onReset(stream: Http2Stream, code: ErrorCode): void {
    this.lines.push(`reset ${stream.id} ${code}`);
  }
  onWritable(stream: Http2Stream): void {
    this.lines.push(`writable ${stream.id}`);
  }
  onGoaway(lastStreamId: number, code: ErrorCode, debugData: Uint8Array): void {
    this.lines.push(`goaway ${lastStreamId} ${code} ${debugData.length}`);
  }
  onPingAck(payload: Uint8Array): void {
    this.lines.push(`ping ack ${payload.join(" ")}`);
  }
  onPing(nowMs: number): void {
    this.lines.push(`ping ${nowMs}`);
  }
  onOutput(): void {
    this.outputs++;
  }
  onClose(code: ErrorCode, reason: string): void {
    this.lines.push(`close ${code} ${reason}`);
  }
}

/** A connection under test, and the other end as raw frames. */
export class Peer {
  readonly events: Recorder;
  readonly connection: Http2Connection;
  nowMs = 1000;

  /** The handshake is done, unless `handshake` is false, and what it led to is forgotten. */
  constructor(
    role: "server" | "client",
    { events = new Recorder(), handshake = true, ...options }: Http2Options & {
      events?: Recorder;
      handshake?: boolean;
    } = {},
  ) {
    this.events = events;
    this.connection = new Http2Connection(role, events, options);
    if (!handshake) return;
    if (role === "server") this.send(clientPreface);
    this.send(settingsFrame(), frame(FrameType.Settings, 0, { flags: Flag.Ack }));
    this.output();
    this.events.lines.length = 0;
    this.events.outputs = 0;
  }

  /** Sends bytes to the connection, in one chunk. */
  send(...pieces: Uint8Array[]): void {
    this.connection.receive(concatBytes(pieces), this.nowMs);
  }

  /** Frames that the connection has sent since the last call, described. */
  output(): string[] {
    return parseFrames(takeAll(this.connection)).map(describeFrame);
  }

  /** Events since the last call. */
  lines(): string[] {
    return this.events.lines.splice(0);
  }

  stream(id: number): Http2Stream {
    const stream = this.events.streams.get(id);
    if (stream === undefined) throw new Error(`no stream ${id}`);
    return stream;
  }
}
