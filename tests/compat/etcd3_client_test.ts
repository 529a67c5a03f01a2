import assert from "node:assert/strict";
import { type Campaign, type ElectionObserver, Etcd3, EtcdLeaseInvalidError, EtcdLockFailedError } from "etcd3";
import type { Lease, Watcher } from "etcd3";
import { startDetcd, startEtcd } from "../support/programs.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { testWithTools } from "../support/tools.ts";

/** What a script has seen: it must be equal for both servers. */
type Seen = unknown[];

/** A server and a client of it. */
interface Subject {
  server: ServerProcess;
  client: Etcd3;
  /** Starts the server again, with its data, at the same address. */
  restart(): Promise<void>;
}

/** Runs a script against etcd and against detcd, and compares what it has seen. */
function sameWithBoth(name: string, script: (subject: Subject) => Promise<Seen>): void {
  testWithTools(`the npm client etcd3: ${name}`, {
    tools: ["etcd"],
    // The client's timers for reconnecting and keeping alive outlive its close().
    sanitize: false,
    run: async () => {
      const [etcd, detcd] = await Promise.all([startEtcd, startDetcd].map((start) => runScript(start, script)));
      assert.deepEqual(detcd, etcd);
      assert.ok(etcd.length > 0, "the script has seen nothing");
    },
  });
}

async function runScript(
  start: typeof startEtcd,
  script: (subject: Subject) => Promise<Seen>,
): Promise<Seen> {
  const dataDir = await Deno.makeTempDir({ prefix: "etcd3-" });
  let server = await start({ dataDir });
  const client = new Etcd3({ hosts: server.endpoint });
  try {
    const subject: Subject = {
      get server() {
        return server;
      },
      client,
      restart: async () => {
        const flags = [`--listen-client-urls=http://${server.endpoint}`];
        await server.kill();
        server = await start({ dataDir, flags });
      },
    };
    return (await script(subject)).map(withoutChance);
  } catch (error) {
    throw new Error(`The script failed on ${server.name}`, { cause: error });
  } finally {
    // Before the server: the host's HTTP/2 client does not survive a server that says goodbye to an idle connection.
    client.close();
    await server[Symbol.asyncDispose]();
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** What differs between two servers of the same kind: terms and ids that the server chooses. Bytes become text. */
function withoutChance(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null, (name, field) => {
    if (field?.type === "Buffer") return new TextDecoder("latin1").decode(Uint8Array.from(field.data));
    if (name === "raft_term") return "a term";
    if ((name === "lease" || name === "ID") && field !== "0") return "a lease";
    return field;
  }));
}

/** The first of an emitter's events that is awaited; an error fails it. */
function once<Value>(emitter: Watcher | Lease | Campaign | ElectionObserver, event: string): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  emitter.once(event, resolve);
  if (event !== "error") emitter.once("error", reject);
  return promise.finally(() => emitter.removeListener("error", reject));
}

async function failure(promise: PromiseLike<unknown>): Promise<[string, string]> {
  try {
    await promise;
  } catch (error) {
    return [(error as Error).constructor.name, (error as Error).message];
  }
  throw new Error("It should have failed");
}

sameWithBoth("put, get and delete", async ({ client }) => [
  await client.get("missing").string(),
  await client.put("a").value("1"),
  await client.put("a").value("2").getPrevious(),
  await client.put("\0\xffb").value(new Uint8Array([0, 255]) as Parameters<ReturnType<Etcd3["put"]>["value"]>[0]),
  await client.put("n").value(42),
  await client.get("n").number(),
  await client.get("a").exec(),
  await client.get("a").exists(),
  await client.get("a").revision(2).string(),
  await client.put("a").touch(),
  await client.get("a").exec(),
  await client.delete().key("a").getPrevious(),
  await client.delete().key("a").exec(),
  await client.get("a").exists(),
  await failure(client.get("").exec()),
  await failure(client.get("a").revision(1000).exec()),
  await failure(client.put("missing").touch()),
]);

sameWithBoth("ranges and prefixes", async ({ client }) => {
  for (const key of ["p/1", "p/2", "p/3", "q", "p"]) await client.put(key).value(`value of ${key}`);
  await client.put("p/2").value("newer");
  const namespace = client.namespace("p/");
  return [
    await client.getAll().strings(),
    await client.getAll().prefix("p/").strings(),
    await client.getAll().prefix("p/").keys(),
    await client.getAll().prefix("p/").count(),
    await client.getAll().prefix("p/").limit(2).exec(),
    await client.getAll().prefix("p/").sort("Mod", "Descend").exec(),
    await client.getAll().inRange({ start: "p/2", end: "q" }).strings(),
    await client.getAll().minModRevision(4).maxModRevision(6).keys(),
    await client.getAll().maxCreateRevision(3).keys(),
    await client.getAll().serializable(true).revision(4).strings(),
    await namespace.getAll().strings(),
    await namespace.get("1").string(),
    await namespace.delete().prefix("1").exec(),
    await client.delete().inRange({ start: "p/", end: "p/3" }).getPrevious(),
    await client.delete().all().exec(),
    await client.getAll().keys(),
  ];
});

sameWithBoth("transactions", async ({ client }) => {
  await client.put("a").value("1");
  const move = (expected: string) =>
    client.if("a", "Value", "==", expected).and("a", "Version", ">", 0)
      .then(client.put("a").value("2"), client.get("a"), client.delete().key("b"))
      .else(client.get("a"), client.put("b").value("seen"))
      .commit();
  return [
    await move("1"),
    await move("1"),
    await move("2"),
    await client.if("a", "Create", "==", 2).then(client.getAll().prefix("")).commit(),
    await client.if("a", "Mod", "<", 2).then(client.delete().all()).commit(),
    await client.if("a", "Lease", "!=", 0).then(client.delete().all()).commit(),
    await failure(client.if("a", "Version", ">", 0).then(client.put("c"), client.put("c")).commit()),
    await client.stm().transact(async (tx) => {
      const value = await tx.get("a").string();
      await tx.put("sum").value(`${value}!`);
      return value;
    }),
    await client.getAll().strings(),
  ];
});

