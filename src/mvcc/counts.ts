/** What a keyspace has done since it was opened. Plain fields: the hottest paths count here. */
export class KeySpaceCounts {
  /** Ranges read: of Range requests and streams, within transactions, and by their compares, as etcd counts them. */
  ranges = 0;
  /** Keys put. */
  puts = 0;
  /** Bytes of the keys and values put. */
  putBytes = 0;
  /** Delete operations, however many keys each has deleted. */
  deletes = 0;
  /** Transactions that have carried out more than one operation. */
  txns = 0;
  /** Revisions of keys that compaction has removed. */
  compactedRevisions = 0;
}
