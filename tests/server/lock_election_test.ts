import assert from "node:assert/strict";
import { contend } from "../../src/api/contention/contender.ts";
import { KeyPrefix } from "../../src/api/contention/key_prefix.ts";
import { LocalClient } from "../../src/api/mod.ts";
import { errors } from "../../src/base/mod.ts";
import { systemClock } from "../../src/runtime/mod.ts";
import { Contest } from "../compat/locks/contest.ts";
import type { Message } from "../compat/wire.ts";
import { type LocalServer, startLocalServer } from "../support/local_server.ts";

/** Resolves when the server has so many watchers; looks after each turn in which it may have changed. */
async function untilWatchers({ app }: LocalServer, count: number): Promise<void> {
  while (app.member.watches.watchers !== count) await new Promise((resolve) => setTimeout(resolve));
}

const leader = { name: "e", key: "e/1", rev: 2n, lease: 1n };

function valueOf(message: Message): string {
  return String((message.kv as Message).value);
}

Deno.test("a call of Lock or Campaign that is given up leaves neither key nor watcher", async () => {
  await using server = await startLocalServer();
  await using contest = new Contest(server.endpoint);
  await contest.grant(1n, 2n);
  for (const [rpc, name] of [["Lock", "n"], ["Campaign", "m"]] as const) {
    await contest.call(rpc, { name, lease: 1n });
    const waiting = contest.begin(rpc, { name, lease: 2n });
    await untilWatchers(server, 1);
    await contest.cancel(waiting);
    await untilWatchers(server, 0);
    await contest.until(1, "deletions", name);
    const { messages: [range] } = await contest.call("Range", { key: `${name}/`, range_end: `${name}0` });
    assert.equal(range.count, "1");
  }
});

Deno.test("contend() takes back the key that it has put for a call that was given up meanwhile, but no key that was there", async () => {
  await using server = await startLocalServer();
  await using contest = new Contest(server.endpoint);
  await contest.grant(1n);
  const { member } = server.app;
  const client = new LocalClient({ member, clock: systemClock, maxTxnOps: 128, maxRequestBytes: 1_000_000 });
  const call = { isCancelled: true, onCancel: (callback: () => void) => callback() };
  const prefix = new KeyPrefix(new TextEncoder().encode("n"));
  const attempt = () => contend(client, { prefix, lease: 1n, value: new Uint8Array(), asksOldest: true, call });
  await assert.rejects(attempt(), errors.canceled());
  assert.equal(member.keyspace.liveKeys, 0);
  await contest.call("Lock", { name: "n", lease: 1n });
  await assert.rejects(attempt(), errors.canceled());
  assert.equal(member.keyspace.liveKeys, 1);
});

Deno.test("an Observe that is given up leaves no watcher, with a leader and without", async () => {
  await using server = await startLocalServer();
  await using contest = new Contest(server.endpoint);
  await contest.grant(1n);
  const early = contest.begin("Observe", { name: "e" });
  await untilWatchers(server, 1);
  await contest.cancel(early);
  await untilWatchers(server, 0);
  await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
  const late = contest.begin("Observe", { name: "e" });
  await contest.next("the leader", late);
  await untilWatchers(server, 1);
  await contest.cancel(late);
  await untilWatchers(server, 0);
});

Deno.test("a member that stops fails at once what waits for a lock, and lets go of the place in the queue", async () => {
  const server = await startLocalServer();
  const contest = new Contest(server.endpoint);
  await contest.grant(1n, 2n);
  await contest.call("Lock", { name: "n", lease: 1n });
  await contest.call("Campaign", { name: "e", lease: 1n, value: "one" });
  const calls = [
    contest.begin("Lock", { name: "n", lease: 2n }),
    contest.begin("Campaign", { name: "e", lease: 2n }),
    contest.begin("Observe", { name: "e" }),
    contest.begin("Observe", { name: "nobody" }),
  ];
  await untilWatchers(server, calls.length);
  const { keyspace } = server.app.member;
  const stopped = server.app.stop();
  for (const call of calls) {
    const { code, details } = await call.answer;
    assert.deepEqual({ code, details }, { code: 14, details: "etcdserver: server stopped" });
  }
  assert.equal(keyspace.liveKeys, 2);
  await contest[Symbol.asyncDispose]();
  await stopped;
});

