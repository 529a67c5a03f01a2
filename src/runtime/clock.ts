import { setImmediate } from "node:timers";
import type { Clock, Timer } from "../ports/mod.ts";
import { InputTurns } from "./input_turns.ts";

/** Host timers overflow above this; a longer delay is cut to it. */
const delayMaxMs = 0x7fffffff;

/** The host's clock. Its turns after input are timers of 2 ms; {@link HostClock} has quicker ones. */
export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  after(delayMs: number, callback: () => void): Timer {
    const timer = setTimeout(callback, Math.min(Math.ceil(delayMs), delayMaxMs));
    return { cancel: () => clearTimeout(timer) };
  },
  nextTurn(callback: () => void): void {
    setImmediate(callback);
  },
  afterInput(callback: () => void): void {
    setTimeout(callback, 0);
  },
};

/** The host's clock with quick turns after input: the only source of time in a running member. */
export class HostClock implements Clock {
  readonly #turns: InputTurns | undefined;

  /** A host without 127.0.0.1 gets the turns of {@link systemClock}. */
  static async open(): Promise<HostClock> {
    return new HostClock(await InputTurns.open().catch(() => undefined));
  }

  private constructor(turns: InputTurns | undefined) {
    this.#turns = turns;
  }

  monotonicMs(): number {
    return performance.now();
  }

  wallMs(): number {
    return Date.now();
  }

  after(delayMs: number, callback: () => void): Timer {
    return systemClock.after(delayMs, callback);
  }

  nextTurn(callback: () => void): void {
    setImmediate(callback);
  }

  afterInput(callback: () => void): void {
    if (this.#turns === undefined) systemClock.afterInput(callback);
    else this.#turns.next(callback);
  }

  /** Frees what the turns need; they go on, slower. */
  close(): void {
    this.#turns?.close();
  }
}
