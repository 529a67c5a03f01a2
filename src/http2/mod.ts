export { Http2Connection } from "./connection.ts";
export type { Role } from "./core.ts";
export { clientPreface } from "./frames.ts";
export { encodeHeaderBlock } from "./hpack/encoder.ts";
export type { AbuseLimits, Http2Options } from "./options.ts";
export * from "./types.ts";
