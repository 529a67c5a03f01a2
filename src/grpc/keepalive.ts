/** How a server finds out that a connection is dead; etcd's `--grpc-keepalive-interval` and `-timeout`. */
export interface KeepaliveOptions {
  /** A connection that has been silent for so long is sent a PING. */
  intervalMs: number;
  /** It is closed when it stays silent for so long after that. */
  timeoutMs: number;
}

/** What a session is to do about a silent connection. */
export type KeepaliveAction = "none" | "ping" | "close";

/** Watches for one connection whether its peer is still there. Any byte received counts as a sign of life. */
export class Keepalive {
  readonly #options: KeepaliveOptions;
  #lastReceivedMs: number;
  /** When the PING was sent that has brought no sign of life yet. */
  #pingSentMs: number | undefined;

  constructor(options: KeepaliveOptions, nowMs: number) {
    this.#options = options;
    this.#lastReceivedMs = nowMs;
  }

  /** Bytes have come in. */
  received(nowMs: number): void {
    this.#lastReceivedMs = nowMs;
    this.#pingSentMs = undefined;
  }

  /** What is due at `nowMs`. After "ping" the caller sends one. */
  due(nowMs: number): KeepaliveAction {
    if (this.#pingSentMs !== undefined) {
      return nowMs - this.#pingSentMs >= this.#options.timeoutMs ? "close" : "none";
    }
    if (nowMs - this.#lastReceivedMs < this.#options.intervalMs) return "none";
    this.#pingSentMs = nowMs;
    return "ping";
  }
}

/** A client that pings more often than this allows is told to calm down; etcd's `--grpc-keepalive-min-time`. */
export interface PingPolicyOptions {
  /** Between two PINGs of a client that has calls. */
  minTimeMs: number;
}

/** So many PINGs that come too early are forgiven. */
const strikesMax = 2;

/** Between two PINGs of a client without calls: keepalive is not meant to run then. */
const idleMinTimeMs = 2 * 60 * 60 * 1000;

/**
 * Counts PINGs that come too early, as grpc-go's enforcement policy does without PermitWithoutStream: headers or data sent to
 * the client forgive all strikes, because a client may ping after each answer to measure its bandwidth.
 */
export class PingPolicy {
  readonly #minTimeMs: number;
  #lastPingMs = -Infinity;
  #strikes = 0;
  #isForgiven = false;

  constructor(options: PingPolicyOptions) {
    this.#minTimeMs = options.minTimeMs;
  }

  /** Headers or data are on their way to the client. */
  sent(): void {
    this.#isForgiven = true;
  }

  /** A PING has come. True when it is one too many: close the connection with ENHANCE_YOUR_CALM. */
  isTooMany(nowMs: number, hasCalls: boolean): boolean {
    const sinceLastMs = nowMs - this.#lastPingMs;
    this.#lastPingMs = nowMs;
    if (this.#isForgiven) {
      this.#isForgiven = false;
      this.#strikes = 0;
      return false;
    }
    if (sinceLastMs < (hasCalls ? this.#minTimeMs : idleMinTimeMs)) this.#strikes++;
    return this.#strikes > strikesMax;
  }
}
