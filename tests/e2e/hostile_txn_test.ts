import assert from "node:assert/strict";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import { startDetcd } from "../support/programs.ts";
import type { Message } from "../compat/wire.ts";

/** etcd 3.7.1 crashes when it applies either of these, and again after each restart. */
const puts: readonly Message[] = [{ key: "a", ignore_value: true }, { key: "a", value: "x", ignore_lease: true }];

for (const request_put of puts) {
  const what = JSON.stringify(request_put);
  Deno.test(`a txn that deletes a key and then puts ${what} is refused whole, and harms nobody`, async () => {
    await using server = await startDetcd();
    using caller = new GrpcCaller(server.endpoint);
    const put = await caller.call("etcdserverpb.KV/Put", { key: "a", value: "kept" });
    assert.equal(put.code, 0);
    const txn = await caller.call("etcdserverpb.KV/Txn", {
      compare: [{ key: "a", target: 0, result: 0, version: 99 }],
      failure: [
        { request_put: { key: "b", value: "beside" } },
        { request_delete_range: { key: "a", range_end: "b" } },
        {
          request_txn: { success: [{ request_put }] },
        },
      ],
    });
    const all = await caller.call("etcdserverpb.KV/Range", { key: "\0", range_end: "\0" });
    assert.equal(all.code, 0);
    const [{ kvs, header }] = all.messages;
    console.log(txn.code, txn.details);
    assert.notEqual(txn.code, 14);
    if (txn.code !== 0) {
      assert.deepEqual((kvs as Message[]).map(({ key, value }) => [key, value]), [["a", "kept"]]);
      assert.equal((header as Message).revision, (put.messages[0].header as Message).revision);
    }
  });
}