sameWithBoth("watches: events, several on a stream, cancel", async ({ client }) => {
  const one = await client.watch().key("a").withPreviousKV().create();
  const puts = await client.watch().prefix("a").only("put").create();
  const seen: Record<"one" | "puts", Seen> = { one: [], puts: [] };
  one.on("put", (kv, previous) => seen.one.push({ kv, previous }));
  one.on("delete", (kv, previous) => seen.one.push({ kv, previous, isDeleted: true }));
  puts.on("put", (kv) => seen.puts.push({ kv }));
  puts.on("delete", () => seen.puts.push("a deletion"));

  let awaited: Promise<unknown>[] = [once(one, "put"), once(puts, "put")];
  await client.put("a").value("1");
  await Promise.all(awaited);
  awaited = [once(puts, "put")];
  await client.put("ab").value("2");
  await Promise.all(awaited);
  awaited = [once(one, "delete")];
  await client.delete().key("a");
  await Promise.all(awaited);

  const past = await client.watch().prefix("a").startRevision("2").create();
  const { events } = await once<{ events: unknown[] }>(past, "data");
  await past.cancel();
  await one.cancel();
  awaited = [once(puts, "put")];
  await client.put("a").value("unseen by the first");
  await Promise.all(awaited);
  await puts.cancel();
  return [seen, events];
});

sameWithBoth("a watch of a compacted revision", async ({ client }) => {
  for (let i = 0; i < 5; i++) await client.put("a").value(i);
  await client.kv.compact({ revision: "5", physical: true });
  const watcher = client.watch().key("a").startRevision("2").watcher();
  const error = await once<Error>(watcher, "error");
  return [error.constructor.name, error.message];
});

sameWithBoth("a watch goes on after the server was away", async ({ client, restart }) => {
  const watcher = await client.watch().key("a").create();
  const values: string[] = [];
  const put = once(watcher, "put");
  watcher.on("put", ({ value, mod_revision }) => values.push(`${value} at ${mod_revision}`));
  await client.put("a").value("before");
  await put;
  const connected = once(watcher, "connected");
  const disconnected = once(watcher, "disconnected");
  await restart();
  await disconnected;
  await connected;
  const again = once(watcher, "put");
  await client.put("a").value("after");
  await again;
  await watcher.cancel();
  return values;
});

sameWithBoth("leases: grant, keep-alive, keys, release and revocation", async ({ client }) => {
  const lease = client.lease(60);
  const id = await lease.grant();
  const seen: Seen = [];
  seen.push(await once(lease, "keepaliveSucceeded"));
  seen.push(await lease.put("leased").value("1").exec());
  seen.push(await client.get("leased").exec());
  seen.push((await client.leaseClient.leaseTimeToLive({ ID: id, keys: true })).keys);
  seen.push(await lease.keepaliveOnce());
  await lease.revoke();
  seen.push(await client.get("leased").exists());
  seen.push(await client.leaseClient.leaseTimeToLive({ ID: id, keys: true }));
  seen.push(await failure(client.put("late").lease(id).value("1").exec()));
  const passing = client.lease(2, { autoKeepAlive: false });
  await passing.put("passing").value("1");
  const gone = await client.watch().key("passing").create();
  const deletion = once<{ key: unknown }>(gone, "delete");
  passing.release();
  seen.push((await deletion).key);
  await gone.cancel();
  return seen;
});

sameWithBoth("a lease that is lost", async ({ client }) => {
  const lease = client.lease(60);
  const id = await lease.grant();
  await once(lease, "keepaliveSucceeded");
  const lost = once<Error>(lease, "lost");
  await client.leaseClient.leaseRevoke({ ID: id });
  const error = await failure(lease.keepaliveOnce());
  assert.ok(await lost instanceof EtcdLeaseInvalidError);
  return [error[0], lease.revoked(), (await failure(lease.put("a").value("1").exec()))[0]];
});

sameWithBoth("locks", async ({ client }) => {
  const first = client.lock("n").ttl(10);
  await first.acquire();
  const second = client.lock("n");
  const [name] = await failure(second.acquire());
  assert.equal(name, EtcdLockFailedError.name);
  const keys = await client.getAll().keys();
  await first.release();
  const done = await client.lock("n").do(() => client.getAll().keys());
  return [name, keys, done, await client.getAll().keys()];
});

sameWithBoth("elections", async ({ client }) => {
  const seen: Seen = [];
  const election = client.election("e", 60);
  const observer = await election.observe();
  seen.push(observer.leader() ?? "nobody");
  const change = () => once<string | undefined>(observer, "change").then((value) => seen.push(value ?? "nobody"));
  const one = election.campaign("one");
  let changed = change();
  await Promise.all([one.wait(), changed]);
  const two = election.campaign("two");
  await once(two, "_isWaiting");
  changed = change();
  await one.proclaim("one more");
  await changed;
  seen.push(await election.leader());
  changed = change();
  const elected = two.wait();
  await one.resign();
  await elected;
  await changed;
  seen.push(await election.leader());
  seen.push((await failure(one.proclaim("too late")))[0]);
  await two.resign();
  seen.push((await election.leader()) ?? "nobody");
  await observer.cancel();
  return seen;
});
