import { assert } from "../base/mod.ts";
import { defaultFrameBytes, defaultWindowBytes, largestFrameBytes, largestWindowBytes } from "./frames.ts";

/** Settings of a connection. Everything has a default. */
export interface Http2Options {
  /** Streams that the peer may have open at once; more are refused. Default 1000. Infinity announces no bound. */
  maxConcurrentStreams?: number;
  /** Bytes that the peer may send on a stream before the layer above has consumed any. Default 512 KiB. */
  initialWindowBytes?: number;
  /** The same for all streams together. Default 1 MiB; at least 65,535. */
  connectionWindowBytes?: number;
  /** Largest frame that the peer may send. Default 16,384, which is also the least. */
  maxFrameBytes?: number;
  /**
   * Largest header list that is accepted, counted as RFC 9113, section 6.5.2 does; a longer one ends its stream with
   * ENHANCE_YOUR_CALM. Also bounds the bytes of a header block in several frames; a longer one ends the connection. Default 64 KiB.
   */
  maxHeaderListBytes?: number;
  /** Largest HPACK table that the peer's encoder may use. Default 4096. */
  headerTableBytes?: number;
  /** Largest HPACK table that our encoder uses, as far as the peer allows it. Default 4096; 0 for none. */
  encoderTableBytes?: number;
  /** From this many bytes of waiting output on, DATA is held back in its stream, and `wantsInput` is false. Default 256 KiB. */
  outputHighWaterBytes?: number;
  /** A stream whose queue has been above the high-water mark reports `onWritable` at the low-water mark. Default 256 KiB. */
  streamQueueHighWaterBytes?: number;
  /** Default 64 KiB. */
  streamQueueLowWaterBytes?: number;
  /** With more bytes than this queued over all streams, new requests are refused. Default 256 MiB. */
  queuedBytesMax?: number;
  /** Bounds on what a peer can make us do for nothing; beyond them the connection ends with ENHANCE_YOUR_CALM. */
  abuse?: AbuseLimits;
  /** Time for the peer's preface and first SETTINGS, and for a header block that has begun. Default 10 s. */
  prefaceTimeoutMs?: number;
  /** Time for the acknowledgment of our SETTINGS. Default 30 s. */
  settingsAckTimeoutMs?: number;
  /** How long `drain` waits for the answer to its PING before it names the last stream. Default 5 s. */
  drainPingTimeoutMs?: number;
}

/** Two allowances, each a burst that refills with time, and with useful work. */
export interface AbuseLimits {
  /** Streams that end by a reset: of the peer's, or of ours because of what it sent. Default 1000. */
  resetBurst?: number;
  /** Default 100. */
  resetsPerSecond?: number;
  /**
   * Frames that move nothing forward: PING, SETTINGS, PRIORITY, CONTINUATION, empty DATA, small WINDOW_UPDATE, unknown types, anything
   * for a stream that is gone. Default 10,000.
   */
  idleFrameBurst?: number;
  /** Default 2000. */
  idleFramesPerSecond?: number;
}

/** {@link Http2Options} with nothing left open. */
export type Http2Settings = Readonly<
  Required<Omit<Http2Options, "abuse">> & { abuse: Readonly<Required<AbuseLimits>> }
>;

/** Fills in the defaults; throws where a value is outside of what HTTP/2 allows. */
export function resolveOptions(options: Http2Options): Http2Settings {
  const settings: Http2Settings = {
    maxConcurrentStreams: 1000,
    initialWindowBytes: 512 * 1024,
    connectionWindowBytes: 1024 * 1024,
    maxFrameBytes: defaultFrameBytes,
    maxHeaderListBytes: 64 * 1024,
    headerTableBytes: 4096,
    encoderTableBytes: 4096,
    outputHighWaterBytes: 256 * 1024,
    streamQueueHighWaterBytes: 256 * 1024,
    streamQueueLowWaterBytes: 64 * 1024,
    queuedBytesMax: 256 * 1024 * 1024,
    prefaceTimeoutMs: 10_000,
    settingsAckTimeoutMs: 30_000,
    drainPingTimeoutMs: 5_000,
    ...options,
    abuse: {
      resetBurst: 1000,
      resetsPerSecond: 100,
      idleFrameBurst: 10_000,
      idleFramesPerSecond: 2000,
      ...options.abuse,
    },
  };
  const { initialWindowBytes, connectionWindowBytes, maxFrameBytes } = settings;
  assert(initialWindowBytes >= 0 && initialWindowBytes <= largestWindowBytes, "initialWindowBytes is out of range");
  assert(
    connectionWindowBytes >= defaultWindowBytes && connectionWindowBytes <= largestWindowBytes,
    "connectionWindowBytes is out of range",
  );
  assert(maxFrameBytes >= defaultFrameBytes && maxFrameBytes <= largestFrameBytes, "maxFrameBytes is out of range");
  assert(
    settings.streamQueueLowWaterBytes <= settings.streamQueueHighWaterBytes,
    "low-water mark above high-water mark",
  );
  return settings;
}
