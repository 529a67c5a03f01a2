import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import type { NumberedRow } from "../../src/ports/mod.ts";
import { propertyOptions } from "../../tests/support/seed.ts";
import { createTablesSql, Readers, Writer } from "./tables.ts";

const everything = { first: 0, last: Number.MAX_SAFE_INTEGER, limit: 1_000_000 };

function storeOf(rows: NumberedRow[]): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  db.exec(createTablesSql);
  const writer = new Writer(db);
  for (const row of rows) writer.putNumbered("history", row);
  return db;
}

/** Values of every byte, of lengths from nothing to many windows. */
function rowsOf(lengths: number[]): NumberedRow[] {
  return lengths.map((length, i) => ({ key: 3 * i, value: Uint8Array.from({ length }, (_, at) => at + i) }));
}

function read(db: DatabaseSync, range = everything): NumberedRow[] {
  return new Readers(db).numbered.history.rows({ ...range, reverse: false });
}

Deno.test("NumberedReader.rows() reads the rows that were written, whatever their sizes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 9, arbitrary: fc.nat(400) }, { weight: 1, arbitrary: fc.nat(50_000) }), {
        maxLength: 600,
      }),
      fc.nat(700),
      fc.nat(2000),
      (lengths, limit, first) => {
        const rows = rowsOf(lengths);
        using db = storeOf(rows);
        assert.deepEqual(read(db), rows);
        assert.deepEqual(
          read(db, { first, last: 1200, limit }),
          rows.filter(({ key }) => key >= first && key <= 1200).slice(0, limit),
        );
      },
    ),
    propertyOptions({ numRuns: 30 }),
  );
});

Deno.test("NumberedReader.rows() reports a damaged row among many", () => {
  const rows = rowsOf(new Array(40).fill(100));
  for (const damage of ["value = zeroblob(100)", "value = zeroblob(99)", "sum = sum + 1", "key = 92"]) {
    using db = storeOf(rows);
    db.exec(`UPDATE history SET ${damage} WHERE key = 90`);
    assert.throws(() => read(db), { fault: "corrupt" }, damage);
    assert.deepEqual(read(db, { ...everything, last: 87 }), rows.slice(0, 30), damage);
  }
});
