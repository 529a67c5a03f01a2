import * as grpc from "@grpc/grpc-js";
import { type etcdserverpb, services } from "../../proto/gen/mod.ts";

const unlimited = { "grpc.max_receive_message_length": -1, "grpc.use_local_subchannel_pool": 1 };

/** A connection to "host:port" of its own. */
export function connect(endpoint: string): grpc.Client {
  return new grpc.Client(endpoint, grpc.credentials.createInsecure(), unlimited);
}

/** A Watch stream that keeps nothing of its events but the revisions, by watch. */
export class OrderClient {
  /** The revisions of the events of each watch, in the order of arrival. */
  readonly revisions = new Map<bigint, number[]>();
  /** The compact revision of each watch that was canceled. */
  readonly canceled = new Map<bigint, number>();
  /** How it ended, when it has; undefined after {@link close}. */
  failure: string | undefined;
  readonly #call: grpc.ClientDuplexStream<unknown, etcdserverpb.WatchResponse>;
  readonly #ended: Promise<void>;
  #isClosed = false;
  #waiting: { isMet: () => boolean; resolve: () => void } | undefined;

  constructor(client: grpc.Client) {
    const { path, requestSerialize, responseDeserialize } = services.Watch.Watch;
    this.#call = client.makeBidiStreamRequest(
      path,
      requestSerialize as (request: unknown) => ReturnType<typeof requestSerialize>,
      responseDeserialize,
    );
    this.#call.on("data", (response: etcdserverpb.WatchResponse) => {
      const { watchId: id, created, canceled, compactRevision } = response;
      if (created) this.revisions.set(id, []);
      if (canceled) this.canceled.set(id, compactRevision);
      for (const { kv } of response.events) this.revisions.get(id)!.push(kv!.modRevision);
      this.#wake();
    });
    this.#call.on("error", () => {}); // the status says it
    this.#ended = new Promise((resolve) =>
      this.#call.on("status", ({ code, details }: grpc.StatusObject) => {
        if (!this.#isClosed) this.failure = `the stream ended with status ${code}: ${details}`;
        this.#wake();
        resolve();
      })
    );
  }

  /** Asks for a watch on a key or range from now on. */
  create(id: bigint, key: Uint8Array, rangeEnd?: Uint8Array): void {
    this.#call.write({ createRequest: { key, rangeEnd, watchId: id } });
  }

  pause(): void {
    this.#call.pause();
  }

  resume(): void {
    this.#call.resume();
  }

  /**
   * Waits until `isMet`, which is asked after each response.
   * @throws when the stream ends before
   */
  async until(isMet: () => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting = { isMet: () => isMet() || this.failure !== undefined, resolve };
    this.#wake();
    await promise;
    if (!isMet()) throw new Error(this.failure);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#call.cancel();
    this.#call.resume(); // else its end would never be told
    await this.#ended;
  }

  #wake(): void {
    if (this.#waiting?.isMet() !== true) return;
    this.#waiting.resolve();
    this.#waiting = undefined;
  }
}
