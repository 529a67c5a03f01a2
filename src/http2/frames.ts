/** Frame types, RFC 9113, section 6. */
export const FrameType = {
  Data: 0x0,
  Headers: 0x1,
  Priority: 0x2,
  RstStream: 0x3,
  Settings: 0x4,
  PushPromise: 0x5,
  Ping: 0x6,
  Goaway: 0x7,
  WindowUpdate: 0x8,
  Continuation: 0x9,
} as const;

/** Frame flags, RFC 9113, section 6. */
export const Flag = {
  EndStream: 0x1,
  Ack: 0x1,
  EndHeaders: 0x4,
  Padded: 0x8,
  Priority: 0x20,
} as const;

/** Length of the head of every frame. */
export const frameHeadBytes = 9;
/** Largest payload that either side may send before it is told of another bound. */
export const defaultFrameBytes = 16_384;
/** Largest bound that SETTINGS_MAX_FRAME_SIZE may name. */
export const largestFrameBytes = 0xffffff;
/** Every flow-control window begins with this. */
export const defaultWindowBytes = 65_535;
/** No flow-control window may grow above this. */
export const largestWindowBytes = 0x7fffffff;
/** Largest stream id. */
export const largestStreamId = 0x7fffffff;

/** What a client sends first, RFC 9113, section 3.4. */
export const clientPreface: Uint8Array = Uint8Array.from(
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  (char) => char.charCodeAt(0),
);

/** The 32 bits of `bytes` from `at`, unsigned. */
export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

/** The 31 bits of `bytes` from `at`; the reserved bit before them is ignored. */
export function readUint31(bytes: Uint8Array, at: number): number {
  return ((bytes[at] & 0x7f) << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}
