import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { gunzip } from "./listener_gunzip.ts";

Deno.test("gunzip() undoes gzip up to the bound, gives undefined above it, and throws on anything else", () => {
  const compressed = gzipSync(new Uint8Array(100_000).fill(7));
  assert.deepEqual(Uint8Array.from(gunzip(compressed, 100_000)!), new Uint8Array(100_000).fill(7));
  assert.equal(gunzip(compressed, 99_999), undefined);
  assert.throws(() => gunzip(Uint8Array.of(1, 2, 3), 100));
  assert.throws(() => gunzip(compressed.subarray(0, 50), 100_000));
});
