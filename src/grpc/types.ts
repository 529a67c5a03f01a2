import type { ServiceDefinition } from "@grpc/grpc-js";
import type { Histogram } from "../base/mod.ts";
import type { Metadata } from "./metadata.ts";

/** What every call offers to its handler. Once the call has ended, by an answer or by cancellation, all methods do nothing. */
export interface ServerCall {
  /** The method's path, such as `/etcdserverpb.KV/Put`. */
  readonly path: string;
  /** The request's metadata; decoded where it is asked for. */
  readonly metadata: Metadata;
  /** When the client gives up, on the server's monotonic clock, in milliseconds; Infinity where it waits for ever. */
  readonly deadlineMs: number;
  /** When the request arrived - with its message, where there is only one -, on the server's monotonic clock, in milliseconds. */
  readonly arrivalMs: number;
  /** The client's address, as the transport named it. */
  readonly peer: string;
  /** What the transport knows about the client, such as its certificate. */
  readonly transport: TransportInfo;
  /** Whether the call is over: answered, failed, cancelled or past its deadline. */
  readonly isEnded: boolean;
  /** Whether the client, its connection or the deadline ended the call before it was answered. */
  readonly isCancelled: boolean;
  /** Metadata to send before the first message; must be set before it. */
  leading: Metadata | undefined;
  /** Metadata to send after the last message, with the status. */
  trailing: Metadata | undefined;
  /** Calls `callback` when the call is cancelled before it was answered; at once when it already is. One callback per call: a later one replaces it. */
  onCancel(callback: () => void): void;
  /** Ends the call with an error: an `EtcdError` or status as it is; anything else is logged and ends it as `Unknown`. */
  fail(error: unknown): void;
}

/** A call with one request and one answer. */
export interface UnaryCall<Request, Response> extends ServerCall {
  /** The request's message, decoded when it is first asked for. Ask for it, if at all, before the handler returns. */
  readonly request: Request;
  /** The request's message as it came. A view that is valid until the handler returns: copy what is kept. */
  readonly requestBytes: Uint8Array;
  /** For the handler to say what the call is about; who hears of slow calls gets it. */
  subject: unknown;
  /** Answers the call. */
  respond(message: Response): void;
  /** Answers the call with an encoded message, given as pieces in order. The bytes must not change afterwards: what has to wait is not copied. */
  respondBytes(...pieces: Uint8Array[]): void;
}

/** The answering side of a call with any number of answers. */
export interface ResponseStream<Response> extends ServerCall {
  /**
   * Sends a message. False when the client takes them slower than they come: hold the next ones back until `onDrain`. A handler
   * that goes on all the same is cut off with `ResourceExhausted` at the server's `sendQueueBytesMax`.
   */
  write(message: Response): boolean;
  /** Sends an encoded message, given as pieces in order. The bytes must not change afterwards. Otherwise as `write`. */
  writeBytes(...pieces: Uint8Array[]): boolean;
  /**
   * Sends `count` encoded messages at once, each with the prefix of a gRPC message in front of it: they share a frame as far as they fit one, which spares
   * the client work. The bytes are copied. Otherwise as `write`.
   */
  writeFramed(messages: Uint8Array, count: number): boolean;
  /** Called when writing may go on after `write` returned false. */
  onDrain: (() => void) | undefined;
  /** Called once when the call has ended, in whatever way: also by a failure that the handler has no part in, such as a malformed message. */
  onEnd: (() => void) | undefined;
  /** Ends the call with status OK. */
  end(): void;
}

/** A call with one request and any number of answers. */
export interface ServerStreamingCall<Request, Response> extends ResponseStream<Response> {
  /** See {@link UnaryCall.request}. */
  readonly request: Request;
  /** See {@link UnaryCall.requestBytes}. */
  readonly requestBytes: Uint8Array;
}

/** The receiving side of a call with any number of requests. The handler sets the callbacks before it returns. */
export interface RequestStream<Request> extends ServerCall {
  /** Called for each message. `bytes` is the message as it came, a view that is valid during the call. */
  onMessage: ((message: Request, bytes: Uint8Array) => void) | undefined;
  /** Called once, when the client has sent its last message. */
  onHalfClose: (() => void) | undefined;
  /** Takes no more messages until `resume`: flow control then holds the client back. */
  pause(): void;
  /** Takes messages again; those that have arrived are handed over before this returns. */
  resume(): void;
}

/** A call with any number of requests and one answer. */
export interface ClientStreamingCall<Request, Response> extends RequestStream<Request> {
  /** Answers the call. */
  respond(message: Response): void;
}

