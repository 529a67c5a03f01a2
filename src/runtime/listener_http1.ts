import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Clock, Logger } from "../ports/mod.ts";
import { answerRequest, isBodiless, type RequestHandler } from "./listener_request.ts";
import { type ByteStream, writeFully } from "./listener_stream.ts";

/** Bounds of HTTP/1.1 connections. */
export interface Http1Limits {
  /** From the connection's start, or the last answer, to a whole request head. */
  headTimeoutMs: number;
  /** From a request's head to its end. */
  bodyTimeoutMs: number;
  /** Largest request head. */
  headBytesMax: number;
}

/** The parts of node:http and node:stream that are loaded with the first HTTP/1.1 connection. */
interface Http1Host {
  server: Server;
  Duplex: typeof Duplex;
  Readable: typeof import("node:stream").Readable;
}

/**
 * Speaks HTTP/1.1 over byte streams that turned out to carry it. The protocol is node:http's, which is loaded when the
 * first such connection comes.
 */
export class Http1Service {
  readonly #handler: RequestHandler;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: Http1Limits;
  readonly #drivers = new WeakMap<object, Http1Driver>();
  #host: Promise<Http1Host> | undefined;

  constructor(
    handler: RequestHandler,
    { clock, logger, limits }: { clock: Clock; logger: Logger; limits: Http1Limits },
  ) {
    this.#handler = handler;
    this.#clock = clock;
    this.#logger = logger;
    this.#limits = limits;
  }

  /** Serves `stream`, of which `received` has been read already. */
  open(stream: ByteStream, received: Uint8Array): Http1Driver {
    const driver = new Http1Driver(stream, received, { limits: this.#limits, clock: this.#clock });
    this.#host ??= this.#load();
    this.#host.then((host) => {
      if (driver.isClosed) return;
      const socket = driver.attach(host.Duplex);
      this.#drivers.set(socket, driver);
      host.server.emit("connection", socket);
    }, (error) => {
      this.#logger.error("HTTP/1.1 cannot be served", { error: String(error) });
      driver.abort();
    });
    return driver;
  }

  async #load(): Promise<Http1Host> {
    const [{ createServer }, { Duplex, Readable }] = await Promise.all([import("node:http"), import("node:stream")]);
    const server = createServer({ maxHeaderSize: this.#limits.headBytesMax }, (incoming, outgoing) => {
      const driver = this.#drivers.get(incoming.socket);
      if (driver !== undefined) this.#answer(driver, incoming, outgoing);
    });
    server.on("clientError", (_error, socket) => {
      if (this.#drivers.get(socket)?.beganAsHttp === false) socket.destroy();
      else if (socket.writable) {
        socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      } else socket.destroy();
    });
    return { server, Duplex, Readable };
  }

  async #answer(driver: Http1Driver, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const host = await this.#host!;
    const aborter = new AbortController();
    driver.requestStarted();
    incoming.on("error", () => aborter.abort());
    incoming.once("end", () => driver.bodyEnded());
    outgoing.on("error", () => aborter.abort());
    outgoing.once("close", () => {
      aborter.abort();
      driver.requestEnded();
    });
    try {
      const request = toRequest(incoming, {
        scheme: driver.stream.scheme,
        signal: aborter.signal,
        Readable: host.Readable,
      });
      if (request === undefined) {
        outgoing.writeHead(400, { "content-length": "0" }).end();
        return;
      }
      const info = { transport: driver.stream };
      const response = await answerRequest(this.#handler, { request, info, logger: this.#logger });
      if (driver.isDraining) outgoing.setHeader("connection", "close");
      await sendResponse(outgoing, response, aborter.signal);
    } catch (error) {
      if (!aborter.signal.aborted) this.#logger.warn("HTTP response broken off", { error: String(error) });
      driver.abort();
    }
  }
}

/** One HTTP/1.1 connection: a node:stream over a byte stream, and its timeouts. */
export class Http1Driver {
  readonly stream: ByteStream;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  readonly #received: Uint8Array;
  readonly #limits: Http1Limits;
  readonly #clock: Clock;
  readonly #resolveEnded: () => void;
  #socket: Duplex | undefined;
  #isClosed = false;
  /** Whether the connection closes after the answer that is being made. */
  isDraining = false;
  #activeRequests = 0;
  /** Since when a request's head, or the rest of its body, is awaited; undefined while an answer is being made. */
  #awaitedSinceMs: number | undefined;
  #awaitsBody = false;
  #writeStartedMs: number | undefined;

