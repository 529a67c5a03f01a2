import type { EtcdError } from "../../base/mod.ts";
import type { BidiCall } from "../../grpc/mod.ts";
import type { KeySpace } from "../../mvcc/mod.ts";
import type { LeaseKeeper, RenewalWaiter } from "../../server/mod.ts";
import type { LeaseResponseEncoder } from "./encode.ts";

/** Renewals of one stream that may wait at a time; then it takes no more requests until half of them are answered. */
const waitingMax = 1024;

/** What is asked of the stream's call. */
type KeepAliveCall = Pick<BidiCall<unknown, unknown>, "writeBytes" | "onDrain" | "pause" | "resume" | "end" | "fail">;

/** What a {@link KeepAliveStream} works with. */
export interface KeepAliveParts {
  leases: Pick<LeaseKeeper, "renewNow" | "renewLater">;
  keyspace: Pick<KeySpace, "revision">;
  encoder: LeaseResponseEncoder;
}

/**
 * One LeaseKeepAlive stream. It answers in the order of its requests, as etcd does, though some must wait for a write: what comes behind a
 * waiting one waits too, but is on its way already.
 */
export class KeepAliveStream {
  readonly #call: KeepAliveCall;
  readonly #parts: KeepAliveParts;
  #waiting: WaitingRenewal[] = [];
  /** Whether the client takes answers slower than they come. */
  #isBlocked = false;
  #isPaused = false;
  #isFinishing = false;

  constructor(call: KeepAliveCall, parts: KeepAliveParts) {
    this.#call = call;
    this.#parts = parts;
    call.onDrain = () => {
      this.#isBlocked = false;
      this.#regulate();
    };
  }

  /** A request. */
  receive(id: bigint): void {
    const { leases, keyspace } = this.#parts;
    // etcd takes the revision before it renews, so that no client sees a renewal at a revision at which the lease was gone.
    const { revision } = keyspace;
    if (this.#waiting.length === 0) {
      const ttlSeconds = leases.renewNow(id);
      if (ttlSeconds >= 0) return this.#answer(id, ttlSeconds, revision);
    }
    const renewal = new WaitingRenewal(this, id, revision);
    this.#waiting.push(renewal);
    this.#regulate();
    leases.renewLater(id, renewal);
  }

  /** There are no more requests. */
  finish(): void {
    this.#isFinishing = true;
    this.flush();
  }

  /** Answers those in front whose outcomes are known. */
  flush(): void {
    let answered = 0;
    for (const renewal of this.#waiting) {
      if (renewal.ttlSeconds < 0) break;
      answered++;
      this.#answer(renewal.id, renewal.ttlSeconds, renewal.revision);
    }
    if (answered > 0) this.#waiting.splice(0, answered);
    if (this.#waiting.length > 0) return this.#regulate();
    if (this.#isFinishing) this.#call.end();
    else this.#regulate();
  }

  /** A renewal has failed, and the stream with it. */
  fail(error: EtcdError): void {
    this.#call.fail(error);
  }

  #answer(id: bigint, ttlSeconds: number, revision: number): void {
    const { encoder } = this.#parts;
    if (this.#call.writeBytes(encoder.keepAlive(id, { ttlSeconds, revision })) || this.#isBlocked) return;
    this.#isBlocked = true;
    this.#regulate();
  }

  /** Holds the client back while too many wait, or answers do. */
  #regulate(): void {
    const isFull = this.#waiting.length >= (this.#isPaused ? waitingMax / 2 : waitingMax);
    const isPaused = this.#isBlocked || isFull;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#call.pause();
    else this.#call.resume();
  }
}

/** A renewal that waits, for its outcome or for those before it. */
class WaitingRenewal implements RenewalWaiter {
  /** Negative until the outcome is known. */
  ttlSeconds = -1;
  constructor(readonly stream: KeepAliveStream, readonly id: bigint, readonly revision: number) {}

  renewed(ttlSeconds: number): void {
    this.ttlSeconds = ttlSeconds;
    this.stream.flush();
  }

  failed(error: EtcdError): void {
    this.stream.fail(error);
  }
}
