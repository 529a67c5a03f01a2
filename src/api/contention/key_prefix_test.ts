import assert from "node:assert/strict";
import { KeyPrefix } from "./key_prefix.ts";

const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes);
const name = Uint8Array.of(0x6e, 0xff);

Deno.test("KeyPrefix.key() appends a slash and the lease in hexadecimal, as Go writes it", () => {
  const prefix = new KeyPrefix(name);
  for (
    const [lease, suffix] of [
      [1n, "1"],
      [0x694d8ea1c0ffeen, "694d8ea1c0ffee"],
      [2n ** 63n - 1n, "7fffffffffffffff"],
      [-255n, "-ff"],
      [-(2n ** 63n), "-8000000000000000"],
    ] as const
  ) assert.equal(latin1(prefix.key(lease)), `n\xff/${suffix}`);
});

Deno.test("KeyPrefix asks for the keys below the slash, and only those", () => {
  const { key, rangeEnd } = new KeyPrefix(name).oldest();
  assert.equal(latin1(key), "n\xff/");
  assert.equal(latin1(rangeEnd), "n\xff0");
  assert.equal(latin1(new KeyPrefix(new Uint8Array()).oldest().key), "/");
});

Deno.test("KeyPrefix keeps no view of the name", () => {
  const borrowed = name.slice();
  const prefix = new KeyPrefix(borrowed);
  borrowed.fill(0);
  assert.equal(latin1(prefix.bytes), "n\xff/");
});
