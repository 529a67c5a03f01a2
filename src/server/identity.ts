import { WriteBatch } from "../ports/mod.ts";
import type { StorageAdapter } from "../ports/mod.ts";

/** Who a member is. Ids are unsigned 64-bit numbers. */
export interface MemberIdentity {
  clusterId: bigint;
  memberId: bigint;
}

const identityKey = new TextEncoder().encode("server/identity");

/** The identity that storage was given at its first start; undefined when it is new. */
export function readIdentity(storage: StorageAdapter): MemberIdentity | undefined {
  const bytes = storage.getNamed("meta", identityKey);
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { clusterId: view.getBigUint64(0), memberId: view.getBigUint64(8) };
}

/** Gives new storage its identity, durably. */
export async function writeIdentity(storage: StorageAdapter, identity: MemberIdentity): Promise<void> {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, identity.clusterId);
  view.setBigUint64(8, identity.memberId);
  const batch = new WriteBatch();
  batch.putNamed("meta", identityKey, bytes);
  storage.apply(batch);
  await storage.sync();
}
