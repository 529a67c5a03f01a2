import type { MethodDefinition } from "@grpc/grpc-js";
import type { Logger } from "../../src/ports/mod.ts";

/** `etcdserverpb.KV/Put` with messages as bytes: what is measured is the transport, not the codec. */
export const putMethod: MethodDefinition<Uint8Array, Uint8Array> & { requestStream: false; responseStream: false } = {
  path: "/etcdserverpb.KV/Put",
  requestStream: false,
  responseStream: false,
  requestSerialize: (bytes) => bytes as Buffer,
  requestDeserialize: (bytes) => bytes,
  responseSerialize: (bytes) => bytes as Buffer,
  responseDeserialize: (bytes) => bytes,
};

/** Says errors alone. */
export const quietLogger: Logger = { debug() {}, info() {}, warn() {}, error: console.error };
