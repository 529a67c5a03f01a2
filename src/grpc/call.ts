import { Code, errors } from "../base/mod.ts";
import { ErrorCode, type HeaderList, type Http2Stream } from "../http2/mod.ts";
import type { DeadlineEntry } from "./deadlines.ts";
import { prefixBytes } from "./message_reader.ts";
import { Metadata } from "./metadata.ts";
import type { Method } from "./method.ts";
import type { GrpcSession, Receipt } from "./session.ts";
import { isDeliberate, type Status, statusOf } from "./status.ts";
import type { ServerCall, TransportInfo } from "./types.ts";

/** What a request's headers say about the call, besides its metadata. */
export interface CallHeaders {
  /** `application/grpc` and what the client added to it; the answer says the same. */
  contentType: string;
  /** Value of `grpc-encoding`, or "" without one. */
  encoding: string;
  /** All headers. */
  list: HeaderList;
}

/** How far a call's answer has come: nothing sent; headers sent, so that messages may follow; trailers sent or stream reset. */
const answerNone = 0;
const answerOpen = 1;
const answerEnded = 2;

const ok: Status = { code: Code.Ok, message: "" };

/** What all kinds of calls have in common: the answer's state, cancellation, the deadline. */
export abstract class Call implements ServerCall, DeadlineEntry {
  readonly session: GrpcSession;
  readonly stream: Http2Stream;
  readonly method: Method;
  /** The read that brought the request, shared by all calls of it: a number of their own would be an object more for each call. */
  protected receipt: Receipt;
  deadlineMs = Infinity;
  deadlineNext: DeadlineEntry | null = null;
  deadlinePrevious: DeadlineEntry | null = null;
  leading: Metadata | undefined = undefined;
  trailing: Metadata | undefined = undefined;
  isCancelled = false;
  /** Whether the client has half-closed its side. */
  hasPeerEnded = false;
  protected readonly contentType: string;
  protected readonly encoding: string;
  #answer = answerNone;
  #metadata: Metadata | HeaderList;
  #onCancel: (() => void) | undefined = undefined;

  constructor(session: GrpcSession, stream: Http2Stream, method: Method, headers: CallHeaders) {
    this.session = session;
    this.receipt = session.receipt;
    this.stream = stream;
    this.method = method;
    this.#metadata = headers.list;
    this.contentType = headers.contentType;
    this.encoding = headers.encoding;
  }

  get arrivalMs(): number {
    return this.receipt.atMs;
  }

  get path(): string {
    return this.method.path;
  }

