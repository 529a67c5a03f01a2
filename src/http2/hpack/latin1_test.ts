import assert from "node:assert/strict";
import { latin1FromBytes, latin1IntoBytes } from "./latin1.ts";

Deno.test("latin1FromBytes() makes one character of each byte, at any length, and latin1IntoBytes() goes back", () => {
  for (const length of [0, 1, 255, 4095, 4096, 4097, 10_000]) {
    const bytes = Uint8Array.from({ length: length + 2 }, (_, i) => i);
    const text = latin1FromBytes(bytes, 1, length + 1);
    assert.equal(text.length, length);
    for (let i = 0; i < length; i += 97) assert.equal(text.charCodeAt(i), bytes[i + 1]);
    const back = new Uint8Array(length + 2);
    assert.equal(latin1IntoBytes(text, back, 1), length + 1);
    assert.deepEqual(back.subarray(1, length + 1), bytes.subarray(1, length + 1));
  }
});
