export { asyncUnary } from "./async.ts";
export type { KeepaliveAction, KeepaliveOptions, PingPolicyOptions } from "./keepalive.ts";
export { decodeBinaryValue, encodeBinaryValue, Metadata } from "./metadata.ts";
export { compressedFlag, MessageReader, prefixBytes } from "./message_reader.ts";
export { type GrpcLimits, GrpcServer, type GrpcServerOptions, type Gunzip } from "./server.ts";
export type { GrpcSession, SessionOutlet } from "./session.ts";
export { decodeStatusMessage, encodeStatusMessage, isDeliberate, type Status, statusOf } from "./status.ts";
export { parseTimeoutMs } from "./timeout.ts";
export * from "./types.ts";
