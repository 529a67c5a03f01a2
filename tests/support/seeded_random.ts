import type { Random } from "../../src/ports/mod.ts";

/** Chance that repeats: the same seed gives the same numbers (splitmix64, Steele, Lea and Flood 2014). */
export function seededRandom(seed: number): Random {
  let state = BigInt(seed);
  const uint64 = (): bigint => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let mixed = state;
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    return mixed ^ (mixed >> 31n);
  };
  return { uint64, below: (bound) => Number(uint64() % BigInt(bound)) };
}
