import * as grpc from "@grpc/grpc-js";
import { echoDefinition, type EchoMessage } from "./echo_service.ts";

type AnyCall = { metadata: grpc.Metadata; sendMetadata(metadata: grpc.Metadata): void };

/** Does what the engine's echo server does; see echo_server.ts. */
function mirrorMetadata(call: AnyCall): grpc.Metadata {
  const [text] = call.metadata.get("x-echo-initial");
  if (text !== undefined) {
    const leading = new grpc.Metadata();
    leading.set("x-echo-initial", text);
    call.sendMetadata(leading);
  }
  const trailing = new grpc.Metadata();
  const [bytes] = call.metadata.get("x-echo-trailing-bin");
  if (bytes !== undefined) trailing.set("x-echo-trailing-bin", bytes);
  return trailing;
}

function errorOf(request: EchoMessage, metadata: grpc.Metadata): Partial<grpc.ServiceError> | undefined {
  if (request.code === undefined) return undefined;
  return { code: request.code, details: request.message ?? "", metadata };
}

function answerTo(request: EchoMessage): EchoMessage {
  return { text: request.text, ...(request.sizes && { text: "x".repeat(request.sizes[0]) }) };
}

/** The echo service on @grpc/grpc-js's own server: what clients are used to. */
export class ReferenceServer {
  readonly address: string;
  readonly #server: grpc.Server;

  private constructor(server: grpc.Server, port: number) {
    this.#server = server;
    this.address = `127.0.0.1:${port}`;
  }

  static async start(): Promise<ReferenceServer> {
    const server = new grpc.Server();
    server.addService(echoDefinition, {
      unary(call: grpc.ServerUnaryCall<EchoMessage, EchoMessage>, callback: grpc.sendUnaryData<EchoMessage>) {
        const trailing = mirrorMetadata(call);
        const error = errorOf(call.request, trailing);
        if (error !== undefined) return callback(error, null, trailing);
        callback(null, answerTo(call.request), trailing);
      },
      serverStream(call: grpc.ServerWritableStream<EchoMessage, EchoMessage>) {
        const trailing = mirrorMetadata(call);
        for (const size of call.request.sizes ?? []) call.write({ text: "x".repeat(size) });
        const error = errorOf(call.request, trailing);
        if (error !== undefined) call.emit("error", error);
        else if (call.request.text !== "stay open") call.end(trailing);
      },
      clientStream(
        call: grpc.ServerReadableStream<EchoMessage, EchoMessage>,
        callback: grpc.sendUnaryData<EchoMessage>,
      ) {
        const trailing = mirrorMetadata(call);
        const texts: string[] = [];
        call.on("data", (message: EchoMessage) => {
          const error = errorOf(message, trailing);
          if (error !== undefined) callback(error, null, trailing);
          else texts.push(message.text ?? "");
        });
        call.on("end", () => callback(null, { text: texts.join(",") }, trailing));
      },
      bidi(call: grpc.ServerDuplexStream<EchoMessage, EchoMessage>) {
        const trailing = mirrorMetadata(call);
        call.on("data", (message: EchoMessage) => {
          const error = errorOf(message, trailing);
          if (error !== undefined) return call.emit("error", error);
          for (const size of message.sizes ?? []) call.write({ text: "x".repeat(size) });
          if (message.sizes === undefined) call.write({ text: message.text });
        });
        call.on("end", () => call.end(trailing));
      },
      sleep() {},
    });
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", credentials, (error, port) => error ? reject(error) : resolve(port))
    );
    return new ReferenceServer(server, port);
  }

  /** Ends the server, and calls that nobody answers. */
  stop(): void {
    this.#server.forceShutdown();
  }
}
