import { Buffer } from "node:buffer";
import type * as grpc from "@grpc/grpc-js";
import type { Answer } from "../grpc_caller.ts";
import { decode, encode, type Message, methodTypes } from "../wire.ts";

const DEADLINE_MS = 30_000;

/** A call that may wait for long, and be given up. */
export class RunningCall {
  /** What the call came to, whoever ended it. */
  readonly answer: Promise<Answer>;
  readonly #call: grpc.ClientReadableStream<Message>;
  readonly #messages: Message[] = [];
  #arrived: (() => void) | undefined;
  #taken = 0;
  #isOver = false;

  private constructor(call: grpc.ClientReadableStream<Message>) {
    this.#call = call;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.answer = promise;
    call.on("data", (message: Message) => {
      this.#messages.push(message);
      this.#arrived?.();
    });
    call.on("error", () => {}); // the status says it
    call.on("status", ({ code, details }: grpc.StatusObject) => {
      this.#isOver = true;
      this.#arrived?.();
      resolve({ code, details, messages: this.#messages });
    });
  }

  /** Makes a call of one request, with an answer or a stream of them. */
  static begin(client: grpc.Client, { method, request, deadlineMs = DEADLINE_MS }: {
    method: string;
    request: Message;
    deadlineMs?: number;
  }): RunningCall {
    const types = methodTypes(method);
    return new RunningCall(client.makeServerStreamRequest(
      `/${method}`,
      (message: Message) => Buffer.from(encode(types.request, message)),
      (received: Buffer) => decode(types.response, received),
      request,
      { deadline: Date.now() + deadlineMs },
    ));
  }

  /** The next message that has not been asked for yet; throws when the call ends without one. */
  async next(): Promise<Message> {
    while (this.#taken === this.#messages.length) {
      if (this.#isOver) {
        const { code, details } = await this.answer;
        throw new Error(`The call ended with ${code} "${details}" after ${this.#taken} messages`);
      }
      await new Promise<void>((resolve) => this.#arrived = resolve);
    }
    return this.#messages[this.#taken++];
  }

  /** Reads no more from the network, as far as the client's own buffers allow. */
  pause(): void {
    this.#call.pause();
  }

  /** Reads on. */
  resume(): void {
    this.#call.resume();
  }

  /** Gives the call up, and waits until that is so. */
  async cancel(): Promise<void> {
    this.#call.cancel();
    await this.answer;
  }
}
