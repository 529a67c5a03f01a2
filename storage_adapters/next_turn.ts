import { setImmediate } from "node:timers";

/** Resolves in a later turn of the event loop, after input that is already waiting has been handled. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
