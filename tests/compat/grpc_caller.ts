import { Buffer } from "node:buffer";
import * as grpc from "@grpc/grpc-js";
import { decode, encode, type Message, methodTypes } from "./wire.ts";

/** What a call came to: status, and every message that arrived. */
export interface Answer {
  code: number;
  details: string;
  messages: Message[];
}

/** How a call is made. */
export interface CallOptions {
  /** Whether the server streams. */
  stream?: boolean;
  /** Metadata to send. */
  metadata?: Record<string, string>;
}

const DEADLINE_MS = 30_000;
const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** Makes calls with grpc-js, without any generated code between the bytes and the test. */
export class GrpcCaller implements Disposable {
  readonly #client: grpc.Client;

  /** Connects to "host:port". */
  constructor(endpoint: string) {
    this.#client = new grpc.Client(endpoint, grpc.credentials.createInsecure(), unlimited);
  }

  /** Calls `method`, such as "etcdserverpb.KV/Put", with a message or with bytes; never throws for a status. */
  call(method: string, request: Message | Uint8Array, options: CallOptions = {}): Promise<Answer> {
    const types = methodTypes(method);
    const bytes = request instanceof Uint8Array ? request : encode(types.request, request);
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(options.metadata ?? {})) metadata.add(name, value);
    const callOptions = { deadline: Date.now() + DEADLINE_MS };
    const read = (received: Buffer) => decode(types.response, received);
    return options.stream
      ? this.#stream(`/${method}`, bytes, read, metadata, callOptions)
      : this.#unary(`/${method}`, bytes, read, metadata, callOptions);
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #unary(
    path: string,
    bytes: Uint8Array,
    read: (received: Buffer) => Message,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
  ): Promise<Answer> {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(path, asBuffer, read, bytes, metadata, options, (error, message) => {
        if (error === null) resolve({ code: 0, details: "", messages: [message!] });
        else resolve({ code: error.code, details: error.details, messages: [] });
      });
    });
  }

  #stream(
    path: string,
    bytes: Uint8Array,
    read: (received: Buffer) => Message,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
  ): Promise<Answer> {
    return new Promise((resolve) => {
      const messages: Message[] = [];
      const call = this.#client.makeServerStreamRequest(path, asBuffer, read, bytes, metadata, options);
      call.on("data", (message: Message) => messages.push(message));
      call.on("error", () => {}); // the status says it
      call.on("status", ({ code, details }: grpc.StatusObject) => resolve({ code, details, messages }));
    });
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
}
