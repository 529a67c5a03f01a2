/**
 * A header list: name, value, name, value, in the order of the wire. Names are lower case; every character stands for one byte
 * (Latin-1). A list that a connection hands out never changes, and repeated blocks give the same object: what was found out
 * about a list may be kept beside it and found again by identity.
 */
export type HeaderList = readonly string[];

/** Error codes of RFC 9113, section 7. */
export const ErrorCode = {
  NoError: 0x0,
  ProtocolError: 0x1,
  InternalError: 0x2,
  FlowControlError: 0x3,
  SettingsTimeout: 0x4,
  StreamClosed: 0x5,
  FrameSizeError: 0x6,
  RefusedStream: 0x7,
  Cancel: 0x8,
  CompressionError: 0x9,
  ConnectError: 0xa,
  EnhanceYourCalm: 0xb,
  InadequateSecurity: 0xc,
  Http11Required: 0xd,
} as const;

/** One of {@link ErrorCode}'s values, or a code that this version of HTTP/2 does not know. */
export type ErrorCode = number;

/**
 * One stream of a connection. `context` belongs to the layer above: it keeps its per-call state there, so that no look-up by
 * stream id is needed.
 */
export interface Http2Stream {
  /** The stream's number; odd for streams that a client opened. */
  readonly id: number;
  /** State of the layer above. */
  context: unknown;
  /** Bytes given to `sendData` that flow control or the output bound still holds back. */
  readonly queuedBytes: number;
}

/**
 * What a connection tells the layer above, synchronously from within its own methods: mostly `receive`; `onWritable` also from
 * `takeOutput`, and `onReset` and `onClose` also from `tick`, `close` and `drain`. Views into the received bytes are valid until
 * `receive` returns. Every method of the connection may be called from within an event.
 */
export interface Http2Events {
  /** Server: a request opens a stream. Client: response headers (also 1xx-free first headers). */
  onHeaders(stream: Http2Stream, headers: HeaderList, endStream: boolean): void;
  /** A piece of the body. The receiver calls `consume` when it has taken it, which is what refills the window. */
  onData(stream: Http2Stream, data: Uint8Array, endStream: boolean): void;
  /** Trailers; the peer's side of the stream is closed. */
  onTrailers(stream: Http2Stream, headers: HeaderList): void;
  /** The stream is gone before both sides had ended: by the peer's RST_STREAM, a stream error, or the connection's end. */
  onReset(stream: Http2Stream, code: ErrorCode): void;
  /** The stream's queue, having been above the high-water mark, is below the low-water mark again. */
  onWritable(stream: Http2Stream): void;
  /** The peer will open (server) or accept (client) nothing above `lastStreamId`. */
  onGoaway(lastStreamId: number, code: ErrorCode, debugData: Uint8Array): void;
  /** A PING of ours came back. */
  onPingAck(payload: Uint8Array): void;
  /** The peer sent a PING (not an ack) at `nowMs`: the layer above enforces its keepalive policy. */
  onPing(nowMs: number): void;
  /** There is output where there was none: call `takeOutput` before long. */
  onOutput(): void;
  /** The connection is over: write what `takeOutput` still gives, then close the transport. Called once. */
  onClose(code: ErrorCode, reason: string): void;
}
