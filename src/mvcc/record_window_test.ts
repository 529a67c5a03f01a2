import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { Arena, RECORD_HEADER_BYTES } from "./record.ts";
import { RecordWindow } from "./record_window.ts";

const nextSequence = 100;

/** A record full of `byte`, its header full of the byte's complement. */
function record(arena: Arena, { length, byte }: { length: number; byte: number }): Uint8Array {
  const at = arena.reserve(RECORD_HEADER_BYTES + length);
  const row = arena.bytes.subarray(at, at + RECORD_HEADER_BYTES + length);
  row.fill(~byte, 0, RECORD_HEADER_BYTES).fill(byte, RECORD_HEADER_BYTES);
  return row.subarray(RECORD_HEADER_BYTES);
}

Deno.test("RecordWindow holds what is needed and the newest of the rest, in no more bytes than allowed", () => {
  const step = fc.record({ lengths: fc.array(fc.nat(20_000), { maxLength: 30 }), kept: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const bytesMax = 300_000;
      const window = new RecordWindow({ bytesMax, nextSequence });
      const arena = new Arena();
      const records: Uint8Array[] = [];
      for (const { lengths, kept } of steps) {
        for (const length of lengths) {
          const added = record(arena, { length, byte: records.length % 256 });
          assert.equal(window.append(added), nextSequence + records.length);
          records.push(added.slice());
        }
        const needed = Math.max(window.first, window.nextSequence - kept);
        window.trim(needed);
        assert.equal(window.nextSequence, nextSequence + records.length);
        assert(window.first <= needed);
        let bytes = 0;
        const rows: number[] = [];
        for (let i = window.first; i < window.nextSequence; i++) {
          const held = window.get(i);
          assert.deepEqual(held, records[i - nextSequence]);
          if (i < needed) bytes += held.length;
        }
        assert(bytes <= bytesMax);
        window.rows(needed, (sequence, row) => {
          rows.push(sequence);
          assert.deepEqual(row.slice(RECORD_HEADER_BYTES), records[sequence - nextSequence]);
          assert.equal(row[0], ~(sequence - nextSequence) & 0xff);
        });
        assert.deepEqual(rows, Array.from({ length: window.nextSequence - needed }, (_, i) => needed + i));
        if (window.first > nextSequence) assert.throws(() => window.get(window.first - 1), /not in the window/);
      }
    }),
    propertyOptions({ numRuns: 50 }),
  );
});
