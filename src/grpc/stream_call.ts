import { Code, emptyBytes, EtcdError } from "../base/mod.ts";
import { Call } from "./call.ts";
import { MessageReader } from "./message_reader.ts";
import type { BidiCall, ClientStreamingCall, ServerStreamingCall } from "./types.ts";

/** The answering side of streaming calls. */
abstract class AnswerStreamCall extends Call {
  onDrain: (() => void) | undefined = undefined;
  onEnd: (() => void) | undefined = undefined;
  readonly #reader = new MessageReader(this.session.server.limits.receiveMessageBytesMax);

  write(message: unknown): boolean {
    if (this.isEnded) return false;
    let bytes: Uint8Array;
    try {
      bytes = this.method.encode(message);
    } catch (thrown) {
      this.session.server.reportAccident(this.method.path, thrown);
      this.fail(new EtcdError(Code.Internal, `grpc: error while marshaling: ${(thrown as Error).message}`));
      return false;
    }
    return this.writeBytes(bytes);
  }

  writeBytes(...pieces: Uint8Array[]): boolean {
    return this.#mayQueue() && this.sendMessage(pieces);
  }

  writeFramed(messages: Uint8Array, count: number): boolean {
    return this.#mayQueue() && this.sendFramed(messages, count);
  }

  #mayQueue(): boolean {
    if (this.stream.queuedBytes <= this.session.server.limits.sendQueueBytesMax) return true;
    this.cutOff();
    return false;
  }

  end(): void {
    this.finishOk();
  }

  protected override release(): void {
    const { onEnd } = this;
    this.onEnd = undefined;
    if (onEnd !== undefined) this.invoke(onEnd);
  }

  notifyWritable(): void {
    if (!this.isEnded && this.onDrain !== undefined) this.invoke(this.onDrain);
  }

  /** Reads the body's next bytes up to a pause, a failure or their end. */
  protected read(data: Uint8Array): void {
    const reader = this.#reader;
    reader.feed(data);
    this.readOn();
    reader.keep();
  }

  /** Hands messages over for as long as there are any and they are wanted. */
  protected readOn(): void {
    const reader = this.#reader;
    while (!this.isEnded && this.wantsMessages) {
      const payload = reader.next();
      if (payload === undefined) break;
      const message = this.decompressed(payload, reader.flags);
      if (message === undefined) return;
      this.method.stats.messagesReceived++;
      this.method.stats.bytesReceived += message.length;
      this.receiveMessage(message);
    }
    if (reader.error !== undefined) this.finish(reader.error);
  }

  /** Whether the body ends in the middle of a message. Only of use when no message is held back. */
  protected get hasPartial(): boolean {
    return this.#reader.hasPartial;
  }

  protected failTruncated(): void {
    this.finish({ code: Code.Internal, message: "unexpected EOF" });
  }

  protected decode(bytes: Uint8Array): unknown {
    try {
      return this.method.decode(bytes);
    } catch (error) {
      const why = (error as Error).message;
      throw new EtcdError(Code.Internal, `grpc: failed to unmarshal the received message: ${why}`);
    }
  }

  /** Whether messages may be handed over. */
  protected abstract readonly wantsMessages: boolean;
  /** One message; a view that is valid during the call. */
  protected abstract receiveMessage(message: Uint8Array): void;
}

/** A call with one request and any number of answers. The handler runs when the client has half-closed, as with grpc-go. */
export class ServerStreamingServerCall extends AnswerStreamCall implements ServerStreamingCall<unknown, unknown> {
  requestBytes: Uint8Array = emptyBytes;
  #request: unknown = undefined;
  #messageCount = 0;
  #isDecoded = false;

  protected readonly wantsMessages = true;

  get request(): unknown {
    if (!this.#isDecoded) {
      this.#request = this.decode(this.requestBytes);
      this.#isDecoded = true;
    }
    return this.#request;
  }

  receiveData(data: Uint8Array, endStream: boolean): void {
    this.hasPeerEnded = endStream;
    this.session.connection.consume(this.stream, data.length);
    if (this.isEnded) return;
    this.read(data);
    if (endStream) this.#dispatch();
  }

  receiveEnd(): void {
    this.hasPeerEnded = true;
    this.#dispatch();
  }

  protected receiveMessage(message: Uint8Array): void {
    this.#messageCount++;
    if (this.#messageCount === 1) this.requestBytes = this.hasPeerEnded ? message : message.slice();
    else this.#failCardinality("received multiple request messages for");
  }

  #failCardinality(what: string): void {
    this.finish({ code: Code.Internal, message: `cardinality violation: ${what} non-client-streaming RPC` });
  }

  #dispatch(): void {
    if (this.isEnded) return;
    if (this.hasPartial) return this.failTruncated();
    if (this.#messageCount === 0) return this.#failCardinality("received no request message from");
    this.invoke(() => (this.method.handler as (call: this) => void)(this));
    this.requestBytes = emptyBytes;
  }
}

/** A call with any number of requests, and one or any number of answers. The handler runs when the call begins. */
export class RequestStreamServerCall extends AnswerStreamCall
  implements BidiCall<unknown, unknown>, ClientStreamingCall<unknown, unknown> {
  onMessage: ((message: unknown, bytes: Uint8Array) => void) | undefined = undefined;
  onHalfClose: (() => void) | undefined = undefined;
  #isPaused = false;
  /** Bytes that have arrived during a pause. Flow control bounds them: they are not consumed before `resume`. */
  #unconsumedBytes = 0;
  #isHalfCloseTold = false;

  protected get wantsMessages(): boolean {
    return !this.#isPaused;
  }

  /** Calls the handler. */
  start(): void {
    this.invoke(() => (this.method.handler as (call: this) => void)(this));
  }

  respond(message: unknown): void {
    this.write(message);
    this.finishOk();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.readOn();
    if (this.#isPaused) return;
    this.#consumeHeld();
    this.#tellHalfClose();
  }

  protected override release(): void {
    this.#consumeHeld();
    super.release();
  }

  #consumeHeld(): void {
    const bytes = this.#unconsumedBytes;
    this.#unconsumedBytes = 0;
    if (bytes > 0) this.session.connection.consume(this.stream, bytes);
  }

  receiveData(data: Uint8Array, endStream: boolean): void {
    this.hasPeerEnded = endStream;
    if (!this.isEnded) this.read(data);
    if (this.#isPaused && !this.isEnded) this.#unconsumedBytes += data.length;
    else this.session.connection.consume(this.stream, data.length);
    this.#tellHalfClose();
  }

  receiveEnd(): void {
    this.hasPeerEnded = true;
    this.#tellHalfClose();
  }

  protected receiveMessage(message: Uint8Array): void {
    try {
      this.onMessage?.(this.decode(message), message);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  #tellHalfClose(): void {
    if (!this.hasPeerEnded || this.#isPaused || this.isEnded || this.#isHalfCloseTold) return;
    this.#isHalfCloseTold = true;
    if (this.hasPartial) this.failTruncated();
    else if (this.onHalfClose !== undefined) this.invoke(this.onHalfClose);
  }
}
