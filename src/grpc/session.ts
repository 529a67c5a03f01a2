import { Code, emptyBytes } from "../base/mod.ts";
import {
  encodeHeaderBlock,
  ErrorCode,
  type HeaderList,
  Http2Connection,
  type Http2Events,
  type Http2Stream,
} from "../http2/mod.ts";
import type { Call } from "./call.ts";
import { Keepalive, PingPolicy } from "./keepalive.ts";
import type { Metadata } from "./metadata.ts";
import { PlainServerRequest } from "./plain_request.ts";
import { isGrpcContentType, type Rejection, RequestHeaders } from "./request_headers.ts";
import type { GrpcServer } from "./server.ts";
import { encodeStatusMessage, type Status } from "./status.ts";
import { RequestStreamServerCall, ServerStreamingServerCall } from "./stream_call.ts";
import type { TransportInfo } from "./types.ts";
import { UnaryServerCall } from "./unary_call.ts";

/** Whoever moves a session's bytes. */
export interface SessionOutlet {
  /** There is output where there was none: call `takeOutput` before long, best once after everything of this turn. */
  onOutput(): void;
  /** The session is over: send what `takeOutput` still gives, then close the transport. Called once. */
  onClose(reason: string): void;
}

/** A piece of what a client has sent, as it was read. */
export interface Receipt {
  /** When it was, on the server's monotonic clock. */
  readonly atMs: number;
}

const grpcContentType = "application/grpc";

/** The first headers of nearly every answer, and the trailers of nearly every answer. */
const plainResponseBlock = encodeHeaderBlock([":status", "200", "content-type", grpcContentType]);
const okTrailerBlock = encodeHeaderBlock(["grpc-status", "0"]);

/** So many different header lists of a client are remembered. */
const recentHeadersMax = 4;

const pingPayload = new Uint8Array(8);

/**
 * One client's connection: HTTP/2 streams in, calls to handlers, answers out. It does no I/O: whoever holds the transport
 * gives it what was received and takes what is to be sent.
 */
export class GrpcSession implements Http2Events {
  /** The server that it belongs to. */
  readonly server: GrpcServer;
  /** What the transport knows about the client. */
  readonly transport: TransportInfo;
  /** The HTTP/2 engine behind it. */
  readonly connection: Http2Connection;
  /** The bytes that are being handled. */
  receipt: Receipt;
  readonly #outlet: SessionOutlet;
  readonly #keepalive: Keepalive | undefined;
  readonly #pingPolicy: PingPolicy | undefined;
  /** See `#readHeaders`. At most {@link recentHeadersMax}. */
  readonly #recentHeaders: RequestHeaders[] = [];
  #recentNext = 0;
  /** What waited for flow control when the client's last PING came: if less waits at the next, DATA has gone out between. */
  #queuedBytesAtPing = 0;
  #activeCalls = 0;
  #isClosed = false;

  /** Use `GrpcServer.openConnection`. */
  constructor(server: GrpcServer, transport: TransportInfo, outlet: SessionOutlet) {
    const nowMs = server.clock.monotonicMs();
    this.server = server;
    this.receipt = { atMs: nowMs };
    this.transport = transport;
    this.#outlet = outlet;
    if (server.keepalive !== undefined) this.#keepalive = new Keepalive(server.keepalive, nowMs);
    if (server.pingMinTimeMs !== undefined) this.#pingPolicy = new PingPolicy({ minTimeMs: server.pingMinTimeMs });
    this.connection = new Http2Connection("server", this, {
      maxConcurrentStreams: server.limits.concurrentStreamsMax,
      streamQueueHighWaterBytes: server.limits.streamQueueHighWaterBytes,
      streamQueueLowWaterBytes: server.limits.streamQueueHighWaterBytes / 4,
      queuedBytesMax: server.limits.connectionQueueBytesMax,
    });
    this.connection.tick(nowMs);
  }

  /** Takes what the client has sent. The bytes may change after this returns. */
  receive(bytes: Uint8Array): void {
    const nowMs = this.server.clock.monotonicMs();
    this.receipt = { atMs: nowMs };
    this.#keepalive?.received(nowMs);
    this.connection.receive(bytes, nowMs);
  }

  /** What is to be sent. */
  takeOutput(): Uint8Array | undefined {
    return this.connection.takeOutput();
  }

  /** False while the client must first take what was sent to it: read no more from it until output has been written. */
  get wantsInput(): boolean {
    return this.connection.wantsInput;
  }

  /** Whether the session is over; what it still has to send may be sent. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Calls that have not ended. */
  get activeCalls(): number {
    return this.#activeCalls;
  }

