import assert from "node:assert/strict";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import { WatchStream } from "../compat/watch/stream.ts";
import { isProgress, watchId } from "../compat/watch/responses.ts";
import { parseExposition } from "../support/exposition_parser.ts";
import { startLocalServer } from "../support/local_server.ts";

async function metric(endpoint: string, name: string): Promise<number> {
  const families = parseExposition(await (await fetch(`http://${endpoint}/metrics`)).text());
  return families.get(name)!.samples[0].value;
}

Deno.test("--watch-progress-notify-interval: idle watches that want it are told the revision, no oftener than etcd does", async () => {
  await using server = await startLocalServer(["--watch-progress-notify-interval=1ms"]);
  const [line] = server.logger.lines.filter(({ message }) => message.startsWith("adjusting watch progress"));
  assert.deepEqual(line.fields, { "min-watch-progress-notify-interval": "100ms" });
  await using stream = new WatchStream(server.endpoint);
  stream.send({ create_request: { key: "a", progress_notify: true } });
  stream.send({ create_request: { key: "a", watch_id: 7 } });
  const notifications = () => stream.responses.filter(isProgress);
  await stream.until(() => notifications().length >= 2, "two notifications");
  assert.ok(notifications().every((response) => watchId(response) === "0"));
});

Deno.test("Watch is shown in etcd's metrics, and leaves nothing behind when its client goes, breaks off or sends what is no request", async () => {
  await using server = await startLocalServer();
  using caller = new GrpcCaller(server.endpoint);
  const gone = new WatchStream(server.endpoint);
  const broken = new WatchStream(server.endpoint);
  for (const stream of [gone, broken]) {
    stream.send({ create_request: { key: "a" } });
    stream.send({ create_request: { key: "a", range_end: "b" } });
    await stream.until(() => stream.responses.length === 2, "the creations");
  }
  await caller.call("etcdserverpb.KV/Put", { key: "a" });
  for (const stream of [gone, broken]) await stream.until(() => stream.responses.length === 4, "the events");
  const mvcc = "etcd_debugging_mvcc";
  const loop = "etcd_debugging_server_watch_send_loop";
  assert.equal(await metric(server.endpoint, `${mvcc}_watch_stream_total`), 2);
  assert.equal(await metric(server.endpoint, `${mvcc}_watcher_total`), 4);
  assert.equal(await metric(server.endpoint, `${mvcc}_slow_watcher_total`), 0);
  assert.equal(await metric(server.endpoint, `${mvcc}_events_total`), 4);
  const families = parseExposition(await (await fetch(`http://${server.endpoint}/metrics`)).text());
  const count = (name: string) => families.get(name)!.samples.find((sample) => sample.name === `${name}_count`)!.value;
  assert.equal(count(`${loop}_watch_stream_duration_seconds`), 1);
  assert.equal(count(`${loop}_control_stream_duration_seconds`), 4);

  broken.send(Uint8Array.of(0xff));
  await broken.until(() => broken.end !== undefined, "the end");
  assert.equal(broken.end!.code, 13);
  await broken[Symbol.asyncDispose]();
  await gone[Symbol.asyncDispose]();
  // The client's word that it is gone and the next request come on different connections.
  while (await metric(server.endpoint, `${mvcc}_watch_stream_total`) > 0);
  assert.equal(await metric(server.endpoint, `${mvcc}_watcher_total`), 0);
});

Deno.test("A client that has half-closed its stream goes on being told", async () => {
  await using server = await startLocalServer();
  using caller = new GrpcCaller(server.endpoint);
  await using stream = new WatchStream(server.endpoint);
  stream.send({ create_request: { key: "a" } });
  stream.halfClose();
  await stream.until(() => stream.responses.length === 1, "the creation");
  await caller.call("etcdserverpb.KV/Put", { key: "a" });
  await stream.until(() => stream.responses.length === 2, "the event");
});

Deno.test("A member that stops ends its watch streams at once, as unavailable", async () => {
  const server = await startLocalServer();
  await using stream = new WatchStream(server.endpoint);
  stream.send({ create_request: { key: "a" } });
  await stream.until(() => stream.responses.length === 1, "the creation");
  const stopped = server.app.stop();
  await stream.until(() => stream.end !== undefined, "the end");
  assert.deepEqual(stream.end, { code: 14, details: "etcdserver: server stopped" });
  await stopped;
});
