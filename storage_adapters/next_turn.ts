import { setImmediate } from "node:timers";

/** Resolves in a later turn of the event loop, after input that is already waiting has been handled. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Resolves after so many milliseconds. */
export function rest(restMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, restMs));
}
