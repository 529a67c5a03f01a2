import { errors } from "../../../src/base/mod.ts";
import { encodeKeyValue } from "../../../src/mvcc/mod.ts";
import { RowHash } from "../../../src/mvcc/row_hash.ts";
import type { NaiveEvent, NaiveKeySpace } from "./naive_keyspace.ts";

/** What KeySpace.hashSlices() should answer, worked out from the list of all events. */
export function naiveHash(naive: NaiveKeySpace, asked: number) {
  if (asked > 0 && asked < naive.compactRevision) throw errors.compacted();
  if (asked > naive.revision) throw errors.futureRev();
  const revision = asked === 0 ? naive.revision : asked;
  const hash = new RowHash();
  for (const i of naive.kept()) if (naive.events[i].revision <= revision) hash.add(rowOf(naive.events[i]));
  return { hash: hash.value, revision, compactRevision: naive.compactRevision };
}

/** A row of the history: kind 1, sub-revision 4, revision 7, big-endian, then the KeyValue. */
function rowOf(event: NaiveEvent): Uint8Array {
  const kv = encodeKeyValue(event.key, { ...event, modRevision: event.isTombstone ? 0 : event.revision });
  const row = new Uint8Array(12 + kv.length);
  const view = new DataView(row.buffer);
  view.setBigUint64(4, BigInt(event.revision));
  view.setUint32(1, event.sub);
  view.setUint8(0, event.isTombstone ? 2 : 1);
  row.set(kv, 12);
  return row;
}
