import type { ServiceDefinition } from "@grpc/grpc-js";
import { assert, Code, EtcdError, InvariantError } from "../base/mod.ts";
import type { Clock, Logger, Timer } from "../ports/mod.ts";
import { ClientVersions } from "./client_versions.ts";
import { Deadlines } from "./deadlines.ts";
import type { KeepaliveOptions } from "./keepalive.ts";
import { compressedFlag } from "./message_reader.ts";
import { MessageWriter } from "./message_writer.ts";
import { Method } from "./method.ts";
import { GrpcSession, type SessionOutlet } from "./session.ts";
import { type SlowCallOptions, SlowCalls } from "./slow_calls.ts";
import type { Status } from "./status.ts";
import type { HandlersFor, MethodStats, PlainRequest, TransportInfo } from "./types.ts";

/**
 * Undoes gzip. Returns undefined when the result would have more than `maxBytes`, having used no more memory than that;
 * throws when the input is not gzip.
 */
export type Gunzip = (compressed: Uint8Array, maxBytes: number) => Uint8Array | undefined;

/** Bounds of a server. */
export interface GrpcLimits {
  /** Largest request message, decompressed. etcd: `--max-request-bytes` and 512 KiB. */
  receiveMessageBytesMax: number;
  /** Largest answer message. */
  sendMessageBytesMax: number;
  /** Answers that wait on one stream for a slow client; a handler that writes on is cut off there. */
  sendQueueBytesMax: number;
  /** Answers that wait on one stream before its handler is asked to hold back. */
  streamQueueHighWaterBytes: number;
  /** Answers that wait on one connection; above it, new calls are refused with REFUSED_STREAM. */
  connectionQueueBytesMax: number;
  /** Calls and plain requests that a connection may have at a time; etcd's `--max-concurrent-streams`. Infinity for no bound. */
  concurrentStreamsMax: number;
}

/** What a server is made of. */
export interface GrpcServerOptions {
  /** Where time comes from. */
  clock: Clock;
  /** Told of handlers' bugs. */
  logger: Logger;
  /** Bounds; each has a default. */
  limits?: Partial<GrpcLimits>;
  /** Pings to silent clients; none without it. */
  keepalive?: KeepaliveOptions;
  /** Least time between a client's PINGs; any number of them is allowed without it. */
  pingMinTimeMs?: number;
  /** Reports unary calls that take long. */
  slowCalls?: SlowCallOptions;
  /** For compressed requests; without it only `identity` is accepted. */
  gunzip?: Gunzip;
  /** Takes the requests that are not gRPC. Without it they are answered with HTTP status 415. */
  handlePlain?: (request: PlainRequest) => void;
}

const defaultLimits: GrpcLimits = {
  receiveMessageBytesMax: 2 * 1024 * 1024,
  sendMessageBytesMax: 0x7fffffff,
  sendQueueBytesMax: 64 * 1024 * 1024,
  streamQueueHighWaterBytes: 256 * 1024,
  connectionQueueBytesMax: 256 * 1024 * 1024,
  concurrentStreamsMax: Infinity,
};

/** The longest time between two looks at all sessions. */
const sweepMaxMs = 1000;

/**
 * A gRPC server without sockets. Each connection's bytes go through the session that `openConnection` makes. Handlers run
 * synchronously within `receive`; answers may come at any later time.
 */
export class GrpcServer {
  /** Where time comes from. */
  readonly clock: Clock;
  /** Told of handlers' bugs. */
  readonly logger: Logger;
  /** Bounds in force. */
  readonly limits: GrpcLimits;
  /** See {@link GrpcServerOptions.keepalive}. */
  readonly keepalive: KeepaliveOptions | undefined;
  /** See {@link GrpcServerOptions.pingMinTimeMs}. */
  readonly pingMinTimeMs: number | undefined;
  /** See {@link GrpcServerOptions.handlePlain}. */
  readonly handlePlain: ((request: PlainRequest) => void) | undefined;
  /** The deadlines of all running calls. */
  readonly deadlines: Deadlines;
  /** Calls by the versions of the clients. */
  readonly clientVersions: ClientVersions = new ClientVersions();
  /** See {@link GrpcServerOptions.slowCalls}. */
  readonly slowCalls: SlowCalls | undefined;
  /** Sends the messages of all calls. */
  readonly writer: MessageWriter = new MessageWriter();
  readonly #gunzip: Gunzip | undefined;
  readonly #methods = new Map<string, Method>();
  readonly #services = new Set<string>();
  readonly #sessions = new Set<GrpcSession>();
  readonly #sweepMs: number;
  #sweepTimer: Timer | undefined;

  /** A server without services. */
  constructor(options: GrpcServerOptions) {
    this.clock = options.clock;
    this.logger = options.logger;
    this.limits = { ...defaultLimits, ...options.limits };
    this.keepalive = options.keepalive;
    this.pingMinTimeMs = options.pingMinTimeMs;
    this.handlePlain = options.handlePlain;
    this.deadlines = new Deadlines(options.clock);
    this.#gunzip = options.gunzip;
    if (options.slowCalls !== undefined) this.slowCalls = new SlowCalls(options.clock, options.slowCalls);
    const keepaliveMs = Math.min(options.keepalive?.intervalMs ?? Infinity, options.keepalive?.timeoutMs ?? Infinity);
    this.#sweepMs = Math.max(1, Math.min(sweepMaxMs, keepaliveMs / 4));
  }

