import { Buffer } from "node:buffer";
import * as grpc from "@grpc/grpc-js";
import type { Answer } from "../grpc_caller.ts";
import { decode, encode, type Message, methodTypes, type Value } from "../wire.ts";
import { RunningCall } from "./running_call.ts";

const DEADLINE_MS = 30_000;
/** Ids that tests choose are smaller, ids that servers choose never are. */
const chosenIdMin = 2n ** 32n;

/** One entry of what a server answered. */
export interface Line {
  what: string;
  answer: Answer;
}

const names = {
  Lock: "v3lockpb.Lock/Lock",
  Unlock: "v3lockpb.Lock/Unlock",
  Campaign: "v3electionpb.Election/Campaign",
  Proclaim: "v3electionpb.Election/Proclaim",
  Leader: "v3electionpb.Election/Leader",
  Observe: "v3electionpb.Election/Observe",
  Resign: "v3electionpb.Election/Resign",
  Range: "etcdserverpb.KV/Range",
  Put: "etcdserverpb.KV/Put",
  DeleteRange: "etcdserverpb.KV/DeleteRange",
  Txn: "etcdserverpb.KV/Txn",
  Compact: "etcdserverpb.KV/Compact",
  LeaseGrant: "etcdserverpb.Lease/LeaseGrant",
  LeaseRevoke: "etcdserverpb.Lease/LeaseRevoke",
  LeaseLeases: "etcdserverpb.Lease/LeaseLeases",
  LeaseTimeToLive: "etcdserverpb.Lease/LeaseTimeToLive",
} as const;

/** The rpcs of a contest. */
export type Rpc = keyof typeof names;

/** A contest for locks or leadership on one server: everything that the server answers is written down. */
export class Contest implements AsyncDisposable {
  readonly lines: Line[] = [];
  readonly #client: grpc.Client;
  readonly #running = new Set<RunningCall>();
  /** Ids that the server has chosen, in order of appearance. */
  readonly #leases: bigint[] = [];

  constructor(readonly endpoint: string) {
    this.#client = new grpc.Client(endpoint, grpc.credentials.createInsecure());
  }

  /** Makes a call and waits for its answer. */
  async call(rpc: Rpc, request: Message): Promise<Answer> {
    return await this.answerOf(rpc, this.begin(rpc, request));
  }

  /** Makes a call that is waited for later, or given up. */
  begin(rpc: Rpc, request: Message, options: { deadlineMs?: number } = {}): RunningCall {
    const call = RunningCall.begin(this.#client, { method: names[rpc], request, ...options });
    this.#running.add(call);
    return call;
  }

  /** Waits for the answer to a call. */
  async answerOf(what: string, call: RunningCall): Promise<Answer> {
    const answer = await call.answer;
    this.#running.delete(call);
    const messages = answer.messages.map((message) => this.#numbered(message) as Message);
    this.lines.push({ what, answer: { ...answer, messages } });
    return answer;
  }

  /** Waits for the next message of a stream. */
  async next(what: string, call: RunningCall): Promise<Message> {
    const message = await call.next();
    this.lines.push({ what, answer: { code: 0, details: "", messages: [this.#numbered(message) as Message] } });
    return message;
  }

  /** Writes down what something else than a call has said of a key. */
  note(what: string, key: string): void {
    this.lines.push({ what, answer: { code: 0, details: this.#numbered(key, "key") as string, messages: [] } });
  }

  /** Gives a call up. */
  async cancel(call: RunningCall): Promise<void> {
    await call.cancel();
    this.#running.delete(call);
  }

  /** Grants leases with chosen ids. */
  async grant(...ids: bigint[]): Promise<void> {
    for (const ID of ids) await this.call("LeaseGrant", { ID, TTL: 600n });
  }

  /** Waits until keys below a name have been put, or deleted, so many times since the store is new. */
  async until(times: number, event: "puts" | "deletions", name: string): Promise<void> {
    const { request, response } = methodTypes("etcdserverpb.Watch/Watch");
    const watch = this.#client.makeBidiStreamRequest(
      "/etcdserverpb.Watch/Watch",
      (message: Message) => Buffer.from(encode(request, message)),
      (received: Buffer) => decode(response, received),
      { deadline: Date.now() + DEADLINE_MS },
    );
    watch.write({
      create_request: {
        key: `${name}/`,
        range_end: `${name}0`,
        start_revision: 1n,
        filters: [event === "puts" ? 1n : 0n],
      },
    });
    let seen = 0;
    await new Promise<void>((resolve, reject) => {
      watch.on("data", ({ events }: Message) => {
        seen += (events as Message[] | undefined)?.length ?? 0;
        if (seen >= times) resolve();
      });
      watch.on("error", reject);
    });
    const ended = new Promise((resolve) => watch.on("status", resolve));
    watch.removeAllListeners("error").on("error", () => {}); // it is cancelled here
    watch.cancel();
    await ended;
  }

  /** Everything below a name. */
  async keys(name: string): Promise<void> {
    await this.call("Range", { key: `${name}/`, range_end: `${name}0`, sort_target: 2n, sort_order: 1n });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const call of this.#running) await call.cancel();
    this.#client.close();
  }

  /** A copy in which ids that the server has chosen, and the ends of keys that are made of them, are numbered. */
  #numbered(value: Value | undefined, name = ""): Value | undefined {
    if (Array.isArray(value)) return value.map((item) => this.#numbered(item, name)!);
    if (typeof value === "object" && !(value instanceof Uint8Array)) {
      return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, this.#numbered(field, name)]));
    }
    if (typeof value !== "string") return value;
    if ((name === "lease" || name === "ID") && BigInt(value) >= chosenIdMin) return this.#number(BigInt(value));
    if (name === "key") return value.replace(/(?<=\/)[0-9a-f]{9,16}$/, (id) => this.#number(BigInt(`0x${id}`)));
    return value;
  }

  #number(id: bigint): string {
    if (!this.#leases.includes(id)) this.#leases.push(id);
    return `(lease ${this.#leases.indexOf(id)})`;
  }
}
