import assert from "node:assert/strict";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import { fromLatin1, latin1, type Message } from "../compat/wire.ts";
import { startLocalServer } from "../support/local_server.ts";

const everything = { key: "\0", range_end: "\0" };

/** A snapshot's bytes, as `etcdctl snapshot save` writes them. */
async function save(caller: GrpcCaller): Promise<Uint8Array> {
  const { code, details, messages } = await caller.call("etcdserverpb.Maintenance/Snapshot", {}, { stream: true });
  assert.equal(code, 0, details);
  assert.equal(messages.at(-1)!.remaining_bytes, undefined);
  assert.ok(messages.slice(0, -1).every(({ remaining_bytes }) => Number(remaining_bytes) > 0));
  return latin1(messages.map(({ blob }) => blob as string).join(""));
}

async function range(caller: GrpcCaller): Promise<Message> {
  return (await caller.call("etcdserverpb.KV/Range", everything)).messages[0];
}

for (const name of ["memory", "sqlite"] as const) {
  Deno.test(`a snapshot taken while puts go on holds what was acknowledged before; a member goes on from it (${name})`, async () => {
    const directory = Deno.makeTempDirSync();
    try {
      const saved = await (async () => {
        const storage = name === "memory" ? memory() : sqlite({ directory: `${directory}/first` });
        await using server = await startLocalServer([], { storage });
        using caller = new GrpcCaller(server.endpoint);
        const put = (key: string) => caller.call("etcdserverpb.KV/Put", { key, value: "v".repeat(5000) });
        for (let i = 0; i < 300; i++) await put(`before${i}`);
        await caller.call("etcdserverpb.Maintenance/Alarm", { action: 1, alarm: 9, memberID: 5n });
        const before = await range(caller);
        let isSaving = true;
        const writing = (async () => {
          for (let i = 0; isSaving || i === 0; i++) await put(`during${i}`);
        })();
        const snapshot = await save(caller);
        isSaving = false;
        await writing;
        return { snapshot, before };
      })();
      assert.equal(saved.snapshot.length % 512, 32);

      const storage = name === "memory" ? sqlite({ directory: `${directory}/second` }) : memory();
      await storage.restore((async function* () {
        yield await Promise.resolve(saved.snapshot);
      })());
      await using server = await startLocalServer([], { storage });
      using caller = new GrpcCaller(server.endpoint);
      const after = await range(caller);
      const kvs = (after.kvs as Message[]).filter(({ key }) => (key as string).startsWith("before"));
      assert.deepEqual(kvs, saved.before.kvs);
      const alarms = (await caller.call("etcdserverpb.Maintenance/Alarm", { alarm: 9 })).messages[0].alarms;
      assert.deepEqual(alarms, [{ memberID: "5", alarm: "9" }]);
      assert.equal((await caller.call("etcdserverpb.KV/Put", { key: "later" })).code, 0);
      assert.ok(fromLatin1(saved.snapshot.subarray(0, 8)) === "detcdsnp");
    } finally {
      Deno.removeSync(directory, { recursive: true });
    }
  });
}