  /** Serves the methods of `definition` that `handlers` has; the others answer `Unimplemented`. */
  addService<Definition extends ServiceDefinition>(definition: Definition, handlers: HandlersFor<Definition>): void {
    for (const name of Object.keys(definition)) {
      const methodDefinition = definition[name];
      assert(!this.#methods.has(methodDefinition.path), `method ${methodDefinition.path} is registered once`);
      const method = new Method(methodDefinition, handlers[name] as ((call: never) => void) | undefined);
      this.#methods.set(method.path, method);
      this.#services.add(method.stats.service);
    }
  }

  /** A session for a new connection. `outlet` hears when there is something to send and when the connection is over. */
  openConnection(transport: TransportInfo, outlet: SessionOutlet): GrpcSession {
    const session = new GrpcSession(this, transport, outlet);
    this.#sessions.add(session);
    if (this.#sweepTimer === undefined) this.#setSweepTimer();
    return session;
  }

  /** Counts of every method; live objects. */
  methodStats(): MethodStats[] {
    return [...this.#methods.values()].map((method) => method.stats);
  }

  /** How many connections are open. */
  get connectionCount(): number {
    return this.#sessions.size;
  }

  /** Tells all clients to go elsewhere and lets running calls end; each session closes when its last call has. */
  drain(): void {
    for (const session of this.#sessions) session.drain();
  }

  /** Cuts off what is left and lets go of the timers. */
  close(): void {
    for (const session of [...this.#sessions]) session.close("server is stopped");
    this.deadlines.close();
    this.#sweepTimer?.cancel();
    this.#sweepTimer = undefined;
  }

  /** The method behind a `:path`. */
  findMethod(path: string): Method | undefined {
    const method = this.#methods.get(path);
    return method?.handler === undefined ? undefined : method;
  }

  /** Why there is no method behind a path, in grpc-go's words. */
  explainUnknown(path: string): Status {
    const slash = path.lastIndexOf("/");
    if (slash <= 0 || path[0] !== "/") {
      return { code: Code.Unimplemented, message: `malformed method name: ${JSON.stringify(path)}` };
    }
    const service = path.slice(1, slash);
    const method = path.slice(slash + 1);
    const message = this.#services.has(service)
      ? `unknown method ${method} for service ${service}`
      : `unknown service ${service}`;
    return { code: Code.Unimplemented, message };
  }

  /** Value of `grpc-accept-encoding`. */
  get acceptEncoding(): string {
    return this.#gunzip === undefined ? "identity" : "identity,gzip";
  }

  /** Why messages of `encoding` cannot be read; undefined when they can. */
  checkEncoding(encoding: string): Status | undefined {
    if (encoding === "" || encoding === "identity" || (encoding === "gzip" && this.#gunzip !== undefined)) {
      return undefined;
    }
    return {
      code: Code.Unimplemented,
      message: `grpc: Decompressor is not installed for grpc-encoding ${JSON.stringify(encoding)}`,
    };
  }

  /** The message in a payload with non-zero flags. Throws an `EtcdError` with grpc-go's text when there is none. */
  decompress(payload: Uint8Array, flags: number, encoding: string): Uint8Array {
    if (flags !== compressedFlag) {
      throw new EtcdError(Code.Internal, `grpc: received unexpected payload format ${flags}`);
    }
    if (encoding !== "gzip" || this.#gunzip === undefined) {
      throw new EtcdError(Code.Internal, "grpc: compressed flag set with identity or empty encoding");
    }
    const maxBytes = this.limits.receiveMessageBytesMax;
    let message: Uint8Array | undefined;
    try {
      message = this.#gunzip(payload, maxBytes);
    } catch (error) {
      throw new EtcdError(Code.Internal, `grpc: failed to decompress the message: ${(error as Error).message}`);
    }
    if (message !== undefined) return message;
    const text = `grpc: received message after decompression larger than max ${maxBytes}`;
    throw new EtcdError(Code.ResourceExhausted, text);
  }

  /** A handler has thrown what it should not have. A broken invariant goes on: the member must stop. */
  reportAccident(path: string, thrown: unknown): void {
    if (thrown instanceof InvariantError) throw thrown;
    const error = thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown);
    this.logger.error("gRPC handler failed", { method: path, error });
  }

  /** A session is over. */
  sessionClosed(session: GrpcSession): void {
    this.#sessions.delete(session);
  }

  #setSweepTimer(): void {
    this.#sweepTimer = this.clock.after(this.#sweepMs, () => {
      this.#sweepTimer = undefined;
      const nowMs = this.clock.monotonicMs();
      for (const session of [...this.#sessions]) session.tick(nowMs);
      if (this.#sessions.size > 0) this.#setSweepTimer();
    });
  }
}
