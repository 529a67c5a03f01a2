import { assert } from "../base/mod.ts";
import type { Random } from "../ports/mod.ts";

const spanOf32Bits = 2 ** 32;

/** The host's random numbers, of cryptographic quality. */
export const systemRandom: Random = {
  below(bound: number): number {
    assert(Number.isInteger(bound) && bound >= 1 && bound <= spanOf32Bits, "a random number's bound is 1 to 2^32");
    const words = new Uint32Array(1);
    // Numbers of the last, incomplete span would make the small ones likelier.
    const fairEnd = spanOf32Bits - spanOf32Bits % bound;
    do crypto.getRandomValues(words); while (words[0] >= fairEnd);
    return words[0] % bound;
  },
  uint64(): bigint {
    return crypto.getRandomValues(new BigUint64Array(1))[0];
  },
};
