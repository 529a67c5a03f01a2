import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { authpb, etcdserverpb, mvccpb, services } from "./gen/mod.ts";
import { messageDepthMax } from "./wire.ts";

const { Compare, PutRequest, RangeRequest, RequestOp, ResponseHeader, TxnRequest, WatchRequest } = etcdserverpb;

function concat(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("decode() gives every field a value", () => {
  const empty = new Uint8Array(0);
  assert.deepEqual(PutRequest.decode(empty), {
    key: empty,
    value: empty,
    lease: 0n,
    prevKv: false,
    ignoreValue: false,
    ignoreLease: false,
  });
  assert.equal(mvccpb.Event.decode(empty).prevKv, undefined);
  assert.deepEqual(TxnRequest.decode(empty).compare, []);
  assert.equal(Compare.decode(empty).targetUnion, "");
  assert.equal(etcdserverpb.Metadata.decode(empty).NodeID, undefined);
});

Deno.test("decode() gives views of what it is given, plain ones also from a Buffer", () => {
  const bytes = Buffer.from(PutRequest.encode({ key: Uint8Array.of(1, 2), value: Uint8Array.of(3) }));
  const { key } = PutRequest.decode(bytes);
  assert.equal(key.constructor, Uint8Array);
  assert.equal(key.buffer, bytes.buffer);
});

Deno.test("a revision of 2^60 in a request still lies in the future, and a negative one below zero", () => {
  // Field 4, varint 2^60; then field 3, varint -2^60.
  const huge = Uint8Array.of(0x20, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10);
  const negative = Uint8Array.of(0x18, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0xf0, 0x01);
  const { revision, limit } = RangeRequest.decode(concat(huge, negative));
  assert.equal(revision, Number.MAX_SAFE_INTEGER);
  assert.equal(limit, Number.MIN_SAFE_INTEGER);
  assert.throws(() => ResponseHeader.decode(concat(Uint8Array.of(0x18), huge.subarray(1))), RangeError);
});

Deno.test("the last member of a oneof counts, and the same one twice is merged", () => {
  const range = RequestOp.encode({ requestRange: { limit: 3 } });
  const rangeAgain = RequestOp.encode({ requestRange: { revision: 5 } });
  const put = RequestOp.encode({ requestPut: { prevKv: true } });
  const merged = RequestOp.decode(concat(range, rangeAgain));
  assert.deepEqual([merged.requestRange?.limit, merged.requestRange?.revision], [3, 5]);
  const last = RequestOp.decode(concat(range, put));
  assert.deepEqual([last.request, last.requestRange, last.requestPut?.prevKv], ["requestPut", undefined, true]);
  const first = RequestOp.decode(concat(range, put, rangeAgain));
  assert.deepEqual([first.requestRange?.limit, first.requestRange?.revision], [0, 5]);
  const compare = Compare.decode(concat(Compare.encode({ lease: 7n }), Compare.encode({ modRevision: 9 })));
  assert.deepEqual([compare.targetUnion, compare.lease, compare.modRevision], ["modRevision", 0n, 9]);
});

Deno.test("an embedded message that comes twice is merged, a repeated one is appended", () => {
  const header = (init: { revision?: number; raftTerm?: number }) => etcdserverpb.PutResponse.encode({ header: init });
  const merged = etcdserverpb.PutResponse.decode(concat(header({ revision: 4 }), header({ raftTerm: 2 })));
  assert.deepEqual([merged.header?.revision, merged.header?.raftTerm], [4, 2]);
  const member = (name: string) => etcdserverpb.MemberListResponse.encode({ members: [{ name }] });
  const members = etcdserverpb.MemberListResponse.decode(concat(member("a"), member("b"))).members;
  assert.deepEqual(members.map(({ name }) => name), ["a", "b"]);
});

Deno.test("encode() writes a chosen member of a oneof even when it is the default, and nothing when none is chosen", () => {
  assert.deepEqual(Compare.encode({ modRevision: 0 }), Uint8Array.of(0x30, 0));
  assert.deepEqual(Compare.encode({ targetUnion: "lease" }), Uint8Array.of(0x40, 0));
  assert.deepEqual(Compare.encode(Compare.decode(new Uint8Array(0))), new Uint8Array(0));
  assert.deepEqual(WatchRequest.encode({ progressRequest: {} }), Uint8Array.of(0x1a, 0));
  assert.deepEqual(WatchRequest.encode({ requestUnion: "" }), new Uint8Array(0));
});

Deno.test("a repeated enum is read packed and unpacked", () => {
  const { WatchCreateRequest } = etcdserverpb;
  const unpacked = WatchCreateRequest.decode(Uint8Array.of(0x28, 0, 0x28, 1)).filters;
  assert.deepEqual(unpacked, [0, 1]);
  assert.deepEqual(WatchCreateRequest.decode(Uint8Array.of(0x2a, 2, 0, 1)).filters, [0, 1]);
});

Deno.test("unknown fields, groups and fields of another wire type are skipped", () => {
  const group = Uint8Array.of(0x9b, 0x06, 0x08, 1, 0x13, 0x14, 0x9c, 0x06);
  const fixed = Uint8Array.of(0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0x9d, 0x06, 1, 2, 3, 4);
  const bytes = Uint8Array.of(0x9a, 0x06, 2, 9, 9, 0x98, 0x06, 0xff, 1);
  const limitAsBytes = Uint8Array.of(0x1a, 1, 5);
  const known = RangeRequest.encode({ limit: 7 });
  assert.equal(RangeRequest.decode(concat(group, fixed, bytes, known, limitAsBytes)).limit, 7);
});

Deno.test("what is not a message is refused", () => {
  const cases = {
    "field number 0": [0x00, 0],
    "end of a group that never began": [0x9c, 0x06],
    "group with another's end": [0x9b, 0x06, 0xa4, 0x06],
    "group without an end": [0x9b, 0x06],
    "wire type 7": [0x9f, 0x06],
    "length past the end": [0x0a, 2, 1],
    "length over 32 bits": [0x0a, 0x80, 0x80, 0x80, 0x80, 0x10, 1],
    "field number over 29 bits": [0x80, 0x80, 0x80, 0x80, 0x10, 1],
    "fixed64 past the end": [0x99, 0x06, 1],
    "varint over 64 bits": [0x98, 0x06, ...Array(10).fill(0x80), 1],
    "groups without bottom": Array(400).fill(0x9b).flatMap((byte) => [byte, 0x06]),
  };
  for (const [what, bytes] of Object.entries(cases)) {
    assert.throws(() => RangeRequest.decode(Uint8Array.from(bytes)), RangeError, what);
  }
  assert.throws(() => authpb.UserAddOptions.decode(Uint8Array.of(0x08, ...Array(10).fill(0x80), 1)), RangeError);
  assert.throws(() => etcdserverpb.AuthRoleAddRequest.decode(Uint8Array.of(0x0a, 1, 0xff)), TypeError);
});

Deno.test("transactions may nest deep, but not without bound", () => {
  const nested = (levels: number) => {
    const open = (
      length: number,
    ) => [0x12, ...varintOf(length + 1 + varintOf(length).length), 0x22, ...varintOf(length)];
    let bytes: number[] = [];
    for (let i = 0; i < levels; i++) bytes = [...open(bytes.length), ...bytes];
    return Uint8Array.from(bytes);
  };
  let txn: etcdserverpb.TxnRequest | undefined = TxnRequest.decode(nested(200));
  for (let i = 0; i < 200; i++) txn = txn?.success[0].requestTxn;
  assert.deepEqual(txn, { compare: [], success: [], failure: [] });
  TxnRequest.decode(nested(messageDepthMax / 2 - 1));
  assert.throws(() => TxnRequest.decode(nested(messageDepthMax / 2)), /nested more than/);
});

function varintOf(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varintOf(value >>> 7)];
}

