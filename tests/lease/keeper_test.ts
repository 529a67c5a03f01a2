import assert from "node:assert/strict";
import { errors } from "../../src/base/mod.ts";
import { faulty } from "../../storage_adapters/faulty/mod.ts";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { done, LeaseMember, text } from "./lease_member.ts";

const indexOf = (test: LeaseMember) => test.member.consensus.appliedIndex;

async function granted(test: LeaseMember, leases: readonly [id: bigint, ttlSeconds: number][]): Promise<void> {
  const outcomes = leases.map(([id, ttlSeconds]) => test.grant(id, ttlSeconds));
  await test.settle();
  for (const outcome of outcomes) done(outcome);
}

async function put(test: LeaseMember, key: string, lease = 0n): Promise<void> {
  const outcome = test.put(key, lease);
  await test.settle();
  done(outcome);
}

Deno.test("LeaseKeeper.grant() raises short times, refuses endless ones, and finds ids itself", async () => {
  const test = new LeaseMember(memory(), { leaseTtlSecondsMin: 5 });
  const [short, negative, chosen, other] = [
    test.grant(1n, 4),
    test.grant(2n, -9),
    test.grant(0n, 60),
    test.grant(0n, 60),
  ];
  const [longest, tooLong] = [test.grant(3n, 9_000_000_000), test.grant(4n, 9_000_000_001)];
  await test.settle();
  assert.deepEqual(done(short), { id: 1n, ttlSeconds: 5, revision: 1 });
  assert.equal(done(negative).ttlSeconds, 5);
  assert.equal(done(longest).ttlSeconds, 9_000_000_000);
  assert.deepEqual(tooLong(), errors.leaseTTLTooLarge());
  const ids = [chosen, other].map((outcome) => done(outcome).id);
  assert.notEqual(ids[0], ids[1]);
  for (const id of ids) assert.ok(id > 0n && id < 2n ** 63n);
  const again = test.grant(1n, 10);
  await test.settle();
  assert.deepEqual(again(), errors.leaseExist());
  await test.member.close();
});

Deno.test("LeaseKeeper.renewLater() takes all renewals of a turn along in one entry, and none within the lead", async () => {
  const test = new LeaseMember(memory());
  const ids = Array.from({ length: 5000 }, (_, i) => BigInt(i + 1));
  await granted(test, ids.map((id) => [id, 60]));
  test.clock.advance(1001);
  const before = indexOf(test);
  const first = ids.map((id) => test.renew(id));
  await test.settle();
  assert.deepEqual(first.map(done), ids.map(() => 60));
  assert.equal(indexOf(test), before + 2, "5000 renewals are more than one entry takes");
  test.clock.advance(1000);
  for (const id of ids) assert.equal(test.member.leases.renewNow(id), 60);
  await test.settle();
  assert.equal(indexOf(test), before + 2);
  test.clock.advance(1);
  const many = Array.from({ length: 10 }, () => test.renew(9n));
  await test.settle();
  assert.deepEqual(many.map(done), many.map(() => 60));
  assert.equal(indexOf(test), before + 3);
  assert.equal(test.metric("etcd_debugging_lease_renewed_total"), 10_010);
  await test.member.close();
});

Deno.test("LeaseKeeper stores the clock while there are leases: each second for short ones, each minute for long ones", async () => {
  for (const [ttlSeconds, everyMs] of [[5, 1000], [400, 40_000], [3600, 60_000]]) {
    const test = new LeaseMember(memory());
    await test.pass(300_000, 10_000);
    assert.equal(indexOf(test), 0);
    assert.equal(test.clock.timerCount, 0);
    await granted(test, [[1n, ttlSeconds]]);
    const before = indexOf(test);
    await test.pass(everyMs - 1, everyMs - 1);
    assert.equal(indexOf(test), before);
    await test.pass(1);
    assert.equal(indexOf(test), before + 1);
    await test.member.close();
    assert.equal(test.clock.timerCount, 0);
  }
});

