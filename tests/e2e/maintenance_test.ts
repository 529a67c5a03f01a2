import assert from "node:assert/strict";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import { startLocalServer } from "../support/local_server.ts";

const refusals: { method: string; request: Record<string, unknown>; code: number; details: RegExp }[] = [
  { method: "Maintenance/Alarm", request: { action: 3 }, code: 3, details: /unknown alarm action/ },
  { method: "Maintenance/Alarm", request: { action: -1, alarm: 1 }, code: 3, details: /unknown alarm action/ },
  {
    method: "Maintenance/Downgrade",
    request: { action: 1, version: "3.6" },
    code: 9,
    details: /cannot downgrade to 3.6/,
  },
  { method: "Cluster/MemberAdd", request: { peerURLs: ["http://a:1"] }, code: 9, details: /clusters of one member/ },
  {
    method: "Cluster/MemberAdd",
    request: { peerURLs: ["http://a:1"], isLearner: true },
    code: 9,
    details: /clusters of one member/,
  },
];

Deno.test("what detcd refuses and etcd does not is refused with a reason, and changes nothing", async () => {
  await using server = await startLocalServer();
  using caller = new GrpcCaller(server.endpoint);
  const state = async () => {
    const { messages: [{ raftAppliedIndex, raftIndex, ...status }] } = await caller.call(
      "etcdserverpb.Maintenance/Status",
      {},
    );
    return [raftAppliedIndex, raftIndex, status, await caller.call("etcdserverpb.Cluster/MemberList", {})];
  };
  const before = await state();
  for (const { method, request, code, details } of refusals) {
    const answer = await caller.call(`etcdserverpb.${method}`, request as never);
    assert.equal(answer.code, code, method);
    assert.match(answer.details, details);
  }
  assert.deepEqual(await state(), before);
});
