import { assert, float64Bytes, readFloat64, uint64Bytes } from "../base/mod.ts";
import { type StorageAdapter, visitNamed, type WriteBatch } from "../ports/mod.ts";
import { Lease } from "./lease.ts";

const clockKey = new TextEncoder().encode("lease/clock");
/** Rows that are read in one step. */
const rowsPerStep = 2048;
const rowBytes = 24;

/** The lease clock's reading in storage; 0 when there is none. */
export function readClock(storage: StorageAdapter): number {
  const bytes = storage.getNamed("meta", clockKey);
  return bytes === undefined ? 0 : readFloat64(bytes);
}

/** Stores the lease clock's reading. */
export function putClock(batch: WriteBatch, timeMs: number): void {
  batch.putNamed("meta", clockKey, float64Bytes(timeMs));
}

/** All leases in storage, in steps of a few milliseconds. */
export function readLeases(storage: StorageAdapter, take: (lease: Lease) => void): Generator<undefined, void> {
  return visitNamed(storage, "lease", {
    pageRows: rowsPerStep,
    visit: ({ key, value }) => {
      assert(value.length === rowBytes, `a lease has ${value.length} bytes in storage`);
      const view = new DataView(value.buffer, value.byteOffset, rowBytes);
      const lease = new Lease(new DataView(key.buffer, key.byteOffset, 8).getBigInt64(0), {
        ttlSeconds: view.getFloat64(0),
        renewedMs: view.getFloat64(8),
        storedExpiryMs: view.getFloat64(16),
      });
      lease.isStored = true;
      take(lease);
    },
  });
}

/** Stores a lease. */
export function putLease(batch: WriteBatch, lease: Lease): void {
  const value = new Uint8Array(rowBytes);
  const view = new DataView(value.buffer);
  view.setFloat64(0, lease.ttlSeconds);
  view.setFloat64(8, lease.renewedMs);
  view.setFloat64(16, lease.storedExpiryMs);
  batch.putNamed("lease", uint64Bytes(lease.id), value);
}

/** Removes a lease from storage. */
export function deleteLease(batch: WriteBatch, lease: Lease): void {
  batch.deleteNamed("lease", uint64Bytes(lease.id));
}
