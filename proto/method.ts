import type { Buffer } from "node:buffer";
import type { MethodDefinition } from "@grpc/grpc-js";
import type { Init, MessageType } from "./wire.ts";

/** What a side sends: a message, or the message's bytes where they exist already. */
export type Outgoing<T> = Init<T> | Uint8Array;

/**
 * One rpc, in the shape of grpc-js's `MethodDefinition`, with the message types and the kind of call kept in its type, so
 * that handlers can be typed from it. `Request` and `Response` are what arrives; what is sent is {@link Outgoing}.
 */
export interface Method<
  Request,
  Response,
  RequestStream extends boolean = boolean,
  ResponseStream extends boolean = boolean,
> extends Omit<MethodDefinition<unknown, unknown>, "requestStream" | "responseStream" | Codec> {
  /** The request's codec, for those who need no Buffer. */
  request: MessageType<Request>;
  /** The response's codec, for those who need no Buffer. */
  response: MessageType<Response>;
  /** Whether the client sends any number of messages. */
  requestStream: RequestStream;
  /** Whether the server sends any number of messages. */
  responseStream: ResponseStream;
  /** The bytes of a request. */
  requestSerialize(message: Outgoing<Request>): Buffer;
  /** A request from bytes, which it may refer to. */
  requestDeserialize(bytes: Uint8Array): Request;
  /** The bytes of a response. */
  responseSerialize(message: Outgoing<Response>): Buffer;
  /** A response from bytes, which it may refer to. */
  responseDeserialize(bytes: Uint8Array): Response;
}

type Codec = "requestSerialize" | "requestDeserialize" | "responseSerialize" | "responseDeserialize";

/** Makes an rpc's description. Called by generated code. */
export function method<Request, Response, RequestStream extends boolean, ResponseStream extends boolean>(
  path: string,
  rpc: {
    request: MessageType<Request>;
    requestStream: RequestStream;
    response: MessageType<Response>;
    responseStream: ResponseStream;
  },
): Method<Request, Response, RequestStream, ResponseStream> {
  const { request, response, requestStream, responseStream } = rpc;
  return {
    path,
    request,
    response,
    requestStream,
    responseStream,
    requestSerialize: (message) => serialize(request, message),
    requestDeserialize: request.decode,
    responseSerialize: (message) => serialize(response, message),
    responseDeserialize: response.decode,
  };
}

/** The message's bytes, as the Buffer that grpc-js wants. */
function serialize<T>(type: MessageType<T>, message: Outgoing<T>): Buffer {
  const bytes = encodeOutgoing(type, message);
  // The global is loaded at its first use: a member that serves through its own engine never pays for it.
  const { Buffer } = globalThis as unknown as { Buffer: typeof import("node:buffer").Buffer };
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}

/** The bytes of a message that may be encoded already. */
export function encodeOutgoing<T>(type: MessageType<T>, message: Outgoing<T>): Uint8Array {
  return message instanceof Uint8Array ? message : type.encode(message as Init<T>);
}
