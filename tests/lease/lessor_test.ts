import assert from "node:assert/strict";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { errors, Registry } from "../../src/base/mod.ts";
import { type StorageAdapter, WriteBatch } from "../../src/ports/mod.ts";
import { type Lease, LeaseState } from "../../src/lease/lease.ts";
import { Lessor } from "../../src/lease/lessor.ts";
import { LeaseMetrics } from "../../src/lease/metrics.ts";

function open(storage: StorageAdapter = memory()) {
  const host = new ManualClock();
  const steps = Lessor.open<string>(storage, { clock: host, metrics: new LeaseMetrics(new Registry()) });
  let step = steps.next();
  while (!step.done) step = steps.next();
  const lessor = step.value;
  const store = () => {
    const batch = new WriteBatch();
    lessor.takeEffects(batch);
    storage.apply(batch);
    return batch.ops.length;
  };
  const grant = (id: number, ttlSeconds: number) =>
    lessor.applyGrant({ timeMs: lessor.clock.nowMs, id: BigInt(id), ttlSeconds });
  const renewStored = (...leases: Lease[]) =>
    lessor.applyRenew({ timeMs: lessor.clock.nowMs, leadMsMin: 0, ids: leases.map(({ id }) => id) });
  return { host, lessor, storage, store, grant, renewStored };
}

function leading(storage?: StorageAdapter) {
  const opened = open(storage);
  opened.lessor.lead();
  return opened;
}

const anyDue = { leasesMax: 1000, keysMax: 1000 };

Deno.test("Lessor.applyGrant() refuses an id that exists, and changes nothing", () => {
  const { lessor, grant } = leading();
  const lease = grant(7, 10);
  assert.throws(() => grant(7, 20), errors.leaseExist());
  assert.equal(lessor.get(7n), lease);
  assert.equal(lease.ttlSeconds, 10);
  assert.equal(lessor.size, 1);
});

Deno.test("Lessor.renew() needs a write only beyond the lead, which is a tenth of the time to live and a second at most", () => {
  for (const [ttlSeconds, leadMs] of [[2, 200], [10, 1000], [3600, 1000]]) {
    const { host, lessor, grant, renewStored } = leading();
    const lease = grant(1, ttlSeconds);
    host.advance(leadMs);
    assert.equal(lessor.renew(lease), "renewed");
    assert.equal(lease.expiryMs, leadMs + lease.ttlMs);
    host.advance(1);
    assert.equal(lessor.renew(lease), "unstored");
    assert.equal(lease.expiryMs, leadMs + lease.ttlMs);
    renewStored(lease);
    assert.equal(lessor.renew(lease), "renewed");
    host.advance(leadMs);
    assert.equal(lessor.renew(lease), "renewed");
    host.advance(1);
    assert.equal(lessor.renew(lease), "unstored");
  }
});

Deno.test("Lessor.applyRenew() gives a lead of at least what is asked for", () => {
  const { host, lessor, grant } = leading();
  const lease = grant(1, 2);
  lessor.applyRenew({ timeMs: 0, leadMsMin: 5000, ids: [1n, 99n] });
  host.advance(1999);
  assert.equal(lessor.renew(lease), "renewed");
  host.advance(1999);
  assert.equal(lessor.renew(lease), "renewed");
  host.advance(1999);
  assert.equal(lessor.renew(lease), "unstored");
});

Deno.test("Lessor.takeDue() gives the leases whose time is over, each once, in order and within the bounds", () => {
  const { host, lessor, grant } = leading();
  for (const [id, ttl] of [[1, 30], [2, 10], [3, 20], [4, 40]]) grant(id, ttl);
  assert.deepEqual(lessor.takeDue(anyDue), []);
  assert.equal(lessor.nextExpiryMs, 10_000);
  host.advance(30_000);
  const ids = (leases: Lease[]) => leases.map(({ id }) => Number(id));
  assert.deepEqual(ids(lessor.takeDue({ leasesMax: 1, keysMax: 100 })), [2]);
  lessor.attach(3n, "a");
  lessor.attach(3n, "b");
  assert.deepEqual(ids(lessor.takeDue({ leasesMax: 100, keysMax: 2 })), [3]);
  assert.deepEqual(ids(lessor.takeDue(anyDue)), [1]);
  assert.deepEqual(ids(lessor.takeDue(anyDue)), []);
  assert.equal(lessor.renew(lessor.get(1n)!), "over");
});

Deno.test("Lessor.takeDue() passes over what was renewed, and over what is being renewed until that is settled", () => {
  const { host, lessor, grant } = leading();
  const renewed = grant(1, 10);
  const renewing = grant(2, 10);
  host.advance(500);
  assert.equal(lessor.renew(renewed), "renewed");
  host.advance(9500);
  lessor.beginRenewal(renewing);
  assert.deepEqual(lessor.takeDue(anyDue), []);
  assert.equal(lessor.nextExpiryMs, 10_500);
  lessor.settle(renewing, { retryMs: 0 });
  assert.deepEqual(lessor.takeDue(anyDue), [renewing]);
  host.advance(500);
  assert.deepEqual(lessor.takeDue(anyDue), [renewed]);
});

