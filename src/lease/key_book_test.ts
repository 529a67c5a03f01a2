import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { KeyBook } from "./key_book.ts";
import { Lease } from "./lease.ts";

function leaseOf(id: number): Lease {
  return new Lease(BigInt(id), { ttlSeconds: 10, renewedMs: 0, storedExpiryMs: 0 });
}

Deno.test("KeyBook gives the keys of a lease in byte order, and the lease of a key", () => {
  const book = new KeyBook();
  const lease = leaseOf(1);
  for (const key of ["b", "\xff", "a\0", "a", "aa"]) book.attach(lease, key);
  assert.deepEqual(book.keysOf(lease), ["a", "a\0", "aa", "b", "\xff"]);
  assert.equal(book.leaseOf("aa"), lease);
  assert.equal(book.leaseOf("c"), undefined);
});

Deno.test("KeyBook refuses a second lease for a key, and detaching what is not attached", () => {
  const book = new KeyBook();
  const [one, two] = [leaseOf(1), leaseOf(2)];
  book.attach(one, "a");
  assert.throws(() => book.attach(two, "a"), /second lease/);
  assert.throws(() => book.detach(two, "a"), /not attached/);
  assert.throws(() => book.detach(one, "b"), /not attached/);
});

Deno.test("KeyBook knows what a naive book knows, after any attaching and detaching", () => {
  const step = fc.record({ key: fc.constantFrom(..."abcdefgh"), lease: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const book = new KeyBook();
      const leases = [leaseOf(0), leaseOf(1), leaseOf(2)];
      const naive = new Map<string, Lease>();
      for (const { key, lease } of steps) {
        const present = naive.get(key);
        if (present === undefined) {
          book.attach(leases[lease], key);
          naive.set(key, leases[lease]);
        } else {
          book.detach(present, key);
          naive.delete(key);
        }
        for (const each of leases) {
          const keys = [...naive].filter(([, owner]) => owner === each).map(([owned]) => owned).sort();
          assert.deepEqual(book.keysOf(each), keys);
          assert.equal(each.keyCount, keys.length);
        }
      }
    }),
    propertyOptions({ numRuns: 200 }),
  );
});