Deno.test("an observer who does not read is told every value in order later, and the member keeps none for it", async () => {
  await using server = await startLocalServer();
  await using contest = new Contest(server.endpoint);
  await contest.grant(1n);
  await contest.call("Campaign", { name: "e", lease: 1n, value: "0" });
  const observer = contest.begin("Observe", { name: "e" });
  await contest.next("the leader", observer);
  observer.pause();
  const padding = "x".repeat(100_000);
  const count = 100;
  for (let number = 1; number <= count; number++) {
    await contest.call("Proclaim", { leader, value: `${number}${padding}` });
  }
  // The stream is full: the watch has ended until there is room.
  await untilWatchers(server, 0);
  observer.resume();
  for (let number = 1; number <= count; number++) {
    assert.equal(valueOf(await observer.next()), `${number}${padding}`);
  }
});

Deno.test("an observer who was behind a compaction is told the newest value", async () => {
  await using server = await startLocalServer();
  await using contest = new Contest(server.endpoint);
  await contest.grant(1n);
  await contest.call("Campaign", { name: "e", lease: 1n, value: "0" });
  const observer = contest.begin("Observe", { name: "e" });
  await contest.next("the leader", observer);
  observer.pause();
  const padding = "x".repeat(100_000);
  for (let number = 1; number <= 100; number++) {
    await contest.call("Proclaim", { leader, value: `${number}${padding}` });
  }
  await untilWatchers(server, 0);
  const { revision } = server.app.member.keyspace;
  await contest.call("Compact", { revision: BigInt(revision) });
  observer.resume();
  const told: number[] = [];
  do told.push(parseInt(valueOf(await observer.next()))); while (told.at(-1) !== 100);
  assert.ok(told.length < 100, "nothing was left out: the observer was not behind");
  assert.deepEqual(told, [...told].sort((a, b) => a - b), "in order");
  assert.equal(new Set(told).size, told.length, "each once");
  await contest.call("Resign", { leader });
  await contest.grant(2n);
  await contest.call("Campaign", { name: "e", lease: 2n, value: "next" });
  assert.equal(valueOf(await observer.next()), "next");
});

Deno.test("a hundred contenders get a lock one after the other, in the order in which they came", async () => {
  await using server = await startLocalServer();
  await using contest = new Contest(server.endpoint);
  const leases = Array.from({ length: 100 }, (_, index) => BigInt(index + 1));
  await contest.grant(...leases);
  let holders = 0;
  const order = await Promise.all(leases.map(async (lease) => {
    const { messages: [{ header }] } = await contest.answerOf("lock", contest.begin("Lock", { name: "n", lease }));
    assert.equal(++holders, 1, "two hold the lock");
    const { createRevision } = (await range(contest, `n/${lease.toString(16)}`))!;
    holders--;
    await contest.call("Unlock", { key: `n/${lease.toString(16)}` });
    return { granted: Number((header as Message).revision), createRevision };
  }));
  const byGrant = order.toSorted((a, b) => a.granted - b.granted || a.createRevision - b.createRevision);
  assert.deepEqual(byGrant, order.toSorted((a, b) => a.createRevision - b.createRevision));
  await untilWatchers(server, 0);
});

async function range(contest: Contest, key: string): Promise<{ createRevision: number } | undefined> {
  const { messages: [{ kvs }] } = await contest.call("Range", { key });
  const [kv] = (kvs ?? []) as Message[];
  return kv === undefined ? undefined : { createRevision: Number(kv.create_revision) };
}
