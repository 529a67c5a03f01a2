import { InvariantError } from "../base/mod.ts";
import type { GrpcServer } from "../grpc/mod.ts";
import type { Clock, Logger, Timer } from "../ports/mod.ts";
import { type Http1Limits, Http1Service } from "./listener_http1.ts";
import { Http2Driver } from "./listener_http2.ts";
import type { RequestHandler } from "./listener_request.ts";
import { type ByteStream, SocketStream } from "./listener_stream.ts";

/** Where to listen. Port 0 lets the system choose one. */
export type ListenAddress =
  | { transport: "tcp"; hostname: string; port: number }
  | { transport: "unix"; path: string };

/** Bounds of a listener's connections. */
export interface ListenerLimits extends Http1Limits {
  /** From accepting a connection to its first bytes, TLS handshake included. */
  openingTimeoutMs: number;
  /** A client that takes nothing of a write for so long is cut off. */
  writeStallMs: number;
  /** Connections at a time; further ones are closed at once. */
  connectionsMax: number;
}

/** What a listener is made of. */
export interface ListenerOptions {
  /** Takes HTTP/2 connections. */
  server: GrpcServer;
  /** Answers HTTP/1.1 requests; without it such connections are closed. Plain HTTP/2 requests come through the server's `handlePlain`. */
  handleRequest?: RequestHandler;
  /** Where time comes from. */
  clock: Clock;
  /** Told of connections that fail. */
  logger: Logger;
  /** Bounds; each has a default. */
  limits?: Partial<ListenerLimits>;
}

/** How one address is served. */
export interface ListenOptions {
  /** Set SO_REUSEPORT on TCP sockets: several processes may listen on one address. */
  reusePort?: boolean;
  /**
   * Turns an accepted stream into the one that is served: the place of TLS. It may look at the first bytes and so take http and
   * https on one port. A rejection closes the connection.
   */
  wrap?: (stream: ByteStream) => Promise<ByteStream>;
}

/** How to stop. */
export interface StopOptions {
  /** Running calls may go on for so long; then they are cut off. */
  drainMs: number;
}

const defaultLimits: ListenerLimits = {
  openingTimeoutMs: 30_000,
  writeStallMs: 20_000,
  connectionsMax: 100_000,
  headTimeoutMs: 120_000,
  bodyTimeoutMs: 300_000,
  headBytesMax: 16 * 1024,
};

const readBufferBytes = 64 * 1024;

/** How often connections are checked for being stuck. */
const sweepMs = 500;

/** After a failed accept, such as for want of file descriptors. */
const acceptRetryMs = 100;

/** The first bytes of every HTTP/2 connection, "PRI "; no HTTP/1.1 request begins like that (RFC 9113, section 3.4). */
const http2Start = [0x50, 0x52, 0x49, 0x20];

/** What the listener keeps of a connection. */
interface Connection {
  stream: ByteStream;
  openedMs: number;
  /** Undefined until the protocol is known. */
  driver:
    | { drain(): void; abort(reason: string): void; isStuck(nowMs: number, writeStallMs: number): boolean }
    | undefined;
}

/** Accepts connections on any number of addresses and serves gRPC, plain HTTP/2 and HTTP/1.1 on each of them. */
export class Listener {
  readonly #server: GrpcServer;
  readonly #http1: Http1Service | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #limits: ListenerLimits;
  readonly #listeners = new Map<Deno.Listener, Promise<void>>();
  readonly #unixPaths: string[] = [];
  readonly #connections = new Set<Connection>();
  #sweepTimer: Timer | undefined;
  #isStopping = false;
  /** Called when the last connection has ended. */
  #whenEmpty: (() => void) | undefined;

