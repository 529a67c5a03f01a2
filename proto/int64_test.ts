import assert from "node:assert/strict";
import * as int64 from "./int64.ts";
import { WireReader } from "./reader.ts";
import { WireWriter } from "./writer.ts";

function written(write: (writer: WireWriter) => void): Uint8Array {
  const writer = new WireWriter();
  write(writer);
  return writer.take();
}

/** The varint of an integer, by definition: seven bits at a time of its two's complement. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const edges = [0n, 1n, 127n, 128n, 2n ** 31n, 2n ** 32n, 2n ** 35n, 2n ** 53n - 1n];

Deno.test("ids of 64 bits survive exactly", () => {
  for (const value of [...edges, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 63n + 1n, 2n ** 64n - 1n]) {
    const bytes = written((writer) => int64.writeUint64(writer, value));
    assert.deepEqual(bytes, varint(value));
    assert.equal(int64.readUint64(new WireReader(bytes)), value);
  }
  for (const value of [...edges, -1n, -(2n ** 31n), -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    const bytes = written((writer) => int64.writeInt64(writer, value));
    assert.deepEqual(bytes, varint(value));
    assert.equal(int64.readInt64(new WireReader(bytes)), value);
  }
});

Deno.test("an id that does not fit is refused, not cut", () => {
  const writer = new WireWriter();
  for (const value of [-1n, 2n ** 64n]) assert.throws(() => int64.writeUint64(writer, value), RangeError);
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n]) assert.throws(() => int64.writeInt64(writer, value), RangeError);
});

Deno.test("numbers survive exactly within ±(2^53 - 1)", () => {
  for (const value of [...edges, -1n, -128n, -(2n ** 32n), -(2n ** 32n) - 1n, -(2n ** 53n) + 1n]) {
    const bytes = written((writer) => int64.writeInt64Number(writer, Number(value)));
    assert.deepEqual(bytes, varint(value));
    assert.equal(int64.readInt64Number(new WireReader(bytes)), Number(value));
    assert.equal(int64.readInt64Clamped(new WireReader(bytes)), Number(value));
    if (value < 0n) continue;
    assert.deepEqual(written((writer) => int64.writeUint64Number(writer, Number(value))), bytes);
    assert.equal(int64.readUint64Number(new WireReader(bytes)), Number(value));
    assert.equal(int64.readUint64Clamped(new WireReader(bytes)), Number(value));
  }
});

Deno.test("a number that is not exact is refused when it is written", () => {
  const writer = new WireWriter();
  for (const value of [2 ** 53, -(2 ** 53), 0.5, NaN, Infinity]) {
    assert.throws(() => int64.writeInt64Number(writer, value), RangeError);
    assert.throws(() => int64.writeUint64Number(writer, value), RangeError);
  }
  assert.throws(() => int64.writeUint64Number(writer, -1), RangeError);
});

Deno.test("a number beyond 2^53 - 1 is clamped in what clients send, and refused elsewhere", () => {
  for (const value of [2n ** 53n, 2n ** 60n, 2n ** 63n - 1n]) {
    assert.equal(int64.readInt64Clamped(new WireReader(varint(value))), Number.MAX_SAFE_INTEGER);
    assert.equal(int64.readUint64Clamped(new WireReader(varint(value))), Number.MAX_SAFE_INTEGER);
    assert.throws(() => int64.readInt64Number(new WireReader(varint(value))), RangeError);
    assert.throws(() => int64.readUint64Number(new WireReader(varint(value))), RangeError);
  }
  for (const value of [-(2n ** 53n), -(2n ** 60n), -(2n ** 63n)]) {
    assert.equal(int64.readInt64Clamped(new WireReader(varint(value))), Number.MIN_SAFE_INTEGER);
    assert.throws(() => int64.readInt64Number(new WireReader(varint(value))), RangeError);
    assert.equal(int64.readUint64Clamped(new WireReader(varint(value))), Number.MAX_SAFE_INTEGER);
  }
});

Deno.test("a varint that ends too early or has more than 64 bits is refused by every reader", () => {
  const tooLong = Uint8Array.from([...Array(10).fill(128), 1]);
  const over = Uint8Array.from([...Array(9).fill(255), 2]);
  const inner = new WireReader(Uint8Array.from([128, 1]));
  inner.end = 1;
  const { readInt64, readUint64, readInt64Number, readUint64Number, readInt64Clamped, readUint64Clamped } = int64;
  for (const read of [readInt64, readUint64, readInt64Number, readUint64Number, readInt64Clamped, readUint64Clamped]) {
    for (const bytes of [tooLong, over, new Uint8Array(0), Uint8Array.of(128)]) {
      assert.throws(() => read(new WireReader(bytes)), RangeError);
    }
    inner.pos = 0;
    assert.throws(() => read(inner), RangeError);
    inner.pos = 1;
    assert.throws(() => read(inner), RangeError);
  }
});
