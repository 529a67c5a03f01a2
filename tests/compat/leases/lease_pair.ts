import { Buffer } from "node:buffer";
import * as grpc from "@grpc/grpc-js";
import type { Answer } from "../grpc_caller.ts";
import { Pair } from "../pair.ts";
import { decode, encode, type Message, type Value } from "../wire.ts";
import type { KeepAlive, LeaseStep } from "./steps.ts";

const DEADLINE_MS = 30_000;

/** Makes the steps of a chapter on leases to etcd and to the candidate. */
export class LeasePair implements AsyncDisposable {
  readonly #clients: readonly grpc.Client[];

  private constructor(readonly pair: Pair) {
    this.#clients = [pair.etcd, pair.candidate].map(({ endpoint }) =>
      new grpc.Client(endpoint, grpc.credentials.createInsecure())
    );
  }

  static async start(flags: readonly string[] = []): Promise<LeasePair> {
    return new LeasePair(await Pair.start(flags));
  }

  /** Makes the same step to both. */
  async both(step: LeaseStep): Promise<[Answer, Answer]> {
    if (!("keepAlive" in step)) {
      const answers = await this.pair.both(step);
      answers.forEach((answer) => answer.messages.forEach((message) => level(message, step.request)));
      return answers;
    }
    const [etcd, candidate] = await Promise.all(this.#clients.map((client) => renew(client, step)));
    const { name, ended, log } = this.pair.candidate;
    if (ended) throw new Error(`${name} ended over a LeaseKeepAlive stream. Its log:\n${log.text()}`);
    return [etcd, candidate];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.pair[Symbol.asyncDispose]();
  }
}

/**
 * Makes equal what may differ: ids that the servers have chosen, the order of a lease's keys, which is that of a Go map in etcd, and what is
 * left of a lease that was granted just now, in case a second passes.
 */
function level(message: Message, request: Message | Uint8Array): void {
  const chosen = (id: Value | undefined) => typeof id === "string" && /^[1-9]\d{9,}$/.test(id);
  const mayChoose = request instanceof Uint8Array || request.ID === undefined;
  if (mayChoose && chosen(message.ID)) message.ID = "(chosen)";
  if (mayChoose && Array.isArray(message.leases)) {
    for (const lease of message.leases as Message[]) if (chosen(lease.ID)) lease.ID = "(chosen)";
  }
  if (Array.isArray(message.keys)) message.keys.sort();
  const goneSeconds = Number(message.grantedTTL) - Number(message.TTL);
  if (goneSeconds >= 1 && goneSeconds <= 20) message.TTL = "(begun)";
}

function renew(client: grpc.Client, { keepAlive }: KeepAlive): Promise<Answer> {
  const asBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  const read = (bytes: Buffer) => decode("etcdserverpb.LeaseKeepAliveResponse", bytes);
  const call = client.makeBidiStreamRequest("/etcdserverpb.Lease/LeaseKeepAlive", asBuffer, read, {
    deadline: Date.now() + DEADLINE_MS,
  });
  return new Promise((resolve) => {
    const messages: Message[] = [];
    call.on("data", (message: Message) => messages.push(message));
    call.on("error", () => {}); // the status says it
    call.on("status", ({ code, details }: grpc.StatusObject) => resolve({ code, details, messages }));
    for (const request of keepAlive) {
      call.write(request instanceof Uint8Array ? request : encode("etcdserverpb.LeaseKeepAliveRequest", request));
    }
    call.end();
  });
}