Deno.test("LeaseKeeper.close() stores the clock: a stop gives a lease no more than its lead", async () => {
  const storage = faulty(memory(), { random: seededRandom(1) });
  const test = new LeaseMember(storage);
  await granted(test, [[1n, 600]]);
  await test.pass(100_123, 1000);
  assert.equal(test.status(1n)!.remainingSeconds, 499);
  await test.member.close();
  storage.crash();
  const again = new LeaseMember(await storage.restart());
  // The lead is a second; the rest is that of 499.877 s.
  assert.equal(again.status(1n)!.remainingSeconds, 500);
  await again.pass(500_876, 100);
  assert.equal(again.member.leases.has(1n), true);
  await again.pass(30, 1);
  assert.equal(again.member.leases.has(1n), false);
});

Deno.test("a lease ends with all its keys in one revision, in their order, and watchers' history says so", async () => {
  const test = new LeaseMember(memory());
  await granted(test, [[1n, 10], [2n, 10], [3n, 10]]);
  for (const key of ["b", "a", "c"]) await put(test, key, 1n);
  await put(test, "moved", 1n);
  await put(test, "moved", 2n);
  await put(test, "freed", 2n);
  await put(test, "freed");
  assert.deepEqual([1n, 2n, 3n].map((id) => test.keysOf(id)), [["a", "b", "c"], ["moved"], []]);
  const { keyspace } = test.member;
  const { revision } = keyspace;
  await test.pass(9900);
  assert.equal(keyspace.revision, revision);
  await test.pass(200);
  assert.equal(keyspace.revision, revision + 2, "a lease without keys changes nothing");
  const events = keyspace.readHistory(keyspace.openHistory(revision + 1), { eventsMax: 100 });
  assert.deepEqual(
    events.map(({ revision, sub, isTombstone, kv }) => [revision, sub, isTombstone, text(kv.subarray(2))]),
    [[revision + 1, 0, true, "a"], [revision + 1, 1, true, "b"], [revision + 1, 2, true, "c"], [
      revision + 2,
      0,
      true,
      "moved",
    ]],
  );
  assert.deepEqual([...test.leasesOfKeys()], [["freed", 0n]]);
  assert.equal(test.metric("etcd_debugging_server_lease_expired_total"), 3);
  assert.equal(test.metric("etcd_debugging_lease_revoked_total"), 3);
});

Deno.test("LeaseKeeper.revoke() ends a lease with its keys; what waits for its renewal hears that it is gone", async () => {
  const test = new LeaseMember(memory());
  await granted(test, [[1n, 10]]);
  await put(test, "a", 1n);
  test.clock.advance(5000);
  const [revoked, missing] = [test.revoke(1n), test.revoke(5n)];
  const renewal = test.renew(1n);
  await test.settle();
  assert.deepEqual(done(revoked), { revision: 3 });
  assert.deepEqual(missing(), errors.leaseNotFound());
  assert.equal(done(renewal), 0);
  assert.equal(test.status(1n), undefined);
  assert.deepEqual(test.member.leases.ids(), []);
});

Deno.test("LeaseKeeper.renewLater() waits for the end of a lease whose time is over, even while ends wait for storage", async () => {
  const clock = new ManualClock();
  const storage = faulty(memory(), { random: seededRandom(1), syncLatencyMs: { min: 300, max: 300, clock } });
  const test = new LeaseMember(storage);
  const grant = test.grant(1n, 5);
  await test.settle();
  clock.advance(300);
  await test.settle();
  done(grant);
  test.clock.advance(5000);
  await test.settle();
  const renewal = test.renew(1n);
  await test.settle();
  assert.equal(renewal(), "pending");
  assert.equal(test.status(1n)!.remainingSeconds, 0);
  test.clock.advance(3000);
  assert.equal(test.status(1n)!.remainingSeconds, 0, "below 0 a client would take it for a lease that does not exist");
  clock.advance(300);
  await test.settle();
  assert.equal(done(renewal), 0);
});

