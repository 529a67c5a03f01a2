import type { mvccpb, v3electionpb } from "../../../proto/gen/mod.ts";
import { equalBytes } from "../../base/mod.ts";
import type { ServerStreamingCall } from "../../grpc/mod.ts";
import type { KeyPrefix } from "./key_prefix.ts";
import { type LocalClient, unlessCompacted, type Waiting } from "./local_client.ts";

const putType = 0;

type ObserveCall = ServerStreamingCall<v3electionpb.LeaderRequest, v3electionpb.LeaderResponse>;

/** Tells an observer the leaders of an election, and each value that they proclaim, no faster than it reads. */
export class LeaderObserver {
  readonly #client: LocalClient;
  readonly #prefix: KeyPrefix;
  readonly #call: ObserveCall;
  readonly #waiting: Waiting;
  /** What was told last. It is not told again where its watch has to begin anew because history was lost. */
  #told: mvccpb.KeyValue | undefined;
  #isFull = false;
  #onDrain: (() => void) | undefined;

  constructor(client: LocalClient, prefix: KeyPrefix, call: ObserveCall) {
    this.#client = client;
    this.#prefix = prefix;
    this.#call = call;
    // A stream may also be cut off by the server.
    this.#waiting = {
      get isCancelled() {
        return call.isEnded;
      },
      onCancel: (callback) => {
        call.onEnd = callback;
        if (call.isEnded) callback();
      },
    };
    call.onDrain = () => {
      this.#isFull = false;
      this.#onDrain?.();
    };
  }

  /**
   * Tells the leader, every value that it proclaims and then the next leader, until the call has ended. Leaders that come and go before their predecessor was told to be gone
   * may be left out, as may be what was compacted; who leads at last is always told.
   * @throws EtcdError `canceled`, `stopped`, and what a range throws
   */
  async run(): Promise<never> {
    for (;;) {
      const leader = await this.#leader();
      if (leader === undefined) continue;
      if (!this.#isTold(leader.kv)) this.#tell(leader.kv, leader.revision);
      await this.#follow(leader.kv.key, leader.revision);
    }
  }

  /** The leader, and the revision up to which it is known; waits until there is one. Undefined where history was lost meanwhile. */
  async #leader(): Promise<{ kv: mvccpb.KeyValue; revision: number } | undefined> {
    const { revision, kvs } = await this.#client.range(this.#prefix.oldest());
    if (kvs.length > 0) return { kv: kvs[0], revision };
    const { bytes, end } = this.#prefix;
    let first: mvccpb.KeyValue | undefined;
    await unlessCompacted(this.#client.watch(
      { key: bytes, rangeEnd: end, startRevision: revision + 1, prevKv: false, noPut: false, noDelete: true },
      {
        call: this.#waiting,
        visit: ({ kv }) => {
          first = kv;
          return true;
        },
      },
    ));
    return first === undefined ? undefined : { kv: first, revision: first.modRevision };
  }

  /** Tells what becomes of the leader's key after `revision`, until it is deleted or history is lost. */
  async #follow(key: Uint8Array, revision: number): Promise<void> {
    let isDeleted = false;
    while (!isDeleted) {
      await this.#drained();
      const isWhole = await unlessCompacted(this.#client.watch(
        { key, startRevision: revision + 1, prevKv: false, noPut: false, noDelete: false },
        {
          call: this.#waiting,
          visit: ({ type, kv }) => {
            isDeleted = type !== putType;
            if (isDeleted) return true;
            revision = kv!.modRevision;
            this.#tell(kv!, revision);
            return this.#isFull;
          },
        },
      ));
      if (!isWhole) return;
    }
  }

  #isTold(kv: mvccpb.KeyValue): boolean {
    const told = this.#told;
    return told !== undefined && told.modRevision === kv.modRevision && equalBytes(told.key, kv.key);
  }

  #tell(kv: mvccpb.KeyValue, revision: number): void {
    this.#told = kv;
    if (!this.#call.write({ header: this.#client.header(revision), kv })) this.#isFull = true;
  }

  /** Resolves when the client has read what it was sent, as far as need be. */
  async #drained(): Promise<void> {
    if (!this.#isFull) return;
    await this.#client.wait(this.#waiting, ({ resolve }) => {
      this.#onDrain = resolve;
      return () => this.#onDrain = undefined;
    });
  }
}
