import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { keyText } from "./key.ts";
import { sortByKey } from "./key_sort.ts";
import { KeyTable } from "./key_table.ts";

function sorted(keys: Iterable<string>): { found: string[]; pauses: number } {
  const table = new KeyTable();
  for (const key of keys) table.insert(keyText(Uint8Array.from(key, (char) => char.charCodeAt(0))));
  const slots = table.slots();
  const pauses = [...sortByKey(table, slots)].length;
  return { found: Array.from(slots, (slot) => table.key(slot)), pauses };
}

Deno.test("sortByKey() sorts any keys by unsigned bytes", () => {
  const bytes = fc.constantFrom(0, 1, 97, 98, 127, 128, 255);
  const keys = fc.uniqueArray(fc.array(bytes, { maxLength: 8 }).map((codes) => String.fromCharCode(...codes)), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(keys, fc.string({ unit: "binary-ascii", maxLength: 40 }), (suffixes, prefix) => {
      const all = suffixes.map((suffix) => prefix + suffix);
      assert.deepEqual(sorted(all).found, all.toSorted((a, b) => (a < b ? -1 : 1)));
    }),
    propertyOptions({ numRuns: 200 }),
  );
});

Deno.test("sortByKey() sorts many keys with long common parts, and pauses", () => {
  const keys = new Set<string>();
  for (let i = 0; i < 60_000; i++) {
    keys.add(`/registry/${i % 3 ? "pods" : "services/specs"}/ns${i % 7}/${(i * 7919) % 60_013}`);
  }
  const { found, pauses } = sorted(keys);
  assert.deepEqual(found, [...keys].sort());
  assert(pauses > 0);
});
