import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { Stream } from "./stream.ts";
import { StreamTable } from "./stream_table.ts";

Deno.test("StreamTable finds what a Map finds", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 2000 }) }) },
    { weight: 5, arbitrary: fc.record({ drop: fc.nat(100) }) },
    { weight: 3, arbitrary: fc.record({ find: fc.nat(100) }) },
    { weight: 1, arbitrary: fc.record({ clear: fc.constant(true) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
      const table = new StreamTable();
      const twin = new Map<number, Stream>();
      let id = -1;
      for (const todo of steps) {
        if ("add" in todo) {
          id += 2 * todo.add;
          const stream = new Stream(id, 1, 1);
          table.add(stream);
          twin.set(id, stream);
        } else if ("clear" in todo) {
          table.clear();
          twin.clear();
        } else {
          // Held ones, one that is not, and one that never was.
          const ids = [...twin.keys(), id, 2];
          const chosen = ids[("drop" in todo ? todo.drop : todo.find) % ids.length];
          if ("drop" in todo) {
            table.delete(chosen);
            twin.delete(chosen);
          }
          assert.equal(table.get(chosen), twin.get(chosen));
        }
        assert.equal(table.size, twin.size);
        assert.deepEqual(table.values(), [...twin.values()]);
      }
    }),
    propertyOptions({ numRuns: 100 }),
  );
});

Deno.test("StreamTable refuses ids that go back", () => {
  const table = new StreamTable();
  table.add(new Stream(5, 1, 1));
  assert.throws(() => table.add(new Stream(3, 1, 1)), /order of their ids/);
});
