import { type KeySpace, readCreateRevision, readKey } from "../mvcc/mod.ts";
import type { Change } from "./event.ts";

/** What a change knows of the value before in place of its sequence number: look it up. */
export const unknownSequence = -1;

/**
 * The encoded KeyValue that a key had before the revision of `change`; undefined when it had none, when it is gone by compaction, or when the change
 * creates the key: then etcd does not look, though the same transaction may have deleted it.
 */
export function previousOf(keyspace: KeySpace, change: Change): Uint8Array | undefined {
  const { previousSequence, isTombstone, kv, revision } = change;
  if (previousSequence === 0) return undefined;
  if (previousSequence !== unknownSequence) return keyspace.recordAt(previousSequence);
  if (!isTombstone && readCreateRevision(kv) === revision) return undefined;
  return keyspace.keyValueAt(readKey(kv), revision - 1);
}