  get metadata(): Metadata {
    if (!(this.#metadata instanceof Metadata)) this.#metadata = new Metadata(this.#metadata);
    return this.#metadata;
  }

  get transport(): TransportInfo {
    return this.session.transport;
  }

  get peer(): string {
    return this.session.transport.peer;
  }

  get isEnded(): boolean {
    return this.#answer === answerEnded;
  }

  onCancel(callback: () => void): void {
    if (this.isCancelled) this.invoke(callback);
    else this.#onCancel = callback;
  }

  fail(error: unknown): void {
    if (!isDeliberate(error)) this.session.server.reportAccident(this.method.path, error);
    this.finish(statusOf(error));
  }

  /** The request's body goes on. `data` is a view that is valid during the call. */
  abstract receiveData(data: Uint8Array, endStream: boolean): void;

  /** The client has half-closed without further data. */
  abstract receiveEnd(): void;

  /** The stream's queue has room again. */
  abstract notifyWritable(): void;

  /** The stream is gone: the client's reset, a stream error, or the connection's end. */
  receiveReset(): void {
    if (this.#answer !== answerEnded) this.#cancel(errors.canceled().code);
  }

  onDeadline(): void {
    if (this.#answer === answerEnded) return;
    this.isCancelled = true;
    this.finish({ code: Code.DeadlineExceeded, message: "context deadline exceeded" });
    this.#callOnCancel();
  }

  /** Cuts the call off without an answer, as ENHANCE_YOUR_CALM, which clients read as ResourceExhausted. */
  protected cutOff(): void {
    if (this.#answer === answerEnded) return;
    this.session.resetStream(this.stream, ErrorCode.EnhanceYourCalm);
    this.#cancel(Code.ResourceExhausted);
  }

  #cancel(code: Code): void {
    this.isCancelled = true;
    this.#end(code);
    this.#callOnCancel();
  }

  #callOnCancel(): void {
    const callback = this.#onCancel;
    this.#onCancel = undefined;
    if (callback !== undefined) this.invoke(callback);
  }

  #end(code: number): void {
    this.#answer = answerEnded;
    if (this.deadlineNext !== null) this.session.server.deadlines.remove(this);
    const { stats } = this.method;
    const { handled } = stats;
    if (stats.handlingSeconds !== undefined) {
      stats.handlingSeconds.observe((this.session.server.clock.monotonicMs() - this.arrivalMs) / 1000);
    }
    handled[code < handled.length ? code : Code.Unknown]++;
    this.session.callEnded();
    this.release();
  }

  /** The call has ended: nothing that was held back for it is needed any more. */
  protected release(): void {}

  /** Calls into the handler: what it throws ends this call and nothing else. */
  invoke(body: () => void): void {
    try {
      body();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Sends a message, after the headers where they are not sent yet. False when the queue is above its high-water mark. */
  protected sendMessage(pieces: readonly Uint8Array[]): boolean {
    if (this.#answer === answerEnded || !this.#checkSize(pieces)) return false;
    if (this.#answer === answerNone) this.#sendHeaders();
    this.method.stats.messagesSent++;
    return this.session.sendMessage(this.stream, pieces);
  }

  /** Sends messages that have their prefixes, after the headers where they are not sent yet. The bytes are copied. Otherwise as {@link sendMessage}. */
  protected sendFramed(messages: Uint8Array, count: number): boolean {
    if (this.#answer === answerEnded) return false;
    if (this.#answer === answerNone) this.#sendHeaders();
    const { stats } = this.method;
    stats.messagesSent += count;
    stats.bytesSent += messages.length - count * prefixBytes;
    return this.session.sendFramed(this.stream, messages);
  }

  /** Whether a message may be sent; counts its bytes. Fails the call when it is too large. */
  #checkSize(pieces: readonly Uint8Array[]): boolean {
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    const maxBytes = this.session.server.limits.sendMessageBytesMax;
    if (bytes <= maxBytes) {
      this.method.stats.bytesSent += bytes;
      return true;
    }
    this.finish({
      code: Code.ResourceExhausted,
      message: `grpc: trying to send message larger than max (${bytes} vs. ${maxBytes})`,
    });
    return false;
  }

  #sendHeaders(): void {
    this.#answer = answerOpen;
    this.session.sendResponseHeaders(this.stream, this.contentType, this.leading);
  }

  /** Ends the call with `status`. Where nothing was sent before, the status goes with the headers (Trailers-Only). */
  protected finish(status: Status): void {
    if (this.#answer === answerEnded) return;
    if (this.#answer === answerNone && (status.code === Code.Ok || this.leading !== undefined)) this.#sendHeaders();
    const trailersOnly = this.#answer === answerNone;
    this.#end(status.code);
    if (trailersOnly) this.session.sendTrailersOnly(this.stream, this.contentType, status, this.trailing);
    else this.session.sendTrailers(this.stream, status, this.trailing);
  }

  /** Ends the call with status OK. */
  protected finishOk(): void {
    this.finish(ok);
  }

  /** The message behind a payload: itself, or decompressed. Undefined when that is not possible: the call has failed then. */
  protected decompressed(payload: Uint8Array, flags: number): Uint8Array | undefined {
    if (flags === 0) return payload;
    try {
      return this.session.server.decompress(payload, flags, this.encoding);
    } catch (thrown) {
      this.fail(thrown);
      return undefined;
    }
  }

  /** Whether messages of this call can be read at all. Fails the call where its encoding is unknown, as grpc-go does at its start. */
  checkEncoding(): boolean {
    const status = this.session.server.checkEncoding(this.encoding);
    if (status === undefined) return true;
    this.trailing = new Metadata().add("grpc-accept-encoding", this.session.server.acceptEncoding);
    this.finish(status);
    return false;
  }
}
