import { Buffer } from "node:buffer";
import * as grpc from "@grpc/grpc-js";
import { decode, encode, type Message } from "../wire.ts";

const METHOD = "/etcdserverpb.Watch/Watch";
/** What must come comes within this time, or the wait has failed. */
const WAIT_MAX_MS = 20_000;
const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** How a stream ended. */
export interface StreamEnd {
  code: number;
  details: string;
}

interface Waiter {
  isMet: () => boolean;
  resolve: () => void;
}

/** One Watch stream: keeps every response, in order, and lets a test await one. */
export class WatchStream implements AsyncDisposable {
  readonly responses: Message[] = [];
  readonly #client: grpc.Client;
  readonly #call: grpc.ClientDuplexStream<Uint8Array, Message>;
  readonly #ended: Promise<void>;
  #end: StreamEnd | undefined;
  #waiters: Waiter[] = [];

  /** Opens a stream on a connection of its own to "host:port". */
  constructor(endpoint: string) {
    this.#client = new grpc.Client(endpoint, grpc.credentials.createInsecure(), {
      ...unlimited,
      "grpc.use_local_subchannel_pool": 1,
    });
    const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
    const read = (bytes: Buffer) => decode("etcdserverpb.WatchResponse", bytes);
    this.#call = this.#client.makeBidiStreamRequest(METHOD, asBuffer, read);
    this.#call.on("data", (response: Message) => {
      this.responses.push(response);
      this.#wake();
    });
    this.#call.on("error", () => {}); // the status says it
    this.#ended = new Promise((resolve) =>
      this.#call.on("status", ({ code, details }: grpc.StatusObject) => {
        this.#end = { code, details };
        this.#wake();
        resolve();
      })
    );
  }

  /** How the stream ended, when it has. */
  get end(): StreamEnd | undefined {
    return this.#end;
  }

  /** Sends a WatchRequest, or bytes that may be none. */
  send(request: Message | Uint8Array): void {
    this.#call.write(request instanceof Uint8Array ? request : encode("etcdserverpb.WatchRequest", request));
  }

  /** Says that no more requests follow. */
  halfClose(): void {
    this.#call.end();
  }

  /**
   * Waits until `isMet`, which is asked after each response and at the end of the stream.
   * @throws naming `what` when it does not come about within 20 s
   */
  async until(isMet: () => boolean, what: string): Promise<void> {
    if (!await this.untilOrTimeout(isMet, WAIT_MAX_MS)) {
      const last = this.responses.slice(-5).map((response) => `  ${JSON.stringify(response).slice(0, 400)}`);
      throw new Error(
        `waited in vain for ${what}; of ${this.responses.length} responses the last are\n${last.join("\n")}`,
      );
    }
  }

  /** As {@link until}; says whether it came about within `timeoutMs`. */
  async untilOrTimeout(isMet: () => boolean, timeoutMs: number): Promise<boolean> {
    if (isMet()) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter = { isMet, resolve: () => resolve(true) };
    this.#waiters.push(waiter);
    const timer = setTimeout(() => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      resolve(false);
    }, timeoutMs);
    const met = await promise;
    clearTimeout(timer);
    return met;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#end === undefined) this.#call.cancel();
    await this.#ended;
    this.#client.close();
  }

  #wake(): void {
    this.#waiters = this.#waiters.filter((waiter) => {
      const isMet = waiter.isMet();
      if (isMet) waiter.resolve();
      return !isMet;
    });
  }
}
