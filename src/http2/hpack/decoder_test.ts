import assert from "node:assert/strict";
import fc from "fast-check";
import { HpackDecoder } from "./decoder.ts";
import { encodeHeaderBlock, HpackEncoder } from "./encoder.ts";
import { isRequest, isResponse, isTrailers } from "./header_block.ts";
import { propertyOptions } from "../../../tests/support/seed.ts";

function decode(decoder: HpackDecoder, ...octets: number[]) {
  return decoder.decode(Uint8Array.from(octets), 0, octets.length);
}

/** A literal without Huffman coding; first octet 0x40 with indexing, 0x00 without. */
function literal(pattern: number, name: string, value: string): number[] {
  const text = (s: string) => [s.length, ...Array.from(s, (char) => char.charCodeAt(0))];
  return [pattern, ...text(name), ...text(value)];
}

const withIndexing = 0x40;

Deno.test("HpackDecoder.decode() hands out the table's own block for a repeated block of indexed fields", () => {
  const decoder = new HpackDecoder(1 << 16);
  decode(decoder, ...literal(withIndexing, ":path", "/x"));
  const first = decode(decoder, 0x83, 0x86, 0xbe);
  assert.deepEqual(first?.list, [":method", "POST", ":scheme", "http", ":path", "/x"]);
  assert.equal(decode(decoder, 0x83, 0x86, 0xbe), first);
});

Deno.test("HpackDecoder.decode() forgets repeated blocks whenever the table changes", () => {
  const changes: Record<string, { change: number[]; after: string[] | undefined }> = {
    "an insertion": { change: literal(withIndexing, "b", "2"), after: ["b", "2"] },
    "an insertion that empties the table": {
      change: [...literal(withIndexing, "b", "").slice(0, -1), 0x7f, 0xa1, 0x1f, ...new Array(4128).fill(0x78)],
      after: undefined,
    },
    "a size update that empties the table": { change: [0x20], after: undefined },
    "a size update that empties it and grows it": { change: [0x20, 0x3f, 0xe1, 0x1f], after: undefined },
  };
  for (const [name, { change, after }] of Object.entries(changes)) {
    const decoder = new HpackDecoder(1 << 16);
    decode(decoder, ...literal(withIndexing, "a", "1"));
    for (let i = 0; i < 2; i++) assert.deepEqual(decode(decoder, 0xbe)?.list, ["a", "1"]);
    assert.notEqual(decode(decoder, ...change), undefined, name);
    assert.deepEqual(decode(decoder, 0xbe)?.list, after, name);
  }
});

Deno.test("HpackDecoder.decode() keeps at most some repeated blocks and gives each its own fields", () => {
  const decoder = new HpackDecoder(1 << 16);
  for (let round = 0; round < 3; round++) {
    for (let index = 1; index <= 61; index++) {
      const twice = decode(decoder, 0x80 | index, 0x80 | index);
      assert.equal(twice?.list.length, 4);
      assert.deepEqual(twice?.list.slice(0, 2), decode(decoder, 0x80 | index)?.list);
    }
  }
});

