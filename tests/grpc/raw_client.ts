import { concatBytes } from "../../src/base/mod.ts";
import type { GrpcServer, GrpcSession } from "../../src/grpc/mod.ts";
import {
  type HeaderList,
  Http2Connection,
  type Http2Events,
  type Http2Options,
  type Http2Stream,
} from "../../src/http2/mod.ts";
import type { Clock } from "../../src/ports/mod.ts";

/** All frames that answered one request. */
export interface RawAnswer {
  headers: Record<string, string>;
  trailers: Record<string, string>;
  body: Uint8Array;
  /** Code of the RST_STREAM that ended the answer before its time; -1 without one. */
  resetCode: number;
  isEnded: boolean;
}

/** A request, well formed or not. */
export interface RawRequest {
  headers: string[];
  /** DATA frames. */
  body?: Uint8Array[];
  /** Leave the request open. */
  keepOpen?: boolean;
}

/** A request that may still be going on. */
export interface OpenRequest {
  stream: Http2Stream;
  answer: RawAnswer;
  answered: Promise<RawAnswer>;
}

interface Pending {
  answer: RawAnswer;
  resolve: (answer: RawAnswer) => void;
}

/** The client's end of a connection, without a transport: it sends whatever it is told to. */
export abstract class RawPeer implements Http2Events {
  readonly connection: Http2Connection;
  readonly #closed = Promise.withResolvers<string>();
  /** Debug data of the GOAWAY that came last; undefined before one has come. */
  goaway: string | undefined;
  /** Code of that GOAWAY. */
  goawayCode = -1;
  pingCount = 0;
  /** Whether answers' bodies are taken. */
  takesBodies = true;

  constructor(options: Http2Options = {}) {
    this.connection = new Http2Connection("client", this, options);
  }

  /** Resolves when the connection is over, with the debug data of the server's GOAWAY. */
  get closed(): Promise<string> {
    return this.#closed.promise;
  }

  request(request: RawRequest): Promise<RawAnswer> {
    return this.open(request).answered;
  }

  /** Begins a request; `answer` fills as frames come. */
  open({ headers, body = [], keepOpen = false }: RawRequest): OpenRequest {
    const stream = this.connection.openStream(headers, !keepOpen && body.length === 0);
    if (stream === undefined) throw new Error("the server takes no more streams");
    const answer = { headers: {}, trailers: {}, body: new Uint8Array(0), resetCode: -1, isEnded: false };
    const { promise, resolve } = Promise.withResolvers<RawAnswer>();
    stream.context = { answer, resolve } satisfies Pending;
    body.forEach((piece, i) => this.connection.sendData(stream, piece, !keepOpen && i === body.length - 1));
    return { stream, answer, answered: promise };
  }

  onHeaders(stream: Http2Stream, headers: HeaderList, endStream: boolean): void {
    const { answer } = stream.context as Pending;
    for (let i = 0; i < headers.length; i += 2) answer.headers[headers[i]] = headers[i + 1];
    if (endStream) this.#end(stream);
  }
  onData(stream: Http2Stream, data: Uint8Array, endStream: boolean): void {
    const { answer } = stream.context as Pending;
    answer.body = concatBytes([answer.body, data]);
    if (this.takesBodies) this.connection.consume(stream, data.length);
    if (endStream) this.#end(stream);
  }
  onTrailers(stream: Http2Stream, headers: HeaderList): void {
    const { answer } = stream.context as Pending;
    for (let i = 0; i < headers.length; i += 2) answer.trailers[headers[i]] = headers[i + 1];
    this.#end(stream);
  }
  onReset(stream: Http2Stream, code: number): void {
    (stream.context as Pending).answer.resetCode = code;
    this.#end(stream);
  }
  #end(stream: Http2Stream): void {
    const { answer, resolve } = stream.context as Pending;
    answer.isEnded = true;
    resolve(answer);
  }
  onWritable(): void {}
  onGoaway(_lastStreamId: number, code: number, debugData: Uint8Array): void {
    this.goaway = new TextDecoder().decode(debugData);
    this.goawayCode = code;
  }
  onPingAck(): void {}
  onPing(): void {
    this.pingCount++;
  }
  abstract onOutput(): void;
  onClose(): void {
    this.#closed.resolve(this.goaway ?? "");
  }
}

