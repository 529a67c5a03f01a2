import assert from "node:assert/strict";
import { decode, encode, latin1, methodTypes, rawBytesField, rawField, rawVarintField } from "./wire.ts";

Deno.test("decode() gives back what encode() wrote, exact in 64 bits", () => {
  const bytes = encode("etcdserverpb.TxnRequest", {
    compare: [{ key: "a\xff", result: 3, target: 2, mod_revision: -(2n ** 63n) }],
    success: [{ request_put: { key: "k", lease: 2n ** 63n - 1n, prev_kv: true } }, { request_range: {} }],
  });
  assert.deepEqual(decode("etcdserverpb.TxnRequest", bytes), {
    compare: [{ key: "a\xff", result: "3", target: "2", mod_revision: "-9223372036854775808" }],
    success: [{ request_put: { key: "k", lease: "9223372036854775807", prev_kv: true } }, { request_range: {} }],
  });
});

Deno.test("decode() shows explicit defaults and unknown fields", () => {
  const raw = Uint8Array.from([...rawVarintField(99, 5n), ...rawBytesField(98, latin1("x"))]);
  const bytes = encode("etcdserverpb.PutRequest", { key: "", lease: 0, [rawField]: raw });
  assert.deepEqual(decode("etcdserverpb.PutRequest", bytes), { key: "", lease: "0", "#99": ["5"], "#98": ["x"] });
});

Deno.test("decode() refuses what is cut off", () => {
  assert.throws(() => decode("etcdserverpb.PutRequest", Uint8Array.of(0x0a, 5, 1)), /cut off/);
  assert.throws(() => decode("etcdserverpb.PutRequest", Uint8Array.of(0x18, 0x80)), /cut off/);
});

Deno.test("encode() agrees with bytes worked out by hand", () => {
  assert.deepEqual(
    encode("etcdserverpb.PutRequest", { key: "a", lease: 300 }),
    Uint8Array.of(0x0a, 1, 0x61, 0x18, 0xac, 0x02),
  );
});

Deno.test("methodTypes() knows unary and streaming rpcs", () => {
  assert.deepEqual(methodTypes("etcdserverpb.KV/RangeStream"), {
    request: "etcdserverpb.RangeRequest",
    response: "etcdserverpb.RangeStreamResponse",
  });
});
