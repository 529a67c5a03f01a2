import { assert } from "../src/base/mod.ts";

/** Refuses what cannot be a key of a numbered bucket: anything but a whole number from 0 to 2^53-1. */
export function assertNumberedKey(key: number): void {
  assert(Number.isSafeInteger(key) && key >= 0, `${key} is not a key of a numbered bucket`);
}