Deno.test("a renewal that storage keeps longer than the lead is stored once more before it is answered", async () => {
  const slowDisk = new ManualClock();
  const syncLatencyMs = { min: 700, max: 700, clock: slowDisk };
  const test = new LeaseMember(faulty(memory(), { random: seededRandom(1), syncLatencyMs }));
  const pass = async (durationMs: number) => {
    for (let at = 0; at < durationMs; at += 10) {
      test.clock.advance(10);
      slowDisk.advance(10);
      await test.settle();
    }
  };
  // The lead of five seconds is half a second.
  const grant = test.grant(1n, 5);
  await test.settle();
  const first = indexOf(test);
  await pass(700);
  assert.equal(grant(), "pending");
  assert.equal(indexOf(test), first + 1);
  await pass(700);
  assert.equal(done(grant).ttlSeconds, 5);
  assert.equal(indexOf(test), first + 2);
  await pass(2000);
  const renewal = test.renew(1n);
  for (let waits = 0; waits < 300 && renewal() === "pending"; waits++) await pass(10);
  assert.equal(done(renewal), 5);
  assert.ok(test.status(1n)!.remainingSeconds >= 4, "the answer promises more time than there is");
  const answeredMs = test.clock.monotonicMs();
  await pass(4990);
  assert.equal(test.member.leases.has(1n), true, `answered at ${answeredMs}`);
  assert.equal(test.status(1n)!.remainingSeconds, 0);
});

Deno.test("when storage fails, renewals that need it fail, ends are tried again later, and nothing ends", async () => {
  const storage = faulty(memory(), {
    random: seededRandom(1),
    errors: [{ operation: "sync", fault: "io", atCall: 2 }],
  });
  const test = new LeaseMember(storage);
  await granted(test, [[1n, 10], [2n, 10]]);
  await put(test, "a", 1n).catch(() => {});
  test.clock.advance(5000);
  assert.equal(test.member.health.isServing, false);
  const renewal = test.renew(1n);
  await test.settle();
  assert.deepEqual(renewal(), errors.stopped());
  test.clock.advance(5000);
  const over = test.renew(2n);
  await test.settle();
  test.clock.advance(5000);
  await test.settle();
  assert.deepEqual(over(), errors.stopped());
  assert.ok(test.warnings.includes("failed to end leases"));
  assert.equal(test.member.leases.has(1n), true);
  await test.member.close();
  assert.equal(test.clock.timerCount, 0);
});

Deno.test("100,000 leases that end at once are worked off in bounded entries, and puts go on between them", async () => {
  const leases = 100_000;
  const test = new LeaseMember(memory());
  await granted(test, Array.from({ length: leases }, (_, i) => [BigInt(i + 1), 10]));
  const filled = Array.from({ length: 1000 }, (_, i) => test.put(`key${i}`, BigInt(100 * i + 1)));
  await test.settle();
  filled.forEach(done);
  await test.pass(9999, 9999);
  const before = indexOf(test);
  test.clock.advance(1);
  const ended = () => test.metric("etcd_debugging_server_lease_expired_total");
  let puts = 0;
  for (let seen = 0; ended() < leases; seen = ended()) {
    const put = test.put("between");
    puts++;
    await turnUntil(test, () => put() !== "pending");
    done(put);
    assert.ok(ended() - seen <= 64, `${ended() - seen} leases ended while one put was made`);
    assert.ok(puts < leases, "no leases end while puts are made");
  }
  await test.settle();
  assert.equal(test.member.leases.ids().length, 0);
  assert.deepEqual([...test.leasesOfKeys().keys()], ["between"]);
  assert.equal(indexOf(test) - before - puts, Math.ceil(leases / 32));
});

async function turnUntil(test: LeaseMember, condition: () => boolean): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    assert.ok(turn < 100, "nothing happens any more");
    test.clock.turn();
    await Promise.resolve();
  }
}