  constructor(stream: ByteStream, received: Uint8Array, { limits, clock }: { limits: Http1Limits; clock: Clock }) {
    this.stream = stream;
    this.#received = received;
    this.#limits = limits;
    this.#clock = clock;
    this.#awaitedSinceMs = clock.monotonicMs();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolveEnded = resolve;
  }

  /** Whether the connection's first line, as far as it came at once, is a request line. What is not HTTP gets no answer. */
  get beganAsHttp(): boolean {
    const [line, ...rest] = new TextDecoder("latin1").decode(this.#received.subarray(0, 8192)).split("\n", 2);
    return rest.length === 0 || / HTTP\/[0-9]/.test(line);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Makes the socket that node:http is given. */
  attach(DuplexClass: typeof Duplex): Duplex {
    const stream = this.stream;
    const buffer = new Uint8Array(16 * 1024);
    let first: Uint8Array | undefined = this.#received;
    const socket: Duplex = new DuplexClass({
      read: () => {
        if (first !== undefined) {
          const bytes = first;
          first = undefined;
          socket.push(bytes);
          return;
        }
        stream.read(buffer).then(
          (count) => socket.push(count === null ? null : buffer.slice(0, count)),
          (error) => socket.destroy(error),
        );
      },
      write: (chunk: Uint8Array, _encoding, done) => {
        this.#writeStartedMs = this.#clock.monotonicMs();
        writeFully(stream, chunk).then(() => {
          this.#writeStartedMs = undefined;
          done();
        }, done);
      },
      final: (done) => void stream.closeWrite().then(() => done(), () => done()),
      destroy: (error, done) => {
        this.#close();
        done(error);
      },
    });
    socket.on("error", () => {});
    Object.assign(socket, {
      remoteAddress: stream.peer,
      setTimeout: () => socket,
      setNoDelay: () => socket,
      setKeepAlive: () => socket,
    });
    this.#socket = socket;
    return socket;
  }

  requestStarted(): void {
    this.#activeRequests++;
    this.#awaitedSinceMs = this.#clock.monotonicMs();
    this.#awaitsBody = true;
  }

  bodyEnded(): void {
    if (this.#awaitsBody) this.#awaitedSinceMs = undefined;
    this.#awaitsBody = false;
  }

  requestEnded(): void {
    this.#activeRequests--;
    this.#awaitsBody = false;
    this.#awaitedSinceMs = this.#clock.monotonicMs();
    if (this.isDraining && this.#activeRequests === 0) this.#socket?.end();
  }

  /** Whether the connection must be closed: its client sends no request, no body, or takes no answer. */
  isStuck(nowMs: number, writeStallMs: number): boolean {
    if (this.#writeStartedMs !== undefined && nowMs - this.#writeStartedMs >= writeStallMs) return true;
    if (this.#awaitedSinceMs === undefined) return false;
    const boundMs = this.#awaitsBody ? this.#limits.bodyTimeoutMs : this.#limits.headTimeoutMs;
    return nowMs - this.#awaitedSinceMs >= boundMs;
  }

  /** Closes the connection when the running request has been answered. */
  drain(): void {
    this.isDraining = true;
    if (this.#activeRequests === 0) this.abort();
  }

  /** Cuts the connection off. */
  abort(): void {
    if (this.#socket !== undefined) this.#socket.destroy();
    else this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.stream.close();
    this.#resolveEnded();
  }
}

/** Undefined where the pieces make no valid request. */
function toRequest(
  incoming: IncomingMessage,
  { scheme, signal, Readable }: { scheme: string; signal: AbortSignal; Readable: Http1Host["Readable"] },
): Request | undefined {
  const method = incoming.method ?? "GET";
  try {
    const headers = new Headers();
    for (let i = 0; i < incoming.rawHeaders.length; i += 2) {
      headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
    }
    const body = isBodiless(method) ? undefined : Readable.toWeb(incoming) as ReadableStream<Uint8Array<ArrayBuffer>>;
    if (body === undefined) incoming.resume();
    const url = `${scheme}://${incoming.headers.host ?? "localhost"}${incoming.url}`;
    return new Request(url, { method, headers, body, signal });
  } catch {
    return undefined;
  }
}

async function sendResponse(outgoing: ServerResponse, response: Response, signal: AbortSignal): Promise<void> {
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  outgoing.writeHead(response.status);
  if (response.body === null) {
    outgoing.end();
    return;
  }
  const reader = response.body.getReader();
  signal.addEventListener("abort", () => reader.cancel().catch(() => {}));
  if (signal.aborted) return void await reader.cancel();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (!outgoing.write(next.value) && !signal.aborted) {
      await new Promise<void>((resolve) => {
        outgoing.once("drain", resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }
  outgoing.end();
}