Deno.test("encoded messages stay as they are while others are encoded, and after one failed", () => {
  const first = PutRequest.encode({ key: Uint8Array.of(1), lease: -1n });
  const copy = first.slice();
  assert.throws(() => mvccpb.KeyValue.encode({ key: new Uint8Array(10), modRevision: 2 ** 60 }), RangeError);
  const large = PutRequest.encode({ value: new Uint8Array(100_000).fill(1) });
  for (let i = 0; i < 2000; i++) PutRequest.encode({ key: new Uint8Array(100).fill(i) });
  assert.deepEqual(first, copy);
  assert.deepEqual(PutRequest.decode(large).value, new Uint8Array(100_000).fill(1));
});

Deno.test("strings of any kind and length are written as UTF-8", () => {
  for (const name of ["", "plain", "a".repeat(64), "b".repeat(65), "ü".repeat(40), "\u{1f980}", "c".repeat(40_000)]) {
    const bytes = etcdserverpb.AuthRoleAddRequest.encode({ name });
    assert.deepEqual(
      bytes.subarray(bytes.length - new TextEncoder().encode(name).length),
      new TextEncoder().encode(name),
    );
    assert.equal(etcdserverpb.AuthRoleAddRequest.decode(bytes).name, name);
  }
});

Deno.test("a service's serializers take messages and bytes, and give Buffers", () => {
  const { Range } = services.KV;
  const init = { count: 3, kvs: [{ key: Uint8Array.of(1), lease: 2n ** 63n - 1n }] };
  const bytes = Range.responseSerialize(init);
  assert.ok(Buffer.isBuffer(bytes));
  assert.deepEqual(Range.responseSerialize(etcdserverpb.RangeResponse.encode(init)), bytes);
  assert.equal(Range.responseDeserialize(bytes).kvs[0].lease, 2n ** 63n - 1n);
  assert.equal(Range.requestDeserialize(Range.requestSerialize({ limit: 4 })).limit, 4);
});
