import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { RowHash, xxh32 } from "./row_hash.ts";

function xxh32Of(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return xxh32(new DataView(bytes.buffer), 0, bytes.length) >>> 0;
}

Deno.test("xxh32() gives the published values", () => {
  assert.equal(xxh32Of(""), 0x02cc5d05);
  assert.equal(xxh32Of("a"), 0x550d7456);
  assert.equal(xxh32Of("abc"), 0x32d153ff);
  assert.equal(xxh32Of("Nobody inspects the spammish repetition"), 0xe2293b2f);
});

const rows = fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 12 });

function hashOf(content: readonly Uint8Array[]): number {
  const hash = new RowHash();
  for (const row of content) hash.add(row);
  return hash.value;
}

Deno.test("RowHash depends on the rows' bytes alone, not on the buffers that they lie in", () => {
  fc.assert(
    fc.property(rows, (content) => {
      const joined = new Uint8Array(content.reduce((sum, row) => sum + row.length, 0) + 3);
      let at = 3;
      const views = content.map((row) => {
        joined.set(row, at);
        at += row.length;
        return joined.subarray(at - row.length, at);
      });
      assert.equal(hashOf(views), hashOf(content));
    }),
    propertyOptions({ numRuns: 200 }),
  );
});

Deno.test("RowHash changes with any byte, and with where a row ends", () => {
  fc.assert(
    fc.property(rows, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, choice, mask) => {
      const before = hashOf(content);
      const filled = content.filter((row) => row.length > 0);
      if (filled.length === 0) return;
      const row = filled[choice % filled.length];
      row[choice % row.length] ^= mask;
      assert.notEqual(hashOf(content), before);
      row[choice % row.length] ^= mask;
      const cut = content.indexOf(row);
      assert.notEqual(hashOf(content.with(cut, row.subarray(1))), before);
      assert.notEqual(hashOf(content.toSpliced(cut, 1)), before);
    }),
    propertyOptions({ numRuns: 500 }),
  );
});
