import type { Clock } from "../ports/mod.ts";
import type { UnaryServerCall } from "./unary_call.ts";

/** A unary call that took long. */
export interface SlowCall {
  path: string;
  peer: string;
  /** What the handler has put there to say what the call was about. */
  subject: unknown;
  requestBytes: number;
  responseBytes: number;
  tookMs: number;
}

/** What is watched for. */
export interface SlowCallOptions {
  /** Unary calls that take longer are reported. */
  afterMs: number;
  report(call: SlowCall): void;
}

/** Calls that wait for the next look. */
const endedMax = 64;

/**
 * Finds unary calls that took long, from the arrival of their headers to their answer. The clock is not read for each call, but
 * once for all that end in a turn, or for 64 of them.
 */
export class SlowCalls {
  readonly #clock: Clock;
  readonly #options: SlowCallOptions;
  #ended: UnaryServerCall[] = [];
  readonly #look = () => this.#lookNow();

  constructor(clock: Clock, options: SlowCallOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** A call has ended. */
  ended(call: UnaryServerCall): void {
    const count = this.#ended.push(call);
    if (count === 1) Promise.resolve().then(this.#look);
    else if (count === endedMax) this.#lookNow();
  }

  #lookNow(): void {
    const ended = this.#ended;
    if (ended.length === 0) return;
    this.#ended = [];
    const nowMs = this.#clock.monotonicMs();
    for (const call of ended) {
      const { path, peer, subject, requestLength, responseLength } = call;
      // A call outlives its answer for a while: it must not keep its command alive.
      call.subject = undefined;
      const tookMs = nowMs - call.arrivalMs;
      if (tookMs <= this.#options.afterMs) continue;
      this.#options.report({
        path,
        peer,
        subject,
        requestBytes: requestLength,
        responseBytes: responseLength,
        tookMs,
      });
    }
  }
}
