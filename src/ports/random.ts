/** The only source of chance; the simulator hands in a seeded one. */
export interface Random {
  /** A whole number, uniformly from 0 to `bound - 1`; `bound` is at most 2^32. */
  below(bound: number): number;
  /** A uniform unsigned 64-bit number. */
  uint64(): bigint;
}