  /** A listener without addresses. */
  constructor(options: ListenerOptions) {
    this.#server = options.server;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#limits = { ...defaultLimits, ...options.limits };
    if (options.handleRequest !== undefined) {
      this.#http1 = new Http1Service(options.handleRequest, {
        clock: this.#clock,
        logger: this.#logger,
        limits: this.#limits,
      });
    }
  }

  /** Connections that are open. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Listens on an address, besides those that are listened on already; which one it is. A socket file left by an earlier run is replaced. */
  listen(address: ListenAddress, options: ListenOptions = {}): Deno.Addr {
    const listener = this.#open(address, options.reusePort ?? false);
    this.#listeners.set(listener, this.#acceptAll(listener, options));
    return listener.addr;
  }

  #open(address: ListenAddress, reusePort: boolean): Deno.Listener {
    if (address.transport === "tcp") {
      const { hostname, port } = address;
      return reusePort ? Deno.listen({ hostname, port, reusePort }) : Deno.listen({ hostname, port });
    }
    removeSocketFile(address.path);
    this.#unixPaths.push(address.path);
    return Deno.listen({ transport: "unix", path: address.path });
  }

  /** Accepts no more connections, lets running calls end for a while, closes everything. The server itself stays usable. */
  async stop(options: StopOptions): Promise<void> {
    this.#isStopping = true;
    for (const listener of this.#listeners.keys()) listener.close();
    for (const connection of this.#connections) {
      if (connection.driver !== undefined) connection.driver.drain();
      else connection.stream.close();
    }
    await Promise.all(this.#listeners.values());
    this.#listeners.clear();
    for (const path of this.#unixPaths.splice(0)) removeSocketFile(path);
    if (this.#connections.size > 0) {
      const empty = new Promise<void>((resolve) => this.#whenEmpty = resolve);
      const timer = this.#clock.after(options.drainMs, () => {
        for (const connection of this.#connections) cutOff(connection, "server is stopped");
      });
      await empty;
      timer.cancel();
    }
    this.#sweepTimer?.cancel();
    this.#sweepTimer = undefined;
  }

  async #acceptAll(listener: Deno.Listener, options: ListenOptions): Promise<void> {
    while (!this.#isStopping) {
      try {
        this.#take(await listener.accept(), options);
      } catch (error) {
        if (this.#isStopping) return;
        this.#logger.warn("Accepting a connection failed", { error: String(error) });
        await new Promise<void>((resolve) => this.#clock.after(acceptRetryMs, resolve));
      }
    }
  }

  #take(conn: Deno.Conn, options: ListenOptions): void {
    if (this.#isStopping || this.#connections.size >= this.#limits.connectionsMax) return conn.close();
    const stream = new SocketStream(conn);
    const connection: Connection = { stream, openedMs: this.#clock.monotonicMs(), driver: undefined };
    this.#connections.add(connection);
    this.#sweepTimer ??= this.#clock.after(sweepMs, () => this.#sweep());
    void this.#serve(connection, options);
  }

  async #serve(connection: Connection, options: ListenOptions): Promise<void> {
    try {
      if (options.wrap !== undefined) connection.stream = await options.wrap(connection.stream);
      await this.#serveProtocol(connection);
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      this.#logger.debug("Connection failed", { peer: connection.stream.peer, error: String(error) });
    } finally {
      connection.stream.close();
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#whenEmpty?.();
    }
  }

  async #serveProtocol(connection: Connection): Promise<void> {
    const stream = connection.stream;
    const buffer = new Uint8Array(readBufferBytes);
    let received = 0;
    let matched = 0;
    while (received < http2Start.length && matched === received) {
      const count = await stream.read(buffer.subarray(received));
      if (count === null) return;
      received += count;
      while (matched < Math.min(received, http2Start.length) && buffer[matched] === http2Start[matched]) matched++;
    }
    if (matched === http2Start.length) {
      const driver = new Http2Driver(stream, this.#server);
      connection.driver = driver;
      if (this.#isStopping) driver.drain();
      await driver.run(buffer, received);
    } else if (this.#http1 !== undefined) {
      const driver = this.#http1.open(stream, buffer.slice(0, received));
      connection.driver = driver;
      if (this.#isStopping) driver.drain();
      await driver.ended;
    }
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const connection of this.#connections) {
      const isStuck = connection.driver === undefined
        ? nowMs - connection.openedMs >= this.#limits.openingTimeoutMs
        : connection.driver.isStuck(nowMs, this.#limits.writeStallMs);
      if (isStuck) cutOff(connection, "the client does not take part");
    }
    this.#sweepTimer = this.#connections.size === 0 ? undefined : this.#clock.after(sweepMs, () => this.#sweep());
  }
}

function cutOff(connection: Connection, reason: string): void {
  connection.driver?.abort(reason);
  connection.stream.close();
}

/** Removes a socket file; leaves everything else, so that listening fails with the system's message. */
function removeSocketFile(path: string): void {
  try {
    if (Deno.lstatSync(path).isSocket) Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
