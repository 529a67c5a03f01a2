import { Code, emptyBytes, EtcdError } from "../base/mod.ts";
import { Call } from "./call.ts";
import { MessageReader, prefixBytes, readLength } from "./message_reader.ts";
import type { UnaryCall, UnaryHandler } from "./types.ts";

/** Not yet decoded. */
const undecoded = Symbol("undecoded");

/**
 * A call with one request and one answer. The handler runs as soon as the request's message is there whole, as with
 * grpc-go; what a client sends after it is let go of.
 */
export class UnaryServerCall extends Call implements UnaryCall<unknown, unknown> {
  requestBytes: Uint8Array = emptyBytes;
  subject: unknown = undefined;
  /** Bytes of the request's message and of the answer's; 0 while there is none. */
  requestLength = 0;
  responseLength = 0;
  #request: unknown = undecoded;
  /** Only for a message that came in several pieces. */
  #reader: MessageReader | undefined = undefined;
  #isDispatched = false;

  get request(): unknown {
    if (this.#request === undecoded) {
      try {
        this.#request = this.method.decode(this.requestBytes);
      } catch (error) {
        throw new EtcdError(Code.Internal, `grpc: error unmarshalling request: ${(error as Error).message}`);
      }
    }
    return this.#request;
  }

  respond(message: unknown): void {
    if (this.isEnded) return;
    let bytes: Uint8Array;
    try {
      bytes = this.method.encode(message);
    } catch (thrown) {
      this.session.server.reportAccident(this.method.path, thrown);
      this.fail(new EtcdError(Code.Internal, `grpc: error while marshaling: ${(thrown as Error).message}`));
      return;
    }
    this.respondBytes(bytes);
  }

  respondBytes(...pieces: Uint8Array[]): void {
    for (const piece of pieces) this.responseLength += piece.length;
    this.sendMessage(pieces);
    this.finishOk();
  }

  protected override release(): void {
    const { slowCalls } = this.session.server;
    if (slowCalls === undefined) this.subject = undefined;
    else slowCalls.ended(this);
  }

  receiveData(data: Uint8Array, endStream: boolean): void {
    this.hasPeerEnded = endStream;
    this.session.connection.consume(this.stream, data.length);
    if (this.#isDispatched || this.isEnded) return;
    const isWhole = this.#reader === undefined && data.length >= prefixBytes && data[0] === 0 &&
      data.length === prefixBytes + readLength(data, 0) &&
      data.length - prefixBytes <= this.session.server.limits.receiveMessageBytesMax;
    if (isWhole) this.#dispatch(data.subarray(prefixBytes));
    else this.#receivePiece(data);
  }

  receiveEnd(): void {
    this.hasPeerEnded = true;
    if (!this.#isDispatched && !this.isEnded) this.#failWithoutMessage();
  }

  notifyWritable(): void {}

  #receivePiece(data: Uint8Array): void {
    const reader = this.#reader ??= new MessageReader(this.session.server.limits.receiveMessageBytesMax);
    reader.feed(data);
    const payload = reader.next();
    if (payload !== undefined) {
      this.#reader = undefined;
      const message = this.decompressed(payload, reader.flags);
      if (message !== undefined) this.#dispatch(message);
    } else if (reader.error !== undefined) {
      this.finish(reader.error);
    } else {
      if (this.hasPeerEnded) this.#failWithoutMessage();
      reader.keep();
    }
  }

  /** grpc-go's answers to a body that ends before its message does. */
  #failWithoutMessage(): void {
    this.finish({ code: Code.Unknown, message: this.#reader?.hasPartial ? "unexpected EOF" : "EOF" });
  }

  #dispatch(message: Uint8Array): void {
    this.#isDispatched = true;
    this.requestBytes = message;
    this.receipt = this.session.receipt;
    this.requestLength = message.length;
    this.method.stats.messagesReceived++;
    this.method.stats.bytesReceived += message.length;
    try {
      (this.method.handler as UnaryHandler<unknown, unknown>)(this);
    } catch (thrown) {
      this.fail(thrown);
    }
    this.requestBytes = emptyBytes;
  }
}