Deno.test("Lessor.settle() has a lease whose end has failed tried again later, and lets it be renewed no more", () => {
  const { host, lessor, grant } = leading();
  const lease = grant(1, 10);
  host.advance(10_000);
  assert.deepEqual(lessor.takeDue(anyDue), [lease]);
  lessor.settle(lease, { retryMs: 300 });
  assert.equal(lessor.nextExpiryMs, 10_300);
  assert.equal(lessor.renew(lease), "over");
  host.advance(299);
  assert.deepEqual(lessor.takeDue(anyDue), []);
  host.advance(1);
  assert.deepEqual(lessor.takeDue(anyDue), [lease]);
});

Deno.test("Lessor.endedAt() refuses an end that a renewal in the log has overtaken", () => {
  const { lessor, grant } = leading();
  grant(1, 10);
  assert.equal(lessor.endedAt(1n, 9_999), undefined);
  assert.equal(lessor.endedAt(1n, 10_000)?.id, 1n);
  lessor.applyRenew({ timeMs: 9_999, leadMsMin: 0, ids: [1n] });
  assert.equal(lessor.endedAt(1n, 10_000), undefined);
  assert.equal(lessor.endedAt(1n, 19_999)?.id, 1n);
  assert.equal(lessor.endedAt(2n, 10_000), undefined);
});

Deno.test("Lessor.remove() takes a lease out of everything, and only without keys", () => {
  const { host, lessor, grant } = leading();
  const lease = grant(1, 10);
  lessor.attach(1n, "a");
  assert.throws(() => lessor.remove(lease), /before its keys/);
  lessor.detach(1n, "a");
  lessor.remove(lease);
  assert.equal(lease.state, LeaseState.Gone);
  assert.equal(lessor.has(1n), false);
  assert.equal(lessor.nextExpiryMs, Infinity);
  lessor.settle(lease, { retryMs: 0 });
  host.advance(20_000);
  assert.deepEqual(lessor.takeDue(anyDue), []);
});

Deno.test("Lessor.lead() after a restart: no end before the promise, none later than lead and unstored clock allow", () => {
  const first = leading();
  const [idle, renewed] = [first.grant(1, 100), first.grant(2, 100)];
  first.host.advance(40_000);
  first.renewStored(renewed);
  first.lessor.extend(renewed);
  first.host.advance(500);
  assert.equal(first.lessor.renew(renewed), "renewed");
  first.store();
  // What the clock does from here on nobody stores.
  first.host.advance(300);

  const second = leading(first.storage);
  const { lessor } = second;
  const leftMs = (id: bigint) => lessor.get(id)!.expiryMs - lessor.clock.nowMs;
  assert.equal(idle.expiryMs - first.lessor.clock.nowMs, 59_200);
  assert.equal(leftMs(1n), 59_200 + 800 + 1000);
  assert.equal(renewed.expiryMs - first.lessor.clock.nowMs, 99_700);
  assert.equal(leftMs(2n), 100_000, "never above the full time to live");
});

Deno.test("Lessor.takeEffects() stores what has changed since the last call and nothing else", () => {
  const { host, lessor, grant, store, storage, renewStored } = leading();
  assert.equal(store(), 0);
  const [one, two] = [grant(-1, 10), grant(2, 10)];
  host.advance(5);
  grant(3, 10);
  assert.equal(store(), 4, "three leases and the clock");
  assert.equal(store(), 0);
  lessor.renew(one);
  assert.equal(store(), 0, "a renewal within the lead");
  renewStored(two);
  assert.equal(store(), 1);
  lessor.remove(two);
  const again = grant(2, 77);
  assert.equal(store(), 1, "one row for the id");
  lessor.remove(again);
  lessor.remove(grant(4, 10));
  assert.equal(store(), 1, "what was never stored is not removed");
  const { lessor: reopened } = open(storage);
  assert.deepEqual(reopened.byExpiry().map(({ id, ttlSeconds }) => [id, ttlSeconds]), [[3n, 10], [-1n, 10]]);
  assert.equal(reopened.clock.appliedMs, 5);
});

Deno.test("Lessor.open() reads thousands of leases in steps", () => {
  const { grant, store, storage } = leading();
  for (let id = 1; id <= 5000; id++) grant(id, 10);
  store();
  let pauses = 0;
  const steps = Lessor.open<string>(storage, { clock: new ManualClock(), metrics: new LeaseMetrics(new Registry()) });
  let step = steps.next();
  for (; !step.done; step = steps.next()) pauses++;
  assert.equal(pauses, 2);
  assert.equal(step.value.size, 5000);
  assert.equal(step.value.has(5000n), true);
});

Deno.test("Lessor.byExpiry() puts those that end first in front", () => {
  const { lessor, grant } = leading();
  for (const [id, ttl] of [[1, 30], [2, 10], [3, 20], [4, 10]]) grant(id, ttl);
  assert.deepEqual(lessor.byExpiry().map(({ id }) => Number(id)), [2, 4, 3, 1]);
});

Deno.test("Lessor counts what etcd's metrics count, and tells its listener", () => {
  const { lessor, grant } = leading();
  const heard: string[] = [];
  lessor.setListener({ granted: ({ id }) => heard.push(`+${id}`), gone: ({ id }) => heard.push(`-${id}`) });
  const lease = grant(1, 10);
  grant(2, 3);
  lessor.remove(lease);
  assert.deepEqual(heard, ["+1", "+2", "-1"]);
  const { granted, revoked, ttlSeconds } = lessor.metrics;
  assert.deepEqual([granted.value, revoked.value, ttlSeconds.count, ttlSeconds.sum], [2, 1, 2, 13]);
});
