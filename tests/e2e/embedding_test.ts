import assert from "node:assert/strict";
import { Client, credentials, status } from "@grpc/grpc-js";
import { memory, type Server, startServer } from "../../mod.ts";
import { type etcdserverpb, type Method, services } from "../../proto/gen/mod.ts";

const text = (value: string) => new TextEncoder().encode(value);

/** One call from a client of its own, so that nothing of it outlives the test. */
async function call<Request, Response>(
  server: Server,
  method: Method<Request, Response, false, false>,
  request: Parameters<Method<Request, Response>["requestSerialize"]>[0],
): Promise<Response> {
  const client = new Client(server.endpoint, credentials.createInsecure());
  try {
    return await new Promise<Response>((resolve, reject) => {
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        (error, response) => error ? reject(error) : resolve(response!),
      );
    });
  } finally {
    client.close();
  }
}

Deno.test("startServer() serves put and range from memory on a port of the system's choice", async () => {
  await using etcd = await startServer({ storage: memory(), port: 0 });
  assert.notEqual(etcd.port, 0);
  const put = await call(etcd, services.KV.Put, { key: text("color"), value: text("blue") });
  assert.equal(put.header?.revision, 2);
  const range = await call(etcd, services.KV.Range, { key: text("color") });
  assert.equal(new TextDecoder().decode(range.kvs[0].value), "blue");
});

Deno.test("startServer() runs several members beside each other", async () => {
  await using first = await startServer({ storage: memory() });
  await using second = await startServer({ storage: memory() });
  await call(first, services.KV.Put, { key: text("only"), value: text("here") });
  const range = await call(second, services.KV.Range, { key: text("only") });
  assert.equal(range.count, 0);
});

Deno.test("startServer() takes etcd's flags", async () => {
  await using etcd = await startServer({ storage: memory(), flags: { "max-txn-ops": 1 } });
  const op = { requestPut: { key: text("a"), value: text("b") } } as etcdserverpb.RequestOp;
  await assert.rejects(
    call(etcd, services.KV.Txn, { success: [op, op] }),
    /etcdserver: too many operations in txn request/,
  );
  await assert.rejects(startServer({ storage: memory(), flags: { "no-such-flag": 1 } }), /no-such-flag/);
});

Deno.test("startServer() goes on from what storage holds", async () => {
  const storage = memory();
  const kept: typeof storage = new Proxy(storage, {
    get: (target, property) => {
      if (property === "close") return () => Promise.resolve();
      const value = Reflect.get(target, property);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  {
    await using etcd = await startServer({ storage: kept });
    await call(etcd, services.KV.Put, { key: text("color"), value: text("blue") });
  }
  await using etcd = await startServer({ storage: kept });
  const range = await call(etcd, services.KV.Range, { key: text("color") });
  assert.equal(range.header?.revision, 2);
  assert.equal(range.header?.raftTerm, 3);
});

Deno.test("startServer() answers gRPC health checks for the server as a whole", async () => {
  await using etcd = await startServer({ storage: memory() });
  const health = await call(etcd, services.Health.Check, {});
  assert.equal(health.status, 1, "SERVING");
  await assert.rejects(call(etcd, services.Health.Check, { service: "no.such.Service" }), { code: status.NOT_FOUND });
});

Deno.test("startServer() answers HTTP on the same port", async () => {
  await using etcd = await startServer({ storage: memory() });
  const get = async (path: string) => {
    const response = await fetch(`http://${etcd.endpoint}${path}`);
    return { status: response.status, body: await response.text() };
  };
  assert.deepEqual(await get("/health"), { status: 200, body: '{"health":"true","reason":""}' });
  assert.match((await get("/version")).body, /^\{"etcdserver":"3\.7\.\d+","etcdcluster":"3\.7\.0"/);
  assert.match((await get("/metrics")).body, /^etcd_server_has_leader 1$/m);
  assert.equal((await get("/no/such/path")).status, 404);
});

Deno.test("startServer() says which calls are not there", async () => {
  await using etcd = await startServer({ storage: memory() });
  await assert.rejects(call(etcd, services.Auth.AuthStatus, {}), { code: status.UNIMPLEMENTED });
});

Deno.test("startServer() logs which flags have no effect", async () => {
  const warnings: unknown[] = [];
  const logger = { debug() {}, info() {}, error() {}, warn: (_: string, fields?: unknown) => warnings.push(fields) };
  await using _etcd = await startServer({ storage: memory(), logger, flags: { "snapshot-count": 5 } });
  assert.deepEqual(warnings[0], { option: "snapshot-count", value: "5" });
});

Deno.test("startServer() closes the storage when it refuses a flag", async () => {
  const storage = memory();
  await assert.rejects(startServer({ storage, flags: { "no-such-flag": 1 } }));
  assert.throws(() => storage.size(), { fault: "closed" });
});

Deno.test("startServer() listens on an IPv6 address", async (t) => {
  if (!Deno.networkInterfaces().some(({ address }) => address === "::1")) {
    await t.step({ name: "this host has no ::1", ignore: true, fn() {} });
    return;
  }
  await using etcd = await startServer({ storage: memory(), hostname: "::1" });
  assert.equal(etcd.endpoint, `[::1]:${etcd.port}`);
  const response = await fetch(`http://${etcd.endpoint}/health`);
  assert.equal((await response.json()).health, "true");
});

Deno.test("startServer() refuses a cluster of several members, and one to join", async () => {
  const several = "default=http://localhost:2380,b=http://localhost:2381";
  const start = (flags: Record<string, string>) => startServer({ storage: memory(), flags });
  await assert.rejects(start({ "initial-cluster": several }), /names 2 members/);
  await assert.rejects(start({ "initial-cluster-state": "existing" }), /needs a cluster to join/);
});
