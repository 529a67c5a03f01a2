import type { Registry } from "../base/mod.ts";
import type { StorageAdapter } from "../ports/mod.ts";
import type { KeySpace } from "./keyspace.ts";

/** Registers the metrics of a keyspace and of its storage's size, under etcd's names (its `storage/mvcc`). */
export function registerKeySpaceMetrics(
  registry: Registry,
  { keyspace, storage }: { keyspace: KeySpace; storage: StorageAdapter },
): void {
  const ranges = registry.counter("etcd_mvcc_range_total", { help: "Total number of ranges seen by this member." });
  const puts = registry.counter("etcd_mvcc_put_total", { help: "Total number of puts seen by this member." });
  const deletes = registry.counter("etcd_mvcc_delete_total", { help: "Total number of deletes seen by this member." });
  const txns = registry.counter("etcd_mvcc_txn_total", { help: "Total number of txns seen by this member." });
  const putBytes = registry.gauge("etcd_debugging_mvcc_total_put_size_in_bytes", {
    help: "The total size of put kv pairs seen by this member.",
  });
  const compacted = registry.counter("etcd_debugging_mvcc_db_compaction_keys_total", {
    help: "Total number of db keys compacted.",
  });
  const revision = registry.gauge("etcd_debugging_mvcc_current_revision", { help: "The current revision of store." });
  const compactRevision = registry.gauge("etcd_debugging_mvcc_compact_revision", {
    help: "The revision of the last compaction in store.",
  });
  const keys = registry.gauge("etcd_debugging_mvcc_keys_total", { help: "Total number of keys." });
  const openReads = registry.gauge("etcd_mvcc_db_open_read_transactions", {
    help: "The number of currently open read transactions",
  });
  const totalBytes = registry.gauge("etcd_mvcc_db_total_size_in_bytes", {
    help: "Total size of the underlying database physically allocated in bytes.",
  });
  const inUseBytes = registry.gauge("etcd_mvcc_db_total_size_in_use_in_bytes", {
    help: "Total size of the underlying database logically in use in bytes.",
  });
  registry.onCollect(() => {
    const { counts } = keyspace;
    ranges.value = counts.ranges;
    puts.value = counts.puts;
    deletes.value = counts.deletes;
    txns.value = counts.txns;
    putBytes.set(counts.putBytes);
    compacted.value = counts.compactedRevisions;
    revision.set(keyspace.revision);
    compactRevision.set(keyspace.compactRevision);
    keys.set(keyspace.liveKeys);
    openReads.set(keyspace.openReads);
    const size = storage.size();
    totalBytes.set(size.totalBytes);
    inUseBytes.set(size.inUseBytes);
  });
}
