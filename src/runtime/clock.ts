import { setImmediate } from "node:timers";
import type { Clock, Timer } from "../ports/mod.ts";

/** Host timers overflow above this; a longer delay is cut to it. */
const delayMaxMs = 0x7fffffff;

/** The host's clock: the only source of time in a running member. */
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
};
