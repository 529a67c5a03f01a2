import assert from "node:assert/strict";
import { HpackDecoder } from "./decoder.ts";
import { HpackEncoder } from "./encoder.ts";

function bytesOf(hex: string): Uint8Array {
  const digits = hex.replaceAll(/\s/g, "");
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

interface Step {
  readonly block: string;
  readonly headers: readonly string[];
  /** Size and number of entries of the dynamic table after the step. */
  readonly tableBytes: number;
  readonly tableLength: number;
}

const request1 = [":method", "GET", ":scheme", "http", ":path", "/", ":authority", "www.example.com"];
const request2 = [...request1, "cache-control", "no-cache"];
const request3 = [":method", "GET", ":scheme", "https", ":path", "/index.html", ":authority", "www.example.com"];
request3.push("custom-key", "custom-value");

const location = "https://www.example.com";
const response1 = [":status", "302", "cache-control", "private", "date", "Mon, 21 Oct 2013 20:13:21 GMT"];
response1.push("location", location);
const response2 = [":status", "307", ...response1.slice(2)];
const response3 = [":status", "200", "cache-control", "private", "date", "Mon, 21 Oct 2013 20:13:22 GMT"];
response3.push("location", location, "content-encoding", "gzip");
response3.push("set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");

/** RFC 7541, appendix C: one connection each. */
const connections: { name: string; tableBytesMax: number; steps: Step[] }[] = [
  {
    name: "C.2.1, literal with indexing",
    tableBytesMax: 4096,
    steps: [{
      block: "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
      headers: ["custom-key", "custom-header"],
      tableBytes: 55,
      tableLength: 1,
    }],
  },
  {
    name: "C.2.2, literal without indexing",
    tableBytesMax: 4096,
    steps: [{
      block: "040c 2f73 616d 706c 652f 7061 7468",
      headers: [":path", "/sample/path"],
      tableBytes: 0,
      tableLength: 0,
    }],
  },
  {
    name: "C.2.3, literal never indexed",
    tableBytesMax: 4096,
    steps: [{
      block: "1008 7061 7373 776f 7264 0673 6563 7265 74",
      headers: ["password", "secret"],
      tableBytes: 0,
      tableLength: 0,
    }],
  },
  {
    name: "C.2.4, indexed",
    tableBytesMax: 4096,
    steps: [{ block: "82", headers: [":method", "GET"], tableBytes: 0, tableLength: 0 }],
  },
  {
    name: "C.3, requests without Huffman",
    tableBytesMax: 4096,
    steps: [
      {
        block: "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        headers: request1,
        tableBytes: 57,
        tableLength: 1,
      },
      { block: "8286 84be 5808 6e6f 2d63 6163 6865", headers: request2, tableBytes: 110, tableLength: 2 },
      {
        block: "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
        headers: request3,
        tableBytes: 164,
        tableLength: 3,
      },
    ],
  },
  {
    name: "C.4, requests with Huffman",
    tableBytesMax: 4096,
    steps: [
      { block: "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", headers: request1, tableBytes: 57, tableLength: 1 },
      { block: "8286 84be 5886 a8eb 1064 9cbf", headers: request2, tableBytes: 110, tableLength: 2 },
      {
        block: "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
        headers: request3,
        tableBytes: 164,
        tableLength: 3,
      },
    ],
  },
  {
    name: "C.5, responses without Huffman, with eviction",
    tableBytesMax: 256,
    steps: [
      {
        block: `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a
          3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
        headers: response1,
        tableBytes: 222,
        tableLength: 4,
      },
      { block: "4803 3330 37c1 c0bf", headers: response2, tableBytes: 222, tableLength: 4 },
      {
        block: `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04
          677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b
          206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
        headers: response3,
        tableBytes: 215,
        tableLength: 3,
      },
    ],
  },
  {
    name: "C.6, responses with Huffman, with eviction",
    tableBytesMax: 256,
    steps: [
      {
        block: `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e
          919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
        headers: response1,
        tableBytes: 222,
        tableLength: 4,
      },
      { block: "4883 640e ffc1 c0bf", headers: response2, tableBytes: 222, tableLength: 4 },
      {
        block: `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7
          821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5
          b106 3d50 07`,
        headers: response3,
        tableBytes: 215,
        tableLength: 3,
      },
    ],
  },
];

for (const { name, tableBytesMax, steps } of connections) {
  Deno.test(`HpackDecoder reads the examples of RFC 7541, ${name}`, () => {
    const decoder = new HpackDecoder(1 << 16);
    if (tableBytesMax !== 4096) {
      decoder.setMaxTableBytes(tableBytesMax);
      const sizeUpdate = bytesOf("3fe101");
      assert.deepEqual(decoder.decode(sizeUpdate, 0, sizeUpdate.length)?.list, []);
    }
    for (const step of steps) {
      const block = bytesOf(step.block);
      assert.deepEqual(decoder.decode(block, 0, block.length)?.list, step.headers);
      assert.equal(decoder.tableBytes, step.tableBytes);
      assert.equal(decoder.tableLength, step.tableLength);
    }
  });
}

Deno.test("HpackEncoder writes the requests of RFC 7541, C.4, octet by octet", () => {
  const encoder = new HpackEncoder(4096);
  const steps = connections.find(({ name }) => name.startsWith("C.4"))!.steps;
  for (const { block, headers, tableBytes } of steps) {
    assert.deepEqual(encoder.encode(headers).slice(), bytesOf(block));
    assert.equal(encoder.tableBytes, tableBytes);
  }
});

for (
  const { name, block, fields } of [
    { name: "C.1.1, 10 in 5 bits", block: "2a", fields: 10 },
    { name: "C.1.2, 1337 in 5 bits", block: "3f9a0a", fields: 1337 },
  ]
) {
  Deno.test(`HpackDecoder reads the integers of RFC 7541, ${name}, as a size update`, () => {
    const bytes = bytesOf(block);
    const accepting = new HpackDecoder(1 << 16);
    accepting.setMaxTableBytes(fields);
    assert.notEqual(accepting.decode(bytes, 0, bytes.length), undefined);
    const refusing = new HpackDecoder(1 << 16);
    refusing.setMaxTableBytes(fields - 1);
    assert.equal(refusing.decode(bytes, 0, bytes.length), undefined);
  });
}

Deno.test("HpackDecoder reads the integer of RFC 7541, C.1.3, 42 at an octet boundary, as the length of a string", () => {
  const text = "x".repeat(42);
  const block = bytesOf(`00 01 61 2a ${"78".repeat(42)}`);
  const decoder = new HpackDecoder(1 << 16);
  assert.deepEqual(decoder.decode(block, 0, block.length)?.list, ["a", text]);
});