  /** Tells the client to open no more calls, lets running ones end, then closes. */
  drain(): void {
    if (this.#isClosed) return;
    this.connection.tick(this.server.clock.monotonicMs());
    this.connection.drain();
  }

  /** Cancels all calls and closes; `reason` goes to the client. */
  close(reason: string): void {
    if (!this.#isClosed) this.connection.close(ErrorCode.NoError, reason);
  }

  /** The transport is gone: cancels all calls. */
  transportClosed(reason: string): void {
    if (!this.#isClosed) this.connection.transportClosed(reason);
  }

  /** Looks after timeouts; the server calls it now and then. */
  tick(nowMs: number): void {
    this.connection.tick(nowMs);
    if (this.#isClosed) return;
    switch (this.#keepalive?.due(nowMs)) {
      case "ping":
        this.connection.ping(pingPayload);
        break;
      case "close":
        this.connection.close(ErrorCode.NoError, "keepalive ping not acknowledged in time");
        break;
    }
  }

  onHeaders(stream: Http2Stream, list: HeaderList, endStream: boolean): void {
    const headers = this.#readHeaders(list);
    if (headers.target !== undefined && !headers.needsCare) this.#startCall(stream, headers, Infinity, endStream);
    else this.#startCarefully(stream, headers, endStream);
  }

  /** Clients repeat themselves, and HTTP/2 then gives the same list: what was found out about the last ones is kept. */
  #readHeaders(list: HeaderList): RequestHeaders {
    const recent = this.#recentHeaders;
    for (let i = 0; i < recent.length; i++) {
      if (recent[i].list === list) return recent[i];
    }
    const headers = new RequestHeaders(list);
    if (isGrpcContentType(headers.contentType)) headers.target = this.server.findMethod(headers.path);
    headers.clientCalls = this.server.clientVersions.countsOf(headers.clientVersion);
    if (recent.length < recentHeadersMax) recent.push(headers);
    else recent[this.#recentNext++ % recentHeadersMax] = headers;
    return headers;
  }

  /** Requests with a deadline, of an unknown method, not gRPC at all, or with anything wrong with them. */
  #startCarefully(stream: Http2Stream, headers: RequestHeaders, endStream: boolean): void {
    if (!isGrpcContentType(headers.contentType)) return this.#startPlain(stream, headers, endStream);
    const rejection = headers.findRejection();
    if (rejection !== undefined) return this.#reject(stream, headers, rejection);
    if (headers.timeoutMs === 0) {
      const status = { code: Code.DeadlineExceeded, message: "context deadline exceeded" };
      return this.#reject(stream, headers, { httpStatus: 200, status });
    }
    if (headers.target === undefined) {
      const status = this.server.explainUnknown(headers.path);
      return this.#reject(stream, headers, { httpStatus: 200, status });
    }
    this.#startCall(stream, headers, this.server.clock.monotonicMs() + headers.timeoutMs, endStream);
  }

  #startCall(stream: Http2Stream, headers: RequestHeaders, deadlineMs: number, endStream: boolean): void {
    const method = headers.target!;
    const call = method.requestStream
      ? new RequestStreamServerCall(this, stream, method, headers)
      : method.responseStream
      ? new ServerStreamingServerCall(this, stream, method, headers)
      : new UnaryServerCall(this, stream, method, headers);
    stream.context = call;
    this.#activeCalls++;
    method.stats.started++;
    if (method.requestStream || method.responseStream) headers.clientCalls!.stream++;
    else headers.clientCalls!.unary++;
    if (deadlineMs !== Infinity) {
      call.deadlineMs = deadlineMs;
      this.server.deadlines.add(call);
    }
    if (headers.encoding !== "" && !call.checkEncoding()) return;
    if (call instanceof RequestStreamServerCall) call.start();
    if (endStream) call.receiveEnd();
  }

  #reject(stream: Http2Stream, request: RequestHeaders, answer: Rejection): void {
    const contentType = isGrpcContentType(request.contentType)
      ? answerContentType(request.contentType)
      : grpcContentType;
    const headers = [":status", String(answer.httpStatus), "content-type", contentType];
    appendStatus(headers, answer.status);
    this.connection.sendHeaders(stream, headers, true);
  }

  #startPlain(stream: Http2Stream, request: RequestHeaders, endStream: boolean): void {
    const handlePlain = this.server.handlePlain;
    if (handlePlain === undefined) {
      const message = `invalid gRPC request content-type ${JSON.stringify(request.contentType)}`;
      const status = { code: Code.InvalidArgument, message };
      return this.#reject(stream, request, { httpStatus: 415, status });
    }
    const plain = new PlainServerRequest(this, stream, request.list, endStream);
    stream.context = plain;
    try {
      handlePlain(plain);
    } catch (thrown) {
      this.server.reportAccident(request.path, thrown);
      plain.abort();
    }
  }

