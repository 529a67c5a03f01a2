import assert from "node:assert/strict";
import { namedChecksum, numberedChecksum } from "./checksum.ts";

const value = new TextEncoder().encode("123456789");

Deno.test("numberedChecksum() is the same for ever", () => {
  assert.equal(numberedChecksum("log", 0, new Uint8Array(0)), -2048144789);
  assert.deepEqual([numberedChecksum("log", 1, value), numberedChecksum("history", 2 ** 53 - 1, value)], [
    -1509613979,
    -1104866361,
  ]);
  assert.equal(namedChecksum("meta", value.subarray(0, 3), value), 1394522424);
});

Deno.test("numberedChecksum() differs between neighbouring keys, distant keys and buckets", () => {
  const keys = [0, 1, 2, 255, 256, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 33, 2 ** 40, 2 ** 52, 2 ** 53 - 1];
  const sums = keys.flatMap((key) => [numberedChecksum("log", key, value), numberedChecksum("history", key, value)]);
  assert.equal(new Set(sums).size, sums.length);
});

Deno.test("namedChecksum() knows the border between key and value", () => {
  const sums = Array.from(
    { length: 10 },
    (_, border) => namedChecksum("meta", value.subarray(0, border), value.subarray(border)),
  );
  assert.equal(new Set(sums).size, sums.length);
  assert.notEqual(namedChecksum("meta", value, value), namedChecksum("lease", value, value));
});
