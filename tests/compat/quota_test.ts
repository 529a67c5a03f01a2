import assert from "node:assert/strict";
import { testWithTools } from "../support/tools.ts";
import { put, range, type Step, txn } from "./corpus/step.ts";
import { GrpcCaller } from "./grpc_caller.ts";
import { Pair } from "./pair.ts";
import { showRequest } from "./show.ts";

const value = "v".repeat(1000);

/** Puts keys until one is refused; gives the refusal. */
async function fill(endpoint: string): Promise<{ code: number; details: string }> {
  using caller = new GrpcCaller(endpoint);
  for (let i = 0; i < 5000; i++) {
    const { code, details } = await caller.call("etcdserverpb.KV/Put", { key: `k${i}`, value });
    if (code !== 0) return { code, details };
  }
  throw new Error("no put was refused");
}

const op = { request_put: { key: "a" } };
const requests: Step[] = [
  put({ key: "a" }),
  put({ key: "a", value: "x".repeat(2000) }),
  put({ key: "k0", ignore_value: true }),
  range({ key: "k0" }),
  txn({ success: [op] }),
  txn({ failure: [op] }),
  txn({ success: [{ request_txn: { failure: [op] } }] }),
  txn({ success: [{ request_delete_range: { key: "none" } }] }),
  txn({ success: [{ request_range: { key: "k0" } }] }),
  txn({}),
  { method: "etcdserverpb.Lease/LeaseGrant", request: { TTL: 100, ID: 7 } },
  { method: "etcdserverpb.Lease/LeaseRevoke", request: { ID: 7 } },
  { method: "etcdserverpb.Maintenance/Alarm", request: {} },
  { method: "etcdserverpb.Maintenance/Alarm", request: { action: 2, alarm: 1, memberID: 13195394291058371180n } },
  put({ key: "a", value: "x".repeat(2000) }),
  { method: "etcdserverpb.Maintenance/Alarm", request: {} },
];

testWithTools("a full member refuses what a full etcd refuses, and raises the same alarm", {
  tools: ["etcd"],
  run: async () => {
    await using pair = await Pair.start(["--quota-backend-bytes=300000"]);
    const [etcd, detcd] = await Promise.all([fill(pair.etcd.endpoint), fill(pair.candidate.endpoint)]);
    assert.deepEqual(detcd, etcd);
    for (const request of requests) {
      const [etcd, detcd] = (await pair.both(request)).map(({ code, details, messages }) => ({
        code,
        details,
        alarms: messages[0]?.alarms,
      }));
      assert.deepEqual(detcd, etcd, showRequest(request));
    }
  },
});
