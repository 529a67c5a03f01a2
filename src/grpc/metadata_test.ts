import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { decodeBinaryValue, encodeBinaryValue, Metadata } from "./metadata.ts";

Deno.test("encodeBinaryValue() and decodeBinaryValue() are inverse, with and without padding", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 10_000 }), (bytes) => {
      const encoded = encodeBinaryValue(bytes);
      assert.ok(!encoded.includes("="));
      assert.deepEqual(decodeBinaryValue(encoded), bytes);
      assert.deepEqual(decodeBinaryValue(encoded + "=".repeat((4 - encoded.length % 4) % 4)), bytes);
    }),
    propertyOptions({ numRuns: 100 }),
  );
  assert.equal(decodeBinaryValue("a b"), undefined);
  assert.equal(decodeBinaryValue("abcde"), undefined);
});

Deno.test("Metadata reads text and bytes by name, and hides the protocol's headers from entries()", () => {
  const metadata = new Metadata([
    ":path",
    "/s/m",
    "te",
    "trailers",
    "a",
    "1",
    "a",
    "2",
    "b-bin",
    "AQI=,Aw",
    "b-bin",
    "BA",
  ]);
  assert.equal(metadata.get("a"), "1");
  assert.deepEqual(metadata.getAll("a"), ["1", "2"]);
  assert.deepEqual(metadata.getAllBytes("b-bin").map((bytes) => [...bytes]), [[1, 2], [3], [4]]);
  assert.equal(metadata.get("missing"), undefined);
  assert.equal(metadata.getBytes("missing-bin"), undefined);
  assert.deepEqual([...metadata.entries()].map(([name]) => name), ["a", "a", "b-bin", "b-bin"]);
});

Deno.test("Metadata.add() refuses what cannot travel and never changes the list it was made over", () => {
  const list = ["a", "1"];
  const metadata = new Metadata(list).add("c-bin", Uint8Array.of(255)).add("d", "x y");
  assert.deepEqual(list, ["a", "1"]);
  const headers: string[] = [];
  metadata.appendTo(headers);
  assert.deepEqual(headers, ["a", "1", "c-bin", "/w", "d", "x y"]);
  assert.throws(() => metadata.add("A", "1"), TypeError);
  assert.throws(() => metadata.add("te", "1"), TypeError);
  assert.throws(() => metadata.add("a-bin", "text"), TypeError);
  assert.throws(() => metadata.add("a", Uint8Array.of(1)), TypeError);
  assert.throws(() => metadata.add("a", "line\nbreak"), TypeError);
});
