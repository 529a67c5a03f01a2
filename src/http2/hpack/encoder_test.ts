import assert from "node:assert/strict";
import { HpackDecoder } from "./decoder.ts";
import { encodeHeaderBlock, HpackEncoder } from "./encoder.ts";

Deno.test("encodeHeaderBlock() uses the static table and leaves the dynamic one alone", () => {
  const block = encodeHeaderBlock([":status", "200", ":path", "/x", "x-custom", "1"]);
  assert.equal(block[0], 0x88);
  const decoder = new HpackDecoder(1 << 16);
  assert.deepEqual(decoder.decode(block, 0, block.length)?.list, [":status", "200", ":path", "/x", "x-custom", "1"]);
  assert.equal(decoder.tableLength, 0);
});

Deno.test("HpackEncoder.encode() refers to what it has sent before", () => {
  const encoder = new HpackEncoder(4096);
  const list = [":path", "/etcdserverpb.KV/Put", "user-agent", "test"];
  assert(encoder.encode(list).length > 20);
  assert.deepEqual([...encoder.encode(list)], [0xbf, 0xbe]);
});

Deno.test("HpackEncoder.encode() never indexes secrets, and does not spend entries on what changes with every call", () => {
  const encoder = new HpackEncoder(4096);
  assert.equal(encoder.encode(["authorization", "secret"])[0] & 0xf0, 0x10);
  assert.equal(encoder.encode(["token", "secret"])[0] & 0xf0, 0x10);
  assert.equal(encodeHeaderBlock(["authorization", "secret"])[0] & 0xf0, 0x10);
  encoder.encode(["grpc-timeout", "1S", "content-length", "12"]);
  assert.equal(encoder.tableBytes, 0);
});

Deno.test("HpackEncoder tells of the smallest and of the last size of the table, once", () => {
  const encoder = new HpackEncoder(4096);
  encoder.encode(["a", "b"]);
  encoder.setPeerMaxTableBytes(0);
  encoder.setPeerMaxTableBytes(8192);
  assert.deepEqual([...encoder.encode([":method", "GET"])], [0x20, 0x3f, 0xe1, 0x1f, 0x82]);
  assert.deepEqual([...encoder.encode([":method", "GET"])], [0x82]);
  encoder.setPeerMaxTableBytes(16);
  assert.equal(encoder.hasSizeUpdate, true);
  assert.deepEqual([...encoder.takeSizeUpdate()], [0x30]);
  assert.equal(encoder.hasSizeUpdate, false);
});

Deno.test("HpackEncoder without a table of its own says so first", () => {
  const encoder = new HpackEncoder(0);
  assert.deepEqual([...encoder.encode([":method", "GET"])], [0x20, 0x82]);
});
