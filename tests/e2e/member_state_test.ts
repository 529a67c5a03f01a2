import assert from "node:assert/strict";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import type { Message } from "../compat/wire.ts";
import { startDetcd } from "../support/programs.ts";
import type { ServerProcess } from "../support/server_process.ts";

async function call(server: ServerProcess, method: string, request: Message = {}): Promise<Message> {
  using caller = new GrpcCaller(server.endpoint);
  const { code, details, messages } = await caller.call(`etcdserverpb.${method}`, request);
  assert.equal(code, 0, details);
  return messages[0];
}

/** Runs `first` on a member and kills that; then `then` on one with the same data. */
async function overCrash(
  first: (server: ServerProcess) => Promise<void>,
  then: (server: ServerProcess) => Promise<void>,
  flags: readonly string[] = [],
): Promise<void> {
  const dataDir = Deno.makeTempDirSync();
  try {
    {
      await using server = await startDetcd({ dataDir });
      await first(server);
      await server.kill();
    }
    await using server = await startDetcd({ dataDir, flags });
    await then(server);
  } finally {
    Deno.removeSync(dataDir, { recursive: true });
  }
}

Deno.test("alarms that were answered survive kill -9, and go on to forbid", async () => {
  const alarm = (action: number, alarm: number, memberID: bigint) => ({ action, alarm, memberID });
  await overCrash(async (server) => {
    for (const each of [alarm(1, 1, 5n), alarm(1, 9, 2n ** 64n - 1n), alarm(1, 2, 6n), alarm(2, 2, 6n)]) {
      await call(server, "Maintenance/Alarm", each);
    }
  }, async (server) => {
    const { alarms } = await call(server, "Maintenance/Alarm");
    assert.deepEqual(alarms, [{ memberID: "5", alarm: "1" }, { memberID: String(2n ** 64n - 1n), alarm: "9" }]);
    using caller = new GrpcCaller(server.endpoint);
    assert.equal((await caller.call("etcdserverpb.KV/Put", { key: "a" })).code, 8);
    await call(server, "KV/DeleteRange", { key: "a" });
    await call(server, "Maintenance/Alarm", alarm(2, 1, 5n));
    await call(server, "KV/Put", { key: "a" });
  });
});

Deno.test("peer URLs that MemberUpdate has set survive kill -9, and the flags do not undo them; the name they do", async () => {
  const peerURLs = ["http://127.0.0.1:4", "http://127.0.0.1:3"];
  const members = async (server: ServerProcess) => (await call(server, "Cluster/MemberList")).members as Message[];
  let before: Message = {};
  await overCrash(async (server) => {
    [before] = await members(server);
    await call(server, "Cluster/MemberUpdate", { ID: BigInt(before.ID as string), peerURLs });
  }, async (server) => {
    assert.deepEqual(await members(server), [
      { ...before, name: "renamed", peerURLs, clientURLs: ["http://127.0.0.1:9"] },
    ]);
  }, [
    "--name=renamed",
    "--initial-cluster=renamed=http://127.0.0.1:2380",
    "--advertise-client-urls=http://127.0.0.1:9",
  ]);
});
