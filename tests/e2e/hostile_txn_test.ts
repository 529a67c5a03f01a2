import assert from "node:assert/strict";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import type { Message } from "../compat/wire.ts";
import { startDetcd } from "../support/programs.ts";

/**
 * etcd 3.7.1 crashes when it applies either of these puts after a deletion of their key in the same txn, and again after each
 * restart: it does not see that this deletion (of everything from the first key on) and the put overlap.
 */
const cases: readonly { put: Message; value: string | undefined }[] = [
  { put: { key: "a", ignore_value: true }, value: undefined },
  { put: { key: "a", value: "x", ignore_lease: true }, value: "x" },
];

for (const { put, value } of cases) {
  Deno.test(`a txn that deletes a key and then puts ${JSON.stringify(put)} creates it anew, and harms nobody`, async () => {
    const dataDir = Deno.makeTempDirSync();
    try {
      await using server = await startDetcd({ dataDir });
      {
        using caller = new GrpcCaller(server.endpoint);
        assert.equal((await caller.call("etcdserverpb.KV/Put", { key: "a", value: "before" })).code, 0);
        const deletion = { request_delete_range: { key: "\0", range_end: "\0" } };
        const txn = await caller.call("etcdserverpb.KV/Txn", { success: [deletion, { request_put: put }] });
        assert.equal(txn.code, 0, txn.details);
      }
      await server.kill();
      await using restarted = await startDetcd({ dataDir });
      using caller = new GrpcCaller(restarted.endpoint);
      const { messages: [{ kvs }] } = await caller.call("etcdserverpb.KV/Range", { key: "\0", range_end: "\0" });
      const [kv, ...others] = kvs as Message[];
      assert.deepEqual([kv.key, kv.value, kv.version, others.length], ["a", value, "1", 0]);
    } finally {
      Deno.removeSync(dataDir, { recursive: true });
    }
  });
}