Deno.test("HpackDecoder.decode() refuses invalid blocks (RFC 7541, sections 2.3.3, 4.2, 5.1, 5.2, 6.3)", () => {
  const invalid: Record<string, number[]> = {
    "index 0": [0x80],
    "an index beyond the table": [0xbe],
    "a name index beyond the table": [0x7e, 1, 0x61],
    "an integer that is cut off": [0xff],
    "an integer without end": [0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
    "an integer above 2^31": [0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
    "a literal without a value": [0x00, 1, 0x61],
    "a string that is cut off": [0x00, 1, 0x61, 5, 0x62],
    "a literal without a name": [0x40],
    "invalid Huffman coding": [0x00, 0x81, 0xff, 0x00],
    "a size update above the bound": [0x3f, 0xe2, 0x1f],
    "a size update after a field": [0x82, 0x20],
  };
  for (const [name, octets] of Object.entries(invalid)) {
    assert.equal(decode(new HpackDecoder(1 << 16), ...octets), undefined, name);
  }
});

Deno.test("HpackDecoder demands a size update once the announced table is smaller than the one in use", () => {
  const decoder = new HpackDecoder(1 << 16);
  assert.notEqual(decode(decoder, 0x82), undefined);
  decoder.setMaxTableBytes(100);
  assert.equal(decode(decoder, 0x82), undefined);
  const obeyed = new HpackDecoder(1 << 16);
  obeyed.setMaxTableBytes(100);
  assert.deepEqual(decode(obeyed, 0x3f, 0x45, 0x82)?.list, [":method", "GET"]);
});

Deno.test("HpackDecoder.decode() stops collecting at the list's bound and keeps the table right", () => {
  const decoder = new HpackDecoder(200);
  const bomb = decode(decoder, ...literal(withIndexing, "a", "x".repeat(100)), ...new Array(1000).fill(0xbe));
  assert.equal(bomb?.tooLarge, true);
  assert(bomb.list.length <= 4);
  assert.deepEqual(decode(decoder, 0xbe)?.list, ["a", "x".repeat(100)]);
  const many = decode(new HpackDecoder(33 * 100), ...new Array(101).fill(literal(0, "a", "")).flat());
  assert.equal(many?.tooLarge, true);
});

Deno.test("HpackDecoder.decode() says what HTTP/2 has to know of a block", () => {
  const request = [":method", "POST", ":scheme", "http", ":path", "/"];
  const cases: { headers: string[]; is: "request" | "response" | "trailers" | "malformed" }[] = [
    { headers: request, is: "request" },
    { headers: [...request, ":authority", "a"], is: "request" },
    { headers: [":authority", "a", ...request, "x", "y"], is: "request" },
    { headers: [":method", "CONNECT", ":authority", "a"], is: "request" },
    { headers: [":method", "CONNECT", ":authority", "a", ":path", "/"], is: "malformed" },
    { headers: [":method", "CONNECT"], is: "malformed" },
    { headers: request.slice(2), is: "malformed" },
    { headers: request.slice(0, 4), is: "malformed" },
    { headers: [...request, ":status", "200"], is: "malformed" },
    { headers: [...request, ":path", "/"], is: "malformed" },
    { headers: [":method", "GET", ...request], is: "malformed" },
    { headers: [":method", "CONNECT", ...request], is: "malformed" },
    { headers: ["x", "y", ...request], is: "malformed" },
    { headers: [":status", "200", "x", "y"], is: "response" },
    { headers: [":status", "103"], is: "response" },
    { headers: [":status", "200", ":status", "200"], is: "malformed" },
    { headers: [":status", "100", ":status", "200"], is: "malformed" },
    { headers: ["x", "y"], is: "trailers" },
    { headers: [], is: "trailers" },
    { headers: ["x", "y", "connection", "close"], is: "malformed" },
    { headers: [...request, "content-length", "1", "content-length", "2"], is: "malformed" },
    { headers: [...request, "content-length", "1", "content-length", "1"], is: "request" },
  ];
  for (const { headers, is } of cases) {
    const bytes = encodeHeaderBlock(headers);
    const block = new HpackDecoder(1 << 16).decode(bytes, 0, bytes.length)!;
    const found = isRequest(block)
      ? "request"
      : isResponse(block)
      ? "response"
      : isTrailers(block)
      ? "trailers"
      : "malformed";
    assert.equal(found, is, headers.join(" "));
  }
});

Deno.test("HpackDecoder.decode() takes any bytes without throwing", () => {
  const octet = fc.oneof(fc.nat(255), fc.constantFrom(0x40, 0x00, 0xbe, 0xbf, 0x20, 0x01, 0x81));
  fc.assert(
    fc.property(fc.array(fc.array(octet, { maxLength: 40, size: "max" }), { maxLength: 20, size: "max" }), (blocks) => {
      const decoder = new HpackDecoder(500);
      for (const block of blocks) decode(decoder, ...block);
      assert(decoder.tableBytes <= 4096);
    }),
    propertyOptions({ numRuns: 500 }),
  );
});

Deno.test("HpackDecoder gives back what HpackEncoder was given, with any sizes of the table", () => {
  const names = fc.oneof(
    fc.constantFrom(":path", ":method", "grpc-timeout", "authorization", "x-a", "x-b", "content-length", "cookie"),
    fc.string({ unit: "binary-ascii", maxLength: 12 }),
  );
  const octets = fc.array(fc.nat(255), { maxLength: 40, size: "max" }).map((codes) => String.fromCharCode(...codes));
  const values = fc.oneof(fc.constantFrom("GET", "/", "1", "long".repeat(30)), octets);
  const lists = fc.array(fc.tuple(names, values), { maxLength: 12 }).map((fields) => fields.flat());
  const step = fc.record({ list: lists, tableBytes: fc.option(fc.array(fc.nat(5000), { maxLength: 3 }), { freq: 4 }) });
  fc.assert(
    fc.property(fc.nat(5000), fc.array(step, { maxLength: 30, size: "max" }), (ownBytes, steps) => {
      const encoder = new HpackEncoder(ownBytes);
      const decoder = new HpackDecoder(1 << 16);
      for (const { list, tableBytes } of steps) {
        for (const bytes of tableBytes ?? []) {
          encoder.setPeerMaxTableBytes(bytes);
          decoder.setMaxTableBytes(bytes);
        }
        const block = encoder.encode(list);
        assert.deepEqual(decoder.decode(block, 0, block.length)?.list, list);
        assert.equal(encoder.tableBytes, decoder.tableBytes);
        const constant = encodeHeaderBlock(list);
        assert.deepEqual(decoder.decode(constant, 0, constant.length)?.list, list);
      }
    }),
    propertyOptions({ numRuns: 300 }),
  );
});
