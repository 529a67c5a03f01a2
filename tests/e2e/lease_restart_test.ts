import assert from "node:assert/strict";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import { WatchStream } from "../compat/watch/stream.ts";
import type { Message } from "../compat/wire.ts";
import { startDetcd } from "../support/programs.ts";
import type { ServerProcess } from "../support/server_process.ts";

const TTL = 8;
const SHORT_TTL = 3;

async function ask(caller: GrpcCaller, method: string, request: Message): Promise<Message> {
  const { code, details, messages: [message] } = await caller.call(method, request);
  assert.equal(code, 0, details);
  return message;
}

/** Waits for the deletion of a key: where the keys are watched from `revision` on, all of its history counts. */
async function deletion(server: ServerProcess, key: string, revision: number): Promise<void> {
  await using watch = new WatchStream(server.endpoint);
  watch.send({ create_request: { key, start_revision: revision } });
  const isDeletion = (response: Message) =>
    (response.events as Message[] | undefined)?.some(({ type }) => type === "1" || type === 1) ?? false;
  await watch.until(() => watch.responses.some(isDeletion), `the deletion of ${key}`);
}

Deno.test("kill -9 neither ends a lease early nor gives it its full time again, and it ends afterwards with its keys", async () => {
  const dataDir = Deno.makeTempDirSync({ prefix: "lease-" });
  try {
    await using first = await startDetcd({ dataDir });
    using caller = new GrpcCaller(first.endpoint);
    await ask(caller, "etcdserverpb.Lease/LeaseGrant", { ID: 2, TTL: SHORT_TTL });
    await ask(caller, "etcdserverpb.KV/Put", { key: "short", value: "v", lease: 2 });
    for (const ID of [1, 3]) await ask(caller, "etcdserverpb.Lease/LeaseGrant", { ID, TTL });
    const grantedMs = performance.now();
    for (const key of ["a", "b", "c"]) await ask(caller, "etcdserverpb.KV/Put", { key, value: "v", lease: 1 });
    await deletion(first, "short", 2);
    await first.kill();
    const aliveMs = performance.now() - grantedMs;

    const startedMs = performance.now();
    await using second = await startDetcd({ dataDir });
    using again = new GrpcCaller(second.endpoint);
    const left = await ask(again, "etcdserverpb.Lease/LeaseTimeToLive", { ID: 1, keys: true });
    assert.deepEqual([left.grantedTTL, left.keys], [String(TTL), ["a", "b", "c"]]);
    // The end of the short lease has stored the clock; beyond it there is the lead, a tenth of the time to live.
    assert.ok(Number(left.TTL) <= TTL - SHORT_TTL + 1, `${left.TTL} s are left`);
    const newer = await ask(again, "etcdserverpb.Lease/LeaseTimeToLive", { ID: 3 });
    assert.ok(Number(newer.TTL) <= TTL - SHORT_TTL + 1, `${newer.TTL} s are left`);

    const { header } = await ask(again, "etcdserverpb.KV/Range", { key: "a" });
    await deletion(second, "c", Number((header as Message).revision));
    const livedMs = aliveMs + performance.now() - startedMs;
    assert.ok(livedMs >= TTL * 1000, `the lease has ended after ${livedMs} ms`);
    const range = await ask(again, "etcdserverpb.KV/Range", { key: "a", range_end: "z" });
    assert.equal(range.count, undefined);
    assert.equal(Number((range.header as Message).revision), Number((header as Message).revision) + 1);
    const gone = await ask(again, "etcdserverpb.Lease/LeaseTimeToLive", { ID: 1 });
    assert.equal(gone.TTL, "-1");
  } finally {
    Deno.removeSync(dataDir, { recursive: true });
  }
});
