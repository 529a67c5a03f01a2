import type { MethodDefinition } from "@grpc/grpc-js";
import type { MethodStats } from "./types.ts";

/** Decodes a request from a view that is valid during the call. */
export type Decode = (bytes: Uint8Array) => unknown;
/** Encodes an answer. */
export type Encode = (message: unknown) => Uint8Array;

/** What the server knows of one method. */
export class Method {
  readonly path: string;
  readonly stats: MethodStats;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly decode: Decode;
  readonly encode: Encode;
  /** The registered handler, of the kind that the stream flags say; undefined where none was given. */
  readonly handler: ((call: never) => void) | undefined;

  /** A method of a service's definition, with its handler. */
  constructor(definition: MethodDefinition<unknown, unknown>, handler: ((call: never) => void) | undefined) {
    this.path = definition.path;
    this.requestStream = definition.requestStream;
    this.responseStream = definition.responseStream;
    this.decode = definition.requestDeserialize as unknown as Decode;
    this.encode = definition.responseSerialize;
    this.handler = handler;
    const slash = definition.path.lastIndexOf("/");
    this.stats = {
      service: definition.path.slice(1, slash),
      method: definition.path.slice(slash + 1),
      kind: definition.requestStream
        ? definition.responseStream ? "bidi_stream" : "client_stream"
        : definition.responseStream
        ? "server_stream"
        : "unary",
      started: 0,
      handled: new Float64Array(17),
      messagesReceived: 0,
      messagesSent: 0,
      bytesReceived: 0,
      bytesSent: 0,
      handlingSeconds: undefined,
    };
  }
}
