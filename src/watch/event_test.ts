import assert from "node:assert/strict";
import { mvccpb } from "../../proto/gen/mod.ts";
import { WireWriter } from "../../proto/writer.ts";
import { encodeKeyValue, type KeyText } from "../mvcc/mod.ts";
import { batchBytesMax, Change, makeBatches } from "./event.ts";

const key = "a" as KeyText;

function change(revision: number, options: { valueBytes?: number; previous?: () => Uint8Array | undefined } = {}) {
  const { valueBytes = 10, previous } = options;
  const kv = encodeKeyValue(key, {
    createRevision: 1,
    modRevision: revision,
    version: 2,
    value: new Uint8Array(valueBytes),
    lease: 0n,
  });
  return new Change(revision, { key, kv, isTombstone: false, previousSequence: 1 }, previous ?? (() => undefined));
}

const options = () => ({ writer: new WireWriter(), prevKv: false, revision: 9 });

Deno.test("makeBatches() never cuts a revision, and ends a batch that has grown long enough at the next", () => {
  const valueBytes = batchBytesMax / 4;
  const revisions = [1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4, 5];
  const batches = makeBatches(revisions.map((revision) => change(revision, { valueBytes })), options());
  assert.deepEqual(
    batches.map(({ firstRevision, revision, events }) => [firstRevision, revision, events.length]),
    [[1, 2, 11], [3, 9, 3]],
  );
});

Deno.test("makeBatches() makes nothing of nothing", () => {
  assert.deepEqual(makeBatches([], options()), []);
});

Deno.test("EventBatch.fields are the events as a response has them", () => {
  const [batch] = makeBatches([change(2), change(3)], options());
  const parts: number[] = [];
  for (const event of batch.events) {
    assert.ok(event.length < 128);
    parts.push((11 << 3) | 2, event.length, ...event);
  }
  assert.deepEqual([...batch.fields], parts);
  assert.equal(batch.fields, batch.fields);
  assert.deepEqual(batch.events.map((event) => mvccpb.Event.decode(event).kv!.modRevision), [2, 3]);
});

Deno.test("Change.field() encodes an event once, and once more for those who want the value before", () => {
  let looked = 0;
  const one = change(2, {
    previous: () => {
      looked++;
      return change(1).kv;
    },
  });
  const writer = new WireWriter();
  const plain = one.field(writer, { prevKv: false });
  assert.equal(one.field(writer, { prevKv: false }), plain);
  assert.equal(looked, 0);
  const withPrevious = one.field(writer, { prevKv: true });
  assert.equal(one.field(writer, { prevKv: true }), withPrevious);
  assert.equal(looked, 1);
  assert.equal(mvccpb.Event.decode(withPrevious.subarray(2)).prevKv!.modRevision, 1);
});

Deno.test("Change.field() has no other form where there was no value before", () => {
  const one = change(2);
  const writer = new WireWriter();
  assert.equal(one.field(writer, { prevKv: true }), one.field(writer, { prevKv: false }));
});
