import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { ExpiryQueue } from "./expiry_queue.ts";
import { Lease } from "./lease.ts";

function leaseOf(id: number): Lease {
  return new Lease(BigInt(id), { ttlSeconds: 10, renewedMs: 0, storedExpiryMs: 0 });
}

Deno.test("ExpiryQueue.nextMs is Infinity when it is empty", () => {
  const queue = new ExpiryQueue();
  assert.equal(queue.nextMs, Infinity);
  assert.equal(queue.first, undefined);
});

Deno.test("ExpiryQueue keeps the lease to look at next in front, after any adding, putting off and removing", () => {
  const step = fc.record({ what: fc.constantFrom("add", "add", "putOff", "remove"), at: fc.nat(), timeMs: fc.nat(50) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const queue = new ExpiryQueue();
      const naive: { lease: Lease; timeMs: number }[] = [];
      for (const [i, { what, at, timeMs }] of steps.entries()) {
        if (what === "add") {
          const lease = leaseOf(i);
          queue.add(lease, timeMs);
          naive.push({ lease, timeMs });
        } else if (naive.length > 0 && what === "remove") {
          const [{ lease }] = naive.splice(at % naive.length, 1);
          queue.remove(lease);
          assert.equal(lease.queuedAt, -1);
        } else if (naive.length > 0) {
          const first = naive.find(({ lease }) => lease === queue.first)!;
          first.timeMs += timeMs;
          queue.putOffFirst(first.timeMs);
        }
        const nextMs = Math.min(...naive.map((each) => each.timeMs));
        assert.equal(queue.nextMs, nextMs);
        assert.equal(queue.size, naive.length);
        if (naive.length > 0) assert.equal(naive.find(({ lease }) => lease === queue.first)!.timeMs, nextMs);
      }
    }),
    propertyOptions({ numRuns: 300 }),
  );
});
