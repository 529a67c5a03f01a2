import assert from "node:assert/strict";
import { etcdserverpb } from "../../proto/gen/mod.ts";
import { encodeKeyValue } from "./key_value.ts";
import { RecordList } from "./record_list.ts";

function recordOf(valueLength: number): Uint8Array {
  const key = new TextEncoder().encode(`key${valueLength}`);
  const value = new Uint8Array(valueLength).fill(1);
  return encodeKeyValue(key, { value, createRevision: 2, modRevision: 3, version: 4, lease: 0n });
}

Deno.test("RecordList's pieces are the kvs of a RangeResponse, whatever the records' lengths", () => {
  const lengths = [0, 1, 100, 115, 116, 117, 5000, 16_383, 20_000, 300_000, ...new Array(3000).fill(700), 2_100_000, 3];
  const list = new RecordList();
  for (const length of lengths) {
    const record = recordOf(length);
    list.push(record);
    assert.deepEqual(list.last, record);
  }
  assert.equal(list.length, lengths.length);
  assert.deepEqual([...list].map((record) => record.length), lengths.map((length) => recordOf(length).length));
  const { bytes } = list;
  const pieces = list.take();
  assert.equal(pieces.reduce((sum, piece) => sum + piece.length, 0), bytes);
  assert(pieces.length < 40, `${pieces.length} pieces`);
  const { kvs } = etcdserverpb.RangeResponse.decode(Uint8Array.from(pieces.flatMap((piece) => [...piece])));
  assert.deepEqual(kvs.map(({ value }) => value.length), lengths);
});

Deno.test("RecordList without records has no bytes and no last record", () => {
  const list = new RecordList();
  assert.deepEqual([[...list], list.bytes, list.length, list.take()], [[], 0, 0, []]);
  assert.throws(() => list.last, /no last record/);
});
