import assert from "node:assert/strict";
import fc from "fast-check";
import { huffmanDecode, huffmanEncode, huffmanLength } from "./huffman.ts";
import { latin1FromBytes } from "./latin1.ts";
import { propertyOptions } from "../../../tests/support/seed.ts";

function encode(text: string): Uint8Array {
  const out = new Uint8Array(huffmanLength(text));
  assert.equal(huffmanEncode(text, out, 0), out.length);
  return out;
}

function decode(bytes: Uint8Array): string | undefined {
  const out = new Uint8Array(Math.floor((bytes.length * 8) / 5));
  const length = huffmanDecode(bytes, 0, bytes.length, out);
  return length < 0 ? undefined : latin1FromBytes(out, 0, length);
}

function bitsOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
}

function bytesOfBits(bits: string): Uint8Array {
  return Uint8Array.from({ length: bits.length / 8 }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8), 2));
}

/** Code of each octet as a string of bits: three of them fill any padding's doubt, one is cut out. */
const codes = Array.from({ length: 256 }, (_, octet) => {
  const repeated = bitsOf(encode(String.fromCharCode(octet).repeat(8)));
  return repeated.slice(0, repeated.length / 8);
});

/** Reads bit by bit, and knows nothing of tables of lengths: the slow twin. */
function naiveDecode(bytes: Uint8Array): string | undefined {
  const octets = new Map(codes.map((code, octet) => [code, octet]));
  let text = "";
  let code = "";
  for (const bit of bitsOf(bytes)) {
    code += bit;
    const octet = octets.get(code);
    if (octet !== undefined) {
      text += String.fromCharCode(octet);
      code = "";
    }
  }
  return code.length < 8 && !code.includes("0") ? text : undefined;
}

Deno.test("huffmanEncode() gives the codes of RFC 7541, appendix B", () => {
  const known: [octet: number, code: string][] = [
    [0, "1111111111000"],
    [10, "111111111111111111111111111100"],
    [0x20, "010100"],
    [0x30, "00000"],
    [0x5c, "1111111111111110000"],
    [0x61, "00011"],
    [0x80, "11111111111111100110"],
    [249, "1111111111111111111111111110"],
    [255, "11111111111111111111101110"],
  ];
  for (const [octet, code] of known) {
    assert.equal(codes[octet], code, `octet ${octet}`);
  }
});

Deno.test("huffman codes are complete: with EOS they fill the code space exactly", () => {
  let filled = 2 ** -30;
  for (const code of codes) filled += 2 ** -code.length;
  assert.equal(filled, 1);
  assert.equal(new Set(codes).size, 256);
});

Deno.test("huffmanDecode() gives back what huffmanEncode() was given, at any length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200, size: "max" }), (octets) => {
      const text = latin1FromBytes(octets, 0, octets.length);
      assert.equal(decode(encode(text)), text);
    }),
    propertyOptions({ numRuns: 300 }),
  );
});

Deno.test("huffmanDecode() agrees with a bit by bit reading of any bytes", () => {
  const someOnes = fc.oneof(fc.constant(0xff), fc.nat(255), fc.constant(0xfe));
  fc.assert(
    fc.property(fc.array(someOnes, { maxLength: 24, size: "max" }), (octets) => {
      const bytes = Uint8Array.from(octets);
      assert.equal(decode(bytes), naiveDecode(bytes));
    }),
    propertyOptions({ numRuns: 1000 }),
  );
});

Deno.test("huffmanDecode() refuses EOS, padding of more than 7 bits, and padding that is not ones", () => {
  const a = codes[0x61];
  assert.equal(decode(bytesOfBits(a + "111")), "a");
  assert.equal(decode(bytesOfBits(a + "111" + "11111111")), undefined);
  assert.equal(decode(bytesOfBits(a + "110")), undefined);
  assert.equal(decode(bytesOfBits("1".repeat(32))), undefined);
  assert.equal(decode(bytesOfBits("1".repeat(30) + a + "11111")), undefined);
  assert.equal(decode(new Uint8Array([0xff])), undefined);
  assert.equal(decode(new Uint8Array(0)), "");
});
