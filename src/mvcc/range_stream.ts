import { assert, concatBytes } from "../base/mod.ts";
import { keyRange } from "./key.ts";
import { readKey } from "./key_value.ts";
import {
  countSteps,
  hasRevisionFilters,
  isDefaultOrder,
  type RangeSource,
  rangeSteps,
  type RangeTask,
} from "./range.ts";
import { RecordList } from "./record_list.ts";
import type { RangeChunk } from "./types.ts";

/** Keys of the first piece. */
const FIRST_CHUNK_KEYS = 10;
const zeroByte = new Uint8Array(1);

/**
 * Answers a RangeStream: small first piece, then more keys per piece until one has about `chunkBytes`, as etcd 3.7 does. Header
 * revision, count and more stand in the last piece only.
 */
export function* rangeChunks(
  source: RangeSource,
  { query, revision, sliceKeysMax, chunkBytes }: RangeTask & { chunkBytes: number },
): Generator<RangeChunk | undefined, void> {
  assert(isDefaultOrder(query) && !hasRevisionFilters(query), "A stream of a range can be neither sorted nor filtered");
  if (query.countOnly) {
    const records = new RecordList();
    const { count } = yield* rangeSteps(source, { query, revision, sliceKeysMax }, records);
    yield { records, last: { revision: source.revision, count, more: false } };
    return;
  }
  const limit = query.limit !== undefined && query.limit > 0 ? query.limit : Infinity;
  let { key } = query;
  let count = 0;
  let chunkKeys = Math.min(FIRST_CHUNK_KEYS, limit);
  for (;;) {
    const { rangeEnd, keysOnly } = query;
    const records = new RecordList();
    const task = {
      query: { key, rangeEnd, keysOnly, limit: chunkKeys },
      revision,
      sliceKeysMax,
      uncounted: true,
    };
    const { more } = yield* rangeSteps(source, task, records);
    count += records.length;
    if (!more) {
      yield { records, last: { revision: source.revision, count, more: false } };
      return;
    }
    key = concatBytes([readKey(records.last), zeroByte]);
    if (count === limit) {
      count += yield* countSteps(source, { keys: keyRange(key, rangeEnd), revision, sliceKeysMax });
      yield { records, last: { revision: source.revision, count, more: true } };
      return;
    }
    const { bytes } = records;
    yield { records };
    if (bytes < chunkBytes / 2) chunkKeys *= 2;
    else if (bytes > chunkBytes * 2) chunkKeys = Math.max(1, Math.floor(chunkKeys / 2));
    chunkKeys = Math.min(chunkKeys, limit - count);
  }
}