/** A client on a socket. */
export class RawClient extends RawPeer {
  readonly #conn: Deno.TcpConn;
  readonly #done: Promise<void>;
  #isWriting = false;

  private constructor(conn: Deno.TcpConn) {
    super();
    this.#conn = conn;
    this.#flush();
    this.#done = this.#readAll();
  }

  static async connect(port: number): Promise<RawClient> {
    return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async close(): Promise<void> {
    this.connection.transportClosed("test is over");
    try {
      this.#conn.close();
    } catch { /* closed by the server's end */ }
    await this.#done;
  }

  async #readAll(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let count = await this.#conn.read(buffer); count !== null; count = await this.#conn.read(buffer)) {
        this.connection.receive(buffer.subarray(0, count), performance.now());
      }
      this.#conn.close();
    } catch { /* closed by this side */ }
    this.connection.transportClosed("closed");
  }

  async #flush(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      for (let bytes = this.connection.takeOutput(); bytes !== undefined; bytes = this.connection.takeOutput()) {
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      }
    } catch { /* the read loop sees the end */ }
    this.#isWriting = false;
  }

  onOutput(): void {
    queueMicrotask(() => this.#flush());
  }
}

/** A client that is joined to a session in memory. */
export class JoinedClient extends RawPeer {
  readonly session: GrpcSession;
  readonly #clock: Clock;

  constructor(server: GrpcServer, options: Http2Options = {}) {
    super(options);
    this.#clock = server.clock;
    this.session = server.openConnection({ peer: "client", local: "server", scheme: "http" }, {
      onOutput() {},
      onClose() {},
    });
    this.exchange();
  }

  /** Carries bytes both ways until there are none. */
  exchange(): void {
    for (let isBusy = true; isBusy;) {
      isBusy = false;
      for (let bytes = this.connection.takeOutput(); bytes !== undefined; bytes = this.connection.takeOutput()) {
        this.session.receive(bytes.slice());
        isBusy = true;
      }
      for (let bytes = this.session.takeOutput(); bytes !== undefined; bytes = this.session.takeOutput()) {
        this.connection.receive(bytes.slice(), this.#clock.monotonicMs());
        isBusy = true;
      }
    }
  }

  /** Makes a request and lets everything that follows from it happen. */
  play(request: RawRequest): OpenRequest {
    const open = this.open(request);
    this.exchange();
    return open;
  }

  onOutput(): void {}
}

/** Headers of a gRPC call; `overrides` replaces values, undefined leaves the header out. */
export function callHeaders(path: string, overrides: Record<string, string | undefined> = {}): string[] {
  const headers: Record<string, string | undefined> = {
    ":method": "POST",
    ":scheme": "http",
    ":path": path,
    ":authority": "localhost",
    "content-type": "application/grpc",
    te: "trailers",
    ...overrides,
  };
  return Object.entries(headers).flatMap(([name, value]) => value === undefined ? [] : [name, value]);
}

/** A message with its prefix. */
export function framed(message: Uint8Array, { flags = 0, length = message.length } = {}): Uint8Array {
  const bytes = new Uint8Array(5 + message.length);
  bytes[0] = flags;
  new DataView(bytes.buffer).setUint32(1, length);
  bytes.set(message, 5);
  return bytes;
}

/** The messages of an answer's body. */
export function messagesOf(answer: RawAnswer): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at < answer.body.length;) {
    const length = new DataView(answer.body.buffer, answer.body.byteOffset + at).getUint32(1);
    messages.push(answer.body.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return messages;
}
