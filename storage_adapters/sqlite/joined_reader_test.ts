import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { numberedChecksum } from "./checksum.ts";
import { createTablesSql, Readers } from "./tables.ts";

/** A store in memory with `values` in history, their keys from 1 on. */
function storeWith(values: readonly Uint8Array[]): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  db.exec(createTablesSql);
  const insert = db.prepare("INSERT INTO history VALUES (?, ?, ?)");
  values.forEach((value, i) => insert.run(i + 1, numberedChecksum("history", i + 1, value), value));
  return db;
}

Deno.test("JoinedReader.window() gives rows in one buffer and release() takes its memory back", () => {
  const values = Array.from({ length: 500 }, (_, i) => new Uint8Array(i % 90).fill(i));
  using db = storeWith(values);
  const reader = new Readers(db).joined.history;
  const { rows, settledTo } = reader.window({ first: 1, last: 500, limit: 1000 });
  assert.deepEqual(rows.map(({ key, value }) => [key, [...value]]), values.map((value, i) => [i + 1, [...value]]));
  assert.equal(settledTo, 500);
  assert.equal(new Set(rows.map(({ value }) => value.buffer)).size, 1);
  reader.release();
  assert.equal(rows[400].value.length, 0);
});

Deno.test("JoinedReader.window() keeps to its bound of bytes, but for a row that is longer", () => {
  using db = storeWith([1000, 200_000, 100_000, 900_000, 5].map((length) => new Uint8Array(length).fill(7)));
  const reader = new Readers(db).joined.history;
  const found: number[][] = [];
  for (let first = 1; first <= 5;) {
    const { rows, settledTo } = reader.window({ first, last: 9, limit: 100 });
    found.push(rows.map(({ key }) => key));
    first = settledTo + 1;
  }
  assert.deepEqual(found, [[1, 2], [3], [4], [5]]);
});

Deno.test("JoinedReader.window() names the damaged row among many", () => {
  using db = storeWith(Array.from({ length: 100 }, () => new Uint8Array(20).fill(1)));
  db.exec("UPDATE history SET value = zeroblob(20) WHERE key = 60");
  const reader = new Readers(db).joined.history;
  assert.equal(reader.window({ first: 1, last: 59, limit: 200 }).rows.length, 59);
  assert.throws(() => reader.window({ first: 1, last: 100, limit: 200 }), { fault: "corrupt", message: /row 60 of/ });
});