/** A call with any number of requests and answers, in whatever order. */
export interface BidiCall<Request, Response> extends RequestStream<Request>, ResponseStream<Response> {}

/** Answers calls of one kind. It may answer later; what it throws ends the call as `fail` does. */
export type UnaryHandler<Request, Response> = (call: UnaryCall<Request, Response>) => void;
/** See {@link UnaryHandler}. */
export type ServerStreamingHandler<Request, Response> = (call: ServerStreamingCall<Request, Response>) => void;
/** See {@link UnaryHandler}. */
export type ClientStreamingHandler<Request, Response> = (call: ClientStreamingCall<Request, Response>) => void;
/** See {@link UnaryHandler}. */
export type BidiHandler<Request, Response> = (call: BidiCall<Request, Response>) => void;

/** The handler that a method's definition asks for. Definitions without literal stream flags accept each kind. */
export type HandlerFor<Method> = Method extends {
  requestDeserialize(bytes: never): infer Request;
  responseSerialize(message: infer Response): unknown;
  requestStream: boolean;
  responseStream: boolean;
} ? boolean extends Method["requestStream"] ?
      | UnaryHandler<Request, Response>
      | ServerStreamingHandler<Request, Response>
      | ClientStreamingHandler<Request, Response>
      | BidiHandler<Request, Response>
  : Method["requestStream"] extends true
    ? Method["responseStream"] extends true ? BidiHandler<Request, Response> : ClientStreamingHandler<Request, Response>
  : Method["responseStream"] extends true ? ServerStreamingHandler<Request, Response>
  : UnaryHandler<Request, Response>
  : never;

/** Handlers by the names of the definition's methods. A method without one answers `Unimplemented`. */
export type HandlersFor<Definition extends ServiceDefinition> = {
  readonly [Name in keyof Definition]?: HandlerFor<Definition[Name]>;
};

/** What the transport knows of a connection. */
export interface TransportInfo {
  /** The client's address, such as `127.0.0.1:50123` or `unix:/run/detcd.sock`. */
  readonly peer: string;
  /** Our own address. */
  readonly local: string;
  /** `https` behind TLS. */
  readonly scheme: "http" | "https";
  /** What TLS found out about the client; for the layer that authenticates. */
  readonly certificate?: unknown;
}

/** Counts of one method since the server was made; what etcd's `grpc_server_*` metrics show. */
export interface MethodStats {
  /** The path's first half, such as `etcdserverpb.KV`. */
  readonly service: string;
  /** The path's second half. */
  readonly method: string;
  /** `unary`, `client_stream`, `server_stream` or `bidi_stream`. */
  readonly kind: "unary" | "client_stream" | "server_stream" | "bidi_stream";
  /** Calls that have begun. */
  started: number;
  /** Calls that have ended, by status code. */
  readonly handled: Float64Array;
  /** Request messages, of streams too. */
  messagesReceived: number;
  /** Answer messages. */
  messagesSent: number;
  /** Bytes of messages, decompressed. */
  bytesReceived: number;
  bytesSent: number;
  /** Takes the seconds from a call's arrival to its end, when there is one. */
  handlingSeconds: Histogram | undefined;
}

/** Where a request that is not gRPC goes: a plain HTTP/2 request. */
export interface PlainRequest {
  /** `GET` and so on. */
  readonly method: string;
  /** `http` or `https`, as the client said. */
  readonly scheme: string;
  /** Host and port that the client asked for. */
  readonly authority: string;
  /** Path and query. */
  readonly path: string;
  /** All headers but the pseudo ones, as a flat list of lower-case names and values. */
  readonly headers: readonly string[];
  /** What the transport knows about the client. */
  readonly transport: TransportInfo;
  /** Called for each piece of the body, a view that is valid during the call. Taking more is asked for with `consume`. */
  onData: ((piece: Uint8Array) => void) | undefined;
  /** Called once, at the body's end. */
  onEnd: (() => void) | undefined;
  /** Called when the client or the connection gave the request up. */
  onAbort: (() => void) | undefined;
  /** Called when `write` may go on after it returned false. */
  onDrain: (() => void) | undefined;
  /** Whether the request is without a body. */
  readonly hasEnded: boolean;
  /** Lets the client send as many bytes more. */
  consume(bytes: number): void;
  /** Sends the status (200 to 599) and headers; `end` when there is no body. */
  respond(status: number, headers: readonly string[], options?: { end?: boolean }): void;
  /** Sends a piece of the body; false asks to wait for `onDrain`. */
  write(piece: Uint8Array): boolean;
  /** Ends the body. */
  end(): void;
  /** Breaks the answer off. */
  abort(): void;
}
