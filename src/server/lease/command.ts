import { assert, errors, unreachable } from "../../base/mod.ts";
import type { Lease } from "../../lease/mod.ts";
import { keyBytes, type RequestOp } from "../../mvcc/mod.ts";
import type { ReplicatedState } from "../command.ts";

/** What a log entry asks of the leases. `timeMs` is the proposer's lease clock. */
export type LeaseCommand =
  | { kind: "leaseGrant"; leaseGrant: LeaseGrantOp }
  | { kind: "leaseRevoke"; leaseRevoke: LeaseRevokeOp }
  | { kind: "leaseRenew"; leaseRenew: LeaseRenewOp }
  | { kind: "leaseExpire"; leaseExpire: LeaseExpireOp };

/** Grant a lease, of an id and a time to live that are settled. */
export interface LeaseGrantOp {
  timeMs: number;
  id: bigint;
  ttlSeconds: number;
}

/** End a lease with its keys. */
export interface LeaseRevokeOp {
  timeMs: number;
  id: bigint;
}

/** Store the clock, and that leases live their time from now on, with a lead of at least `leadMsMin`. */
export interface LeaseRenewOp {
  timeMs: number;
  leadMsMin: number;
  ids: readonly bigint[];
}

/** End leases whose time is over, with their keys. */
export interface LeaseExpireOp {
  timeMs: number;
  ids: readonly bigint[];
}

/** What came of a lease command. */
export interface LeaseCommandResult {
  /** The newest revision. */
  revision: number;
  /** The leases granted or ended. */
  leases: readonly Lease[];
}

/** Bytes of the clock's reading and of the number behind it, in front of the ids. */
const headBytes = 16;

/** A command's bytes for the log: the clock's reading, the command's number where it has one, then ids to the end. */
export function encodeLeaseCommand(command: LeaseCommand): Uint8Array {
  switch (command.kind) {
    case "leaseGrant": {
      const { timeMs, ttlSeconds, id } = command.leaseGrant;
      return encode(timeMs, ttlSeconds, [id]);
    }
    case "leaseRevoke":
      return encode(command.leaseRevoke.timeMs, 0, [command.leaseRevoke.id]);
    case "leaseRenew": {
      const { timeMs, leadMsMin, ids } = command.leaseRenew;
      return encode(timeMs, leadMsMin, ids);
    }
    case "leaseExpire":
      return encode(command.leaseExpire.timeMs, 0, command.leaseExpire.ids);
    default:
      return unreachable(command);
  }
}

function encode(timeMs: number, number: number, ids: readonly bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(headBytes + 8 * ids.length));
  view.setFloat64(0, timeMs);
  view.setFloat64(8, number);
  for (let i = 0; i < ids.length; i++) view.setBigInt64(headBytes + 8 * i, ids[i]);
  return new Uint8Array(view.buffer);
}

/** Reads what {@link encodeLeaseCommand} has written for a command of this kind. */
export function decodeLeaseCommand(kind: LeaseCommand["kind"], bytes: Uint8Array): LeaseCommand {
  assert(bytes.length >= headBytes && bytes.length % 8 === 0, `a lease command has ${bytes.length} bytes in the log`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const timeMs = view.getFloat64(0);
  const number = view.getFloat64(8);
  const ids: bigint[] = [];
  for (let at = headBytes; at < bytes.length; at += 8) ids.push(view.getBigInt64(at));
  switch (kind) {
    case "leaseGrant":
      return { kind, leaseGrant: { timeMs, ttlSeconds: number, id: ids[0] } };
    case "leaseRevoke":
      return { kind, leaseRevoke: { timeMs, id: ids[0] } };
    case "leaseRenew":
      return { kind, leaseRenew: { timeMs, leadMsMin: number, ids } };
    case "leaseExpire":
      return { kind, leaseExpire: { timeMs, ids } };
    default:
      return unreachable(kind);
  }
}

/** Executes a lease command. Throws leaseExist and leaseNotFound. */
export function executeLease(state: ReplicatedState, command: LeaseCommand): LeaseCommandResult {
  const { lessor, keyspace } = state;
  switch (command.kind) {
    case "leaseGrant": {
      const lease = lessor.applyGrant(command.leaseGrant);
      return { revision: keyspace.revision, leases: [lease] };
    }
    case "leaseRevoke": {
      const { timeMs, id } = command.leaseRevoke;
      lessor.clock.observe(timeMs);
      const lease = lessor.get(id);
      if (lease === undefined) throw errors.leaseNotFound();
      endLease(state, lease);
      return { revision: keyspace.revision, leases: [lease] };
    }
    case "leaseRenew":
      lessor.applyRenew(command.leaseRenew);
      return { revision: keyspace.revision, leases: [] };
    case "leaseExpire": {
      const { timeMs, ids } = command.leaseExpire;
      lessor.clock.observe(timeMs);
      const leases: Lease[] = [];
      for (const id of ids) {
        const lease = lessor.endedAt(id, timeMs);
        if (lease === undefined) continue;
        endLease(state, lease);
        leases.push(lease);
      }
      return { revision: keyspace.revision, leases };
    }
    default:
      return unreachable(command);
  }
}

/** Deletes a lease's keys, in their order and in one revision, and then the lease. */
function endLease({ keyspace, lessor }: ReplicatedState, lease: Lease): void {
  if (lease.keyCount > 0) {
    const success = lessor.keysOf(lease).map((key): RequestOp => ({
      kind: "deleteRange",
      deleteRange: { key: keyBytes(key) },
    }));
    keyspace.txn({ compare: [], success, failure: [] });
  }
  lessor.remove(lease);
}
