import type { KeyText, LeaseBook } from "../mvcc/mod.ts";

/** The leases of a member that grants none: a request that names one is refused. */
export const noLeases: LeaseBook = {
  has: (_lease: bigint) => false,
  leaseOf: (_key: KeyText) => 0n,
  attach: (_lease: bigint, _key: KeyText) => {},
  detach: (_lease: bigint, _key: KeyText) => {},
};
