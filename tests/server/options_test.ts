import assert from "node:assert/strict";
import { startServer } from "../../mod.ts";
import type { LogFields } from "../../src/ports/mod.ts";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import type { Message } from "../compat/wire.ts";
import { startLocalServer } from "../support/local_server.ts";
import { freePort } from "../support/ports.ts";

const key = new TextEncoder().encode("a");

/** The status of a GET; "closed" where the connection is closed without an answer. */
async function get(url: string): Promise<number | "closed"> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    assert(error instanceof TypeError);
    return "closed";
  }
}

async function putCode(endpoint: string): Promise<number> {
  using caller = new GrpcCaller(endpoint);
  return (await caller.call("etcdserverpb.KV/Put", { key, value: key })).code;
}

Deno.test("--listen-client-http-urls takes HTTP away from the client port, which goes on serving gRPC", async () => {
  const http = `127.0.0.1:${freePort()}`;
  await using server = await startLocalServer([`--listen-client-http-urls=http://${http}`]);
  assert.equal(await get(`http://${http}/health`), 200);
  assert.equal(await get(`http://${http}/version`), 200);
  assert.equal(await get(`http://${http}/metrics`), 200);
  assert.equal(await putCode(server.endpoint), 0);
  assert.equal(await putCode(http), 12, "no gRPC service there");
  assert.equal(await get(`http://${server.endpoint}/health`), "closed");
});

Deno.test("--listen-metrics-urls serves metrics and health, and nothing else, beside the client port", async () => {
  const metrics = `127.0.0.1:${freePort()}`;
  await using server = await startLocalServer([`--listen-metrics-urls=http://${metrics}`]);
  for (const path of ["/metrics", "/health", "/livez", "/readyz"]) {
    assert.equal(await get(`http://${metrics}${path}`), 200, path);
    assert.equal(await get(`http://${server.endpoint}${path}`), 200, path);
  }
  assert.equal(await get(`http://${metrics}/version`), 404);
});

Deno.test("--socket-reuse-port lets a second listener have the same port; without it that fails", async () => {
  await using first = await startLocalServer(["--socket-reuse-port"]);
  const same = `--listen-client-urls=http://${first.endpoint}`;
  await using second = await startLocalServer(["--socket-reuse-port", same]);
  assert.equal(second.endpoint, first.endpoint);
  await assert.rejects(startLocalServer([same]), {
    name: "ListenError",
    message: `Cannot listen on "${first.endpoint}": address already in use`,
  });
});

Deno.test("--socket-reuse-address: a port is free again at once after connections on it were closed by the server", async () => {
  let endpoint: string;
  {
    await using first = await startLocalServer();
    endpoint = first.endpoint;
    const [host, port] = endpoint.split(":");
    // The server closes first, so that its side is left in TIME_WAIT.
    using connection = await Deno.connect({ hostname: host, port: Number(port) });
    await connection.write(new TextEncoder().encode("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    for await (const _ of connection.readable) { /* to the end */ }
  }
  await using second = await startLocalServer([
    "--socket-reuse-address",
    `--listen-client-urls=http://${endpoint}`,
  ]);
  assert.equal(second.endpoint, endpoint);
});

Deno.test("--warning-apply-duration: what takes longer is logged with etcd's message, and counted", async () => {
  await using server = await startLocalServer(["--warning-apply-duration=1ns"]);
  using caller = new GrpcCaller(server.endpoint);
  const call = async (method: string, request: Message) =>
    assert.equal((await caller.call(`etcdserverpb.KV/${method}`, request)).code, 0);
  await call("Put", { key, value: new Uint8Array(5) });
  await call("Range", { key, range_end: new Uint8Array([0]) });
  const op = { request_range: { key } };
  await call("Txn", { compare: [], success: [op, op], failure: [] });
  await call("DeleteRange", { key });
  const slow = server.logger.lines.filter((line) => line.message === "apply request took too long");
  assert.deepEqual(slow.map(({ level, fields }) => [level, fields.prefix, fields.request, fields.response]), [
    ["warn", "", 'put:<key:"a" value_size:5>', ""],
    ["warn", "read-only range ", 'key:"a" range_end:"\\000"', "range_response_count:1"],
    [
      "warn",
      "read-only txn ",
      'success:<request_range:<key:"a">> success:<request_range:<key:"a">>',
      "response_count:2",
    ],
    ["warn", "", 'delete_range:<key:"a">', ""],
  ]);
  assert(
    slow.every(({ fields }) => fields["expected-duration"] === "0.001µs" && /^[\d.]+(µs|ms|s)$/.test(`${fields.took}`)),
  );
  const text = await (await fetch(`http://${server.endpoint}/metrics`)).text();
  assert.match(text, /^etcd_server_slow_apply_total 4$/m);
});

Deno.test("--warning-apply-duration and --warning-unary-request-duration: what takes less is not logged", async () => {
  await using server = await startLocalServer(["--warning-apply-duration=1h", "--warning-unary-request-duration=1h"]);
  assert.equal(await putCode(server.endpoint), 0);
  assert.deepEqual(server.logger.lines.filter((line) => line.level === "warn"), []);
});

Deno.test("--warning-unary-request-duration: what takes longer is logged with etcd's message", async () => {
  await using server = await startLocalServer(["--warning-unary-request-duration=1ns"]);
  assert.equal(await putCode(server.endpoint), 0);
  const [line, ...others] = server.logger.lines.filter(({ message }) => message === "request stats");
  assert.deepEqual(others, []);
  assert.equal(line.level, "warn");
  assert.equal(line.fields["response type"], "/etcdserverpb.KV/Put");
  assert.equal(line.fields["request size"], 6);
  assert.equal(line.fields["response size"], 10);
  assert.equal(line.fields["request content"], 'put:<key:"a" value_size:1>');
  assert.match(String(line.fields.remote), /^127\.0\.0\.1:\d+$/);
  assert.match(String(line.fields["time spent"]), /^[\d.]+(µs|ms|s)$/);
});

Deno.test("--log-level=debug: every unary request is logged, for debugging", async () => {
  await using server = await startLocalServer(["--log-level=debug"]);
  assert.equal(await putCode(server.endpoint), 0);
  const lines = server.logger.lines.filter(({ message }) => message === "request stats");
  assert.deepEqual(lines.map(({ level }) => level), ["debug"]);
});

Deno.test("--auto-compaction-retention compacts what was written longer ago", async () => {
  const compacted = Promise.withResolvers<number>();
  const line = (message: string, fields?: LogFields) => {
    const revision = Number(fields?.revision);
    // The revision at the start may have been noted before the puts.
    if (message === "completed auto periodic compaction" && revision > 1) compacted.resolve(revision);
  };
  const logger = { debug: line, info: line, warn: line, error: line };
  const flags = { "auto-compaction-retention": "100ms" };
  await using server = await startServer({ storage: memory(), flags, logger });
  using caller = new GrpcCaller(server.endpoint);
  for (let i = 0; i < 3; i++) await caller.call("etcdserverpb.KV/Put", { key, value: key });
  const revision = await compacted.promise;
  const range = async (at: number) => (await caller.call("etcdserverpb.KV/Range", { key, revision: at })).code;
  assert.equal(await range(revision), 0);
  assert.equal(await range(revision - 1), 11, "the revision before is compacted");
});
