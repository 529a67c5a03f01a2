import { concatBytes } from "../../src/base/mod.ts";
import { type HeaderList, Http2Connection, type Http2Events, type Http2Stream } from "../../src/http2/mod.ts";

/** All frames that answered one request. */
export interface RawAnswer {
  headers: Record<string, string>;
  trailers: Record<string, string>;
  body: Uint8Array;
  /** Code of the RST_STREAM that ended the answer before its time; -1 without one. */
  resetCode: number;
}

/** A request, well formed or not. */
export interface RawRequest {
  headers: string[];
  /** DATA frames. */
  body?: Uint8Array[];
  /** Leave the request open. */
  keepOpen?: boolean;
}

interface Pending {
  answer: RawAnswer;
  resolve: (answer: RawAnswer) => void;
}

/** An HTTP/2 client that sends whatever it is told to. */
export class RawClient implements Http2Events {
  readonly #conn: Deno.TcpConn;
  readonly #connection: Http2Connection;
  readonly #done: Promise<void>;
  readonly #closed = Promise.withResolvers<string>();
  #isWriting = false;

  private constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
    this.#connection = new Http2Connection("client", this);
    this.#flush();
    this.#done = this.#readAll();
  }

  static async connect(port: number): Promise<RawClient> {
    return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** The debug data of the GOAWAY with an error that ended the connection, or "" for another end. */
  get closed(): Promise<string> {
    return this.#closed.promise;
  }

  request({ headers, body = [], keepOpen = false }: RawRequest): Promise<RawAnswer> {
    const stream = this.#connection.openStream(headers, !keepOpen && body.length === 0);
    if (stream === undefined) throw new Error("the server takes no more streams");
    const answered = new Promise<RawAnswer>((resolve) => {
      const answer = { headers: {}, trailers: {}, body: new Uint8Array(0), resetCode: -1 };
      stream.context = { answer, resolve } satisfies Pending;
    });
    body.forEach((piece, i) => this.#connection.sendData(stream, piece, !keepOpen && i === body.length - 1));
    return answered;
  }

  ping(): void {
    this.#connection.ping(new Uint8Array(8));
  }

  async close(): Promise<void> {
    this.#connection.transportClosed("test is over");
    try {
      this.#conn.close();
    } catch { /* closed by the server's end */ }
    await this.#done;
  }

  async #readAll(): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let count = await this.#conn.read(buffer); count !== null; count = await this.#conn.read(buffer)) {
        this.#connection.receive(buffer.subarray(0, count), performance.now());
      }
      this.#conn.close();
    } catch { /* closed by this side */ }
    this.#connection.transportClosed("closed");
    this.#closed.resolve("");
  }

  async #flush(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      for (let bytes = this.#connection.takeOutput(); bytes !== undefined; bytes = this.#connection.takeOutput()) {
        for (let at = 0; at < bytes.length;) at += await this.#conn.write(bytes.subarray(at));
      }
    } catch { /* the read loop sees the end */ }
    this.#isWriting = false;
  }

  onHeaders(stream: Http2Stream, headers: HeaderList, endStream: boolean): void {
    const { answer } = stream.context as Pending;
    for (let i = 0; i < headers.length; i += 2) answer.headers[headers[i]] = headers[i + 1];
    if (endStream) this.#end(stream);
  }
  onData(stream: Http2Stream, data: Uint8Array, endStream: boolean): void {
    const { answer } = stream.context as Pending;
    answer.body = concatBytes([answer.body, data]);
    this.#connection.consume(stream, data.length);
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
    resolve(answer);
  }
  onWritable(): void {}
  onGoaway(_lastStreamId: number, code: number, debugData: Uint8Array): void {
    if (code !== 0) this.#closed.resolve(new TextDecoder().decode(debugData));
  }
  onPingAck(): void {}
  onPing(): void {}
  onOutput(): void {
    queueMicrotask(() => this.#flush());
  }
  onClose(): void {
    this.#closed.resolve("");
  }
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
