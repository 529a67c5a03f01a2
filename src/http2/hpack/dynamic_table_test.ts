import assert from "node:assert/strict";
import fc from "fast-check";
import { DynamicTable, entryOverheadBytes } from "./dynamic_table.ts";
import { FieldClass } from "./field_class.ts";
import { propertyOptions } from "../../../tests/support/seed.ts";

/** The table as RFC 7541 tells of it: a list with the newest entry first. */
class NaiveTable {
  entries: { name: string; value: string }[] = [];
  evicted: string[] = [];
  constructor(public maxBytes: number) {}
  get bytes(): number {
    return this.entries.reduce((sum, { name, value }) => sum + name.length + value.length + entryOverheadBytes, 0);
  }
  evictTo(bytes: number): void {
    while (this.entries.length > 0 && this.bytes > bytes) this.evicted.push(this.entries.pop()!.name);
  }
  insert(name: string, value: string): boolean {
    const bytes = name.length + value.length + entryOverheadBytes;
    this.evictTo(this.maxBytes - bytes);
    if (bytes > this.maxBytes) return false;
    this.entries.unshift({ name, value });
    return true;
  }
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      name: fc.string({ maxLength: 30, size: "max" }),
      value: fc.string({ maxLength: 60, size: "max" }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ maxBytes: fc.nat(3000) }) },
);

Deno.test("DynamicTable agrees with a plain list after any insertions and changes of its bound", () => {
  fc.assert(
    fc.property(fc.nat(2000), fc.array(step, { maxLength: 120, size: "max" }), (maxBytes, steps) => {
      const evicted: string[] = [];
      const table = new DynamicTable(maxBytes, (name) => evicted.push(name));
      const naive = new NaiveTable(maxBytes);
      for (const step of steps) {
        if ("maxBytes" in step) {
          table.setMaxBytes(step.maxBytes);
          naive.maxBytes = step.maxBytes;
          naive.evictTo(step.maxBytes);
        } else {
          assert.equal(table.insert(step.name, step.value, FieldClass.Plain), naive.insert(step.name, step.value));
        }
        assert.equal(table.bytes, naive.bytes);
        assert.equal(table.length, naive.entries.length);
        naive.entries.forEach(({ name, value }, age) => {
          assert.equal(table.name(age), name);
          assert.equal(table.value(age), value);
        });
      }
      assert.deepEqual(evicted, naive.evicted);
    }),
    propertyOptions({ numRuns: 200 }),
  );
});

Deno.test("DynamicTable.insert() of an entry larger than the table empties it", () => {
  const table = new DynamicTable(100);
  assert.equal(table.insert("a", "b", FieldClass.Plain), true);
  assert.equal(table.insert("a", "b".repeat(100), FieldClass.Plain), false);
  assert.equal(table.length, 0);
  assert.equal(table.bytes, 0);
});