  onData(stream: Http2Stream, data: Uint8Array, endStream: boolean): void {
    const context = stream.context as Call | PlainServerRequest | undefined;
    if (context !== undefined) context.receiveData(data, endStream);
    else this.connection.consume(stream, data.length);
  }

  onTrailers(stream: Http2Stream, _headers: HeaderList): void {
    (stream.context as Call | PlainServerRequest | undefined)?.receiveEnd();
  }

  onReset(stream: Http2Stream, _code: number): void {
    (stream.context as Call | PlainServerRequest | undefined)?.receiveReset();
  }

  onWritable(stream: Http2Stream): void {
    (stream.context as Call | PlainServerRequest | undefined)?.notifyWritable();
  }

  onGoaway(): void {}

  onPingAck(): void {}

  onPing(nowMs: number): void {
    const queuedBytes = this.connection.queuedBytes;
    if (queuedBytes < this.#queuedBytesAtPing) this.#pingPolicy?.sent();
    this.#queuedBytesAtPing = queuedBytes;
    if (this.#pingPolicy?.isTooMany(nowMs, this.#activeCalls > 0)) {
      this.connection.close(ErrorCode.EnhanceYourCalm, "too_many_pings");
    }
  }

  onOutput(): void {
    this.#outlet.onOutput();
  }

  onClose(_code: number, reason: string): void {
    this.#isClosed = true;
    this.server.sessionClosed(this);
    this.#outlet.onClose(reason);
  }

  /** A call of this session has ended. */
  callEnded(): void {
    this.#activeCalls--;
  }

  /** Sends a call's first headers. */
  sendResponseHeaders(stream: Http2Stream, contentType: string, leading: Metadata | undefined): void {
    this.#pingPolicy?.sent();
    if (leading === undefined && contentType === grpcContentType) {
      this.connection.sendEncodedHeaders(stream, plainResponseBlock, false);
      return;
    }
    const headers = [":status", "200", "content-type", answerContentType(contentType)];
    leading?.appendTo(headers);
    this.connection.sendHeaders(stream, headers, false);
  }

  /** Sends a message of a call. False when its stream's queue is above the high-water mark. */
  sendMessage(stream: Http2Stream, pieces: readonly Uint8Array[]): boolean {
    this.#pingPolicy?.sent();
    this.server.writer.send(this.connection, stream, pieces);
    return stream.queuedBytes <= this.server.limits.streamQueueHighWaterBytes;
  }

  /** Sends messages of a call that have their prefixes, which are copied. Otherwise as {@link sendMessage}. */
  sendFramed(stream: Http2Stream, messages: Uint8Array): boolean {
    this.#pingPolicy?.sent();
    this.connection.sendPrefixedData(stream, messages, emptyBytes, false);
    return stream.queuedBytes <= this.server.limits.streamQueueHighWaterBytes;
  }

  /** Sends a call's trailers, after its headers. */
  sendTrailers(stream: Http2Stream, status: Status, trailing: Metadata | undefined): void {
    this.#pingPolicy?.sent();
    if (status.code === Code.Ok && trailing === undefined) {
      this.connection.sendEncodedHeaders(stream, okTrailerBlock, true);
      return;
    }
    const headers: string[] = [];
    appendStatus(headers, status);
    trailing?.appendTo(headers);
    this.connection.sendTrailers(stream, headers);
  }

  /** Sends headers and trailers in one: an answer without a message. */
  sendTrailersOnly(stream: Http2Stream, contentType: string, status: Status, trailing: Metadata | undefined): void {
    this.#pingPolicy?.sent();
    const headers = [":status", "200", "content-type", answerContentType(contentType)];
    appendStatus(headers, status);
    trailing?.appendTo(headers);
    this.connection.sendHeaders(stream, headers, true);
  }

  /** Breaks a stream off. */
  resetStream(stream: Http2Stream, code: ErrorCode): void {
    this.connection.reset(stream, code);
  }
}

/** grpc-go answers with what stands behind the request's `+` or `;`, as a subtype. */
function answerContentType(contentType: string): string {
  const subtype = contentType.slice(grpcContentType.length + 1);
  return subtype === "" ? grpcContentType : `${grpcContentType}+${subtype}`;
}

function appendStatus(headers: string[], status: Status): void {
  headers.push("grpc-status", String(status.code));
  if (status.message !== "") headers.push("grpc-message", encodeStatusMessage(status.message));
}
