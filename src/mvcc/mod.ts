export { type CompactionPause, declareCompacted } from "./compaction.ts";
export type { KeySpaceCounts } from "./counts.ts";
export type { HashResult } from "./hash.ts";
export { RowHash } from "./row_hash.ts";
export { type HistoryCursor, readHistoryRow } from "./history.ts";
export { keyBytes, type KeyRange, keyRange, type KeyText, keyText } from "./key.ts";
export {
  decodeKeyValue,
  encodeKeyValue,
  type KeyValue,
  type KeyValueFields,
  readCreateRevision,
  readKey,
  readLease,
  readValue,
  readVersion,
} from "./key_value.ts";
export { KeySpace, type KeySpaceOptions } from "./keyspace.ts";
export { registerKeySpaceMetrics } from "./metrics.ts";
export { RecordList } from "./record_list.ts";
export { hasRevisionFilters, isDefaultOrder } from "./range.ts";
export { isReadOnly } from "./txn.ts";
export * from "./types.ts";
