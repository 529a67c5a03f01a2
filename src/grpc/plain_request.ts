import { ErrorCode, type HeaderList, type Http2Stream } from "../http2/mod.ts";
import type { GrpcSession } from "./session.ts";
import type { PlainRequest, TransportInfo } from "./types.ts";

/** A request that is not gRPC, on a connection that carries both. */
export class PlainServerRequest implements PlainRequest {
  method = "";
  scheme = "";
  authority = "";
  path = "";
  readonly headers: string[] = [];
  onData: ((piece: Uint8Array) => void) | undefined;
  onEnd: (() => void) | undefined;
  onAbort: (() => void) | undefined;
  onDrain: (() => void) | undefined;
  hasEnded: boolean;
  readonly #session: GrpcSession;
  readonly #stream: Http2Stream;
  /** Whether our side of the stream has ended or is gone. */
  #isAnswered = false;

  constructor(session: GrpcSession, stream: Http2Stream, headers: HeaderList, endStream: boolean) {
    this.#session = session;
    this.#stream = stream;
    this.hasEnded = endStream;
    for (let i = 0; i < headers.length; i += 2) this.#readHeader(headers[i], headers[i + 1]);
  }

  get transport(): TransportInfo {
    return this.#session.transport;
  }

  #readHeader(name: string, value: string): void {
    switch (name) {
      case ":method":
        this.method = value;
        break;
      case ":scheme":
        this.scheme = value;
        break;
      case ":authority":
        this.authority = value;
        break;
      case ":path":
        this.path = value;
        break;
      case "host":
        this.authority ||= value;
        break;
      default:
        this.headers.push(name, value);
    }
  }

  consume(bytes: number): void {
    this.#session.connection.consume(this.#stream, bytes);
  }

  respond(status: number, headers: readonly string[], options: { end?: boolean } = {}): void {
    if (this.#isAnswered) return;
    const end = options.end === true;
    this.#session.connection.sendHeaders(this.#stream, [":status", String(status), ...headers], end);
    if (end) this.#finish();
  }

  write(piece: Uint8Array): boolean {
    if (this.#isAnswered) return false;
    this.#session.connection.sendData(this.#stream, piece, false);
    return this.#stream.queuedBytes <= this.#session.server.limits.streamQueueHighWaterBytes;
  }

  end(): void {
    if (this.#isAnswered) return;
    this.#session.connection.sendData(this.#stream, new Uint8Array(0), true);
    this.#finish();
  }

  #finish(): void {
    this.#isAnswered = true;
  }

  abort(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#session.resetStream(this.#stream, ErrorCode.Cancel);
  }

  /** The body goes on. */
  receiveData(data: Uint8Array, endStream: boolean): void {
    if (this.onData !== undefined && !this.#isAnswered) this.onData(data);
    else this.consume(data.length);
    if (endStream) this.receiveEnd();
  }

  /** The body is there. */
  receiveEnd(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.onEnd?.();
  }

  /** The stream is gone. */
  receiveReset(): void {
    this.#isAnswered = true;
    this.onAbort?.();
  }

  /** The stream's queue has room again. */
  notifyWritable(): void {
    this.onDrain?.();
  }
}
