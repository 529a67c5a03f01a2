import assert from "node:assert/strict";
import fc from "fast-check";
import { mvccpb } from "../../proto/gen/mod.ts";
import { propertyOptions } from "../../tests/support/seed.ts";
import { keyBytes, keyRange, keyText } from "./key.ts";
import {
  decodeKeyValue,
  encodeKeyValue,
  type KeyValueFields,
  readCreateRevision,
  readKey,
  readLease,
  readValue,
  readVersion,
  withoutValue,
} from "./key_value.ts";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const none: KeyValueFields = { createRevision: 0, modRevision: 0, version: 0, value: new Uint8Array(0), lease: 0n };
const ascii = (text: string) => new TextEncoder().encode(text);

/** Worked out by hand from the wire format; proto field numbers 1 to 6. */
const vectors: [string, Uint8Array, KeyValueFields][] = [
  ["", new Uint8Array(0), none],
  ["0a0161", ascii("a"), none],
  ["0a01ff100218032004", Uint8Array.of(255), { ...none, createRevision: 2, modRevision: 3, version: 4 }],
  ["0a03666f6f100218022001" + "2a03626172", ascii("foo"), {
    ...none,
    createRevision: 2,
    modRevision: 2,
    version: 1,
    value: ascii("bar"),
  }],
  ["0a016b10ac0218ffffffff0f2001", ascii("k"), { ...none, createRevision: 300, modRevision: 2 ** 32 - 1, version: 1 }],
  ["0a016b18ffffffffffffff0f3001", ascii("k"), { ...none, modRevision: Number.MAX_SAFE_INTEGER, lease: 1n }],
  ["0a016b30ffffffffffffffffff01", ascii("k"), { ...none, lease: -1n }],
  ["0a016b3080808080808080808001", ascii("k"), { ...none, lease: -(2n ** 63n) }],
];

Deno.test("encodeKeyValue() and decodeKeyValue() follow the wire format", () => {
  for (const [encoded, key, fields] of vectors) {
    assert.equal(hex(encodeKeyValue(key, fields)), encoded);
    const bytes = Uint8Array.from(encoded.match(/../g) ?? [], (byte) => parseInt(byte, 16));
    assert.deepEqual(decodeKeyValue(bytes), { key, ...fields });
  }
});

const numbers = fc.oneof(fc.nat(300), fc.maxSafeNat());
const keyValues = fc.record({
  key: fc.uint8Array({ maxLength: 200 }),
  createRevision: numbers,
  modRevision: numbers,
  version: numbers,
  value: fc.uint8Array({ maxLength: 300 }),
  lease: fc.oneof(fc.constant(0n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
});

Deno.test("a KeyValue is encoded as the general codec encodes it, from bytes and from text, and read back field by field", () => {
  fc.assert(
    fc.property(keyValues, ({ key, ...fields }) => {
      const encoded = encodeKeyValue(key, fields);
      assert.equal(hex(encoded), hex(mvccpb.KeyValue.encode({ key, ...fields })));
      assert.equal(hex(encodeKeyValue(keyText(key), fields)), hex(encoded));
      assert.deepEqual(decodeKeyValue(encoded), { key, ...fields });
      assert.deepEqual(readKey(encoded), key);
      assert.deepEqual(readValue(encoded), fields.value);
      assert.deepEqual(
        [readCreateRevision(encoded), readVersion(encoded), readLease(encoded)],
        [fields.createRevision, fields.version, fields.lease],
      );
      assert.equal(hex(withoutValue(encoded)), hex(encodeKeyValue(key, { ...fields, value: new Uint8Array(0) })));
    }),
    propertyOptions({ numRuns: 300 }),
  );
});

Deno.test("decodeKeyValue() refuses what is cut short", () => {
  const whole = encodeKeyValue(ascii("key"), { ...none, modRevision: 1000, value: ascii("value") });
  for (const length of [1, 3, 6, whole.length - 1]) {
    assert.throws(() => decodeKeyValue(whole.subarray(0, length)), /cut short/);
  }
});

Deno.test("keyText() and keyBytes() turn any bytes into text of the same order and back", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.uint8Array({ maxLength: 5 }), (a, b) => {
      assert.deepEqual(keyBytes(keyText(a)), a);
      const order = hex(a) < hex(b) ? -1 : hex(a) > hex(b) ? 1 : 0;
      assert.equal(keyText(a) < keyText(b) ? -1 : keyText(a) > keyText(b) ? 1 : 0, order);
    }),
    propertyOptions({ numRuns: 200 }),
  );
  const long = new Uint8Array(100_000).fill(200);
  assert.deepEqual(keyBytes(keyText(long)), long);
});

Deno.test("keyRange() tells a key, a range and an endless range apart", () => {
  const key = ascii("k");
  assert.deepEqual(keyRange(key, undefined), { from: "k", to: undefined, single: true });
  assert.deepEqual(keyRange(key, new Uint8Array(0)), { from: "k", to: undefined, single: true });
  assert.deepEqual(keyRange(key, new Uint8Array(1)), { from: "k", to: undefined, single: false });
  assert.deepEqual(keyRange(key, new Uint8Array(2)), { from: "k", to: "\0\0", single: false });
});
