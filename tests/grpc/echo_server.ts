import { type Code, EtcdError } from "../../src/base/mod.ts";
import { type GrpcLimits, GrpcServer, type GrpcServerOptions, Metadata, type ServerCall } from "../../src/grpc/mod.ts";
import type { LogFields, Logger } from "../../src/ports/mod.ts";
import { gunzip, Listener, type ListenerOptions, plainAdapter, systemClock } from "../../src/runtime/mod.ts";
import { echoDefinition, type EchoMessage } from "./echo_service.ts";

/** Keeps the log's lines. */
export class ListLogger implements Logger {
  readonly lines: string[] = [];

  #add(level: string, message: string, fields: LogFields = {}): void {
    this.lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  }

  debug(message: string, fields?: LogFields): void {
    this.#add("debug", message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.#add("info", message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.#add("warn", message, fields);
  }
  error(message: string, fields?: LogFields): void {
    this.#add("error", message, fields);
  }
}

/** Sends back the request's metadata of the names that the tests use, with the headers and with the trailers. */
function mirrorMetadata(call: ServerCall): void {
  const text = call.metadata.get("x-echo-initial");
  if (text !== undefined) call.leading = new Metadata().add("x-echo-initial", text);
  const bytes = call.metadata.getBytes("x-echo-trailing-bin");
  if (bytes !== undefined) call.trailing = new Metadata().add("x-echo-trailing-bin", bytes);
}

function answerTo(request: EchoMessage): EchoMessage {
  return { text: request.text, ...(request.sizes && { text: "x".repeat(request.sizes[0]) }) };
}

function statusIn(request: EchoMessage): EtcdError | undefined {
  if (request.code === undefined) return undefined;
  return new EtcdError(request.code as Code, request.message ?? "");
}

/** What happened in the handlers, for tests to look at. */
export interface EchoEvents {
  cancelled: number;
  /** Resolves at the next cancellation. */
  nextCancel(): Promise<void>;
}

/** The echo service on the engine under test. */
export function makeEchoServer(
  options: Partial<Omit<GrpcServerOptions, "limits">> & { limits?: Partial<GrpcLimits> } = {},
): { server: GrpcServer; logger: ListLogger; events: EchoEvents } {
  const logger = new ListLogger();
  const server = new GrpcServer({ clock: systemClock, logger, gunzip, ...options });
  const waiting: (() => void)[] = [];
  const events: EchoEvents = {
    cancelled: 0,
    nextCancel: () => new Promise((resolve) => waiting.push(resolve)),
  };
  const watchCancel = (call: ServerCall) =>
    call.onCancel(() => {
      events.cancelled++;
      for (const resolve of waiting.splice(0)) resolve();
    });
  server.addService(echoDefinition, {
    unary(call) {
      mirrorMetadata(call);
      if (call.request.text === "throw") throw new Error("handler bug");
      const status = statusIn(call.request);
      if (status !== undefined) throw status;
      call.respond(answerTo(call.request));
    },
    serverStream(call) {
      mirrorMetadata(call);
      watchCancel(call);
      const { sizes = [], text } = call.request;
      let next = 0;
      const status = statusIn(call.request);
      const writeOn = () => {
        while (next < sizes.length) {
          if (!call.write({ text: "x".repeat(sizes[next++]) })) return;
        }
        if (status !== undefined) call.fail(status);
        else if (text !== "stay open") call.end();
      };
      call.onDrain = writeOn;
      writeOn();
    },
    clientStream(call) {
      mirrorMetadata(call);
      watchCancel(call);
      const texts: string[] = [];
      call.onMessage = (message) => {
        const status = statusIn(message);
        if (status !== undefined) throw status;
        texts.push(message.text ?? "");
      };
      call.onHalfClose = () => call.respond({ text: texts.join(",") });
    },
    bidi(call) {
      mirrorMetadata(call);
      watchCancel(call);
      call.onMessage = (message) => {
        const status = statusIn(message);
        if (status !== undefined) return call.fail(status);
        for (const size of message.sizes ?? []) call.write({ text: "x".repeat(size) });
        if (message.sizes === undefined) call.write({ text: message.text });
      };
      call.onHalfClose = () => call.end();
    },
    sleep: watchCancel,
  });
  return { server, logger, events };
}

/** An echo server on a port of its own. */
export interface RunningEcho {
  address: string;
  port: number;
  server: GrpcServer;
  listener: Listener;
  logger: ListLogger;
  events: EchoEvents;
  stop(): Promise<void>;
}

/** Starts an echo server; `http` answers what is not gRPC. */
export function startEcho(
  options: Parameters<typeof makeEchoServer>[0] & {
    http?: ListenerOptions["handleRequest"];
    listener?: ListenerOptions["limits"];
  } = {},
): RunningEcho {
  const { http, listener: listenerLimits, ...rest } = options;
  const early = new ListLogger();
  const { server, logger, events } = makeEchoServer({
    ...rest,
    ...(http && { handlePlain: plainAdapter(http, early) }),
  });
  const listener = new Listener({ server, handleRequest: http, clock: systemClock, logger, limits: listenerLimits });
  const { port } = listener.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 }) as Deno.NetAddr;
  return {
    address: `127.0.0.1:${port}`,
    port,
    server,
    listener,
    logger,
    events,
    async stop() {
      await listener.stop({ drainMs: 0 });
      server.close();
    },
  };
}
