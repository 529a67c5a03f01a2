import assert from "node:assert/strict";
import { etcdserverpb } from "../../../proto/gen/mod.ts";
import { errors } from "../../base/mod.ts";
import { checkDeleteRange, checkPut, checkRange, checkRangeStream, checkTxn } from "./checks.ts";

const key = new TextEncoder().encode("k");
const range = (init: Parameters<typeof etcdserverpb.RangeRequest.encode>[0]) =>
  etcdserverpb.RangeRequest.decode(etcdserverpb.RangeRequest.encode(init));
const put = (init: Parameters<typeof etcdserverpb.PutRequest.encode>[0]) =>
  etcdserverpb.PutRequest.decode(etcdserverpb.PutRequest.encode(init));
const txn = (init: Parameters<typeof etcdserverpb.TxnRequest.encode>[0]) =>
  etcdserverpb.TxnRequest.decode(etcdserverpb.TxnRequest.encode(init));

Deno.test("checkRange() refuses an empty key and unknown orders and targets", () => {
  checkRange(range({ key, sortOrder: 2, sortTarget: 4 }));
  assert.throws(() => checkRange(range({})), errors.emptyKey());
  for (const odd of [{ sortOrder: 3 }, { sortOrder: -1 }, { sortTarget: 5 }, { sortTarget: -1 }]) {
    assert.throws(() => checkRange(range({ key, ...odd })), errors.invalidSortOption());
  }
});

Deno.test("checkRangeStream() refuses orders and revision filters that are not streamed", () => {
  checkRangeStream(range({ key, sortOrder: 1 }));
  assert.throws(() => checkRangeStream(range({ key, sortOrder: 2 })), /custom sort orders/);
  assert.throws(() => checkRangeStream(range({ key, sortOrder: 1, sortTarget: 1 })), /custom sort orders/);
  assert.throws(() => checkRangeStream(range({ key, maxCreateRevision: 1 })), /revision filters/);
});

Deno.test("checkPut() refuses a value or lease beside the wish to keep it", () => {
  checkPut(put({ key, ignoreValue: true, ignoreLease: true }));
  assert.throws(() => checkPut(put({ value: key })), errors.emptyKey());
  assert.throws(() => checkPut(put({ key, value: key, ignoreValue: true })), errors.valueProvided());
  assert.throws(() => checkPut(put({ key, lease: -1n, ignoreLease: true })), errors.leaseProvided());
});

Deno.test("checkDeleteRange() refuses an empty key", () => {
  const request = etcdserverpb.DeleteRangeRequest.decode(new Uint8Array(0));
  assert.throws(() => checkDeleteRange(request), errors.emptyKey());
});

Deno.test("checkTxn() bounds the operations of all levels together", () => {
  const op = { request: "requestPut", requestPut: { key } } as const;
  const nested = { request: "requestTxn", requestTxn: { success: [op, op] } } as const;
  checkTxn(txn({ success: [op, op] }), 2);
  assert.throws(() => checkTxn(txn({ failure: [op, op, op] }), 2), errors.tooManyOps());
  assert.throws(() => checkTxn(txn({ compare: [{ key }, { key }, { key }] }), 2), errors.tooManyOps());
  checkTxn(txn({ success: [nested] }), 3);
  assert.throws(() => checkTxn(txn({ success: [nested] }), 2), errors.tooManyOps());
  checkTxn(txn({ failure: [nested] }), 3);
  assert.throws(() => checkTxn(txn({ failure: [nested] }), 2), errors.tooManyOps());
});

Deno.test("checkTxn() looks into compares and operations", () => {
  assert.throws(() => checkTxn(txn({ compare: [{}] }), 9), errors.emptyKey());
  assert.throws(
    () => checkTxn(txn({ success: [{ request: "requestRange", requestRange: {} }] }), 9),
    errors.emptyKey(),
  );
  assert.throws(() => checkTxn(txn({ failure: [{ request: "requestPut", requestPut: {} }] }), 9), errors.emptyKey());
  assert.throws(() => checkTxn(txn({ success: [{ request: "" }] }), 9), errors.keyNotFound());
});
