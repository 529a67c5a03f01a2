import assert from "node:assert/strict";
import { clusterId, formatId, memberId } from "./mod.ts";

/** What etcd 3.7 logs as local-member-id and cluster-id when it starts with these flags. */
const vectors = [
  {
    own: "default",
    token: "etcd-cluster",
    cluster: { default: ["http://localhost:2380"] },
    memberId: "8e9e05c52164694d",
    clusterId: "cdf818194e3a8c32",
  },
  {
    own: "m1",
    token: "etcd-cluster",
    cluster: { m1: ["http://127.0.0.1:12380"] },
    memberId: "ddd67b312462fd7b",
    clusterId: "a7ef944b95711739",
  },
  {
    own: "m1",
    token: "other token",
    cluster: { m1: ["http://127.0.0.1:12380"] },
    memberId: "b80b8161c24a2187",
    clusterId: "8d97f5f214d24d63",
  },
  {
    own: "m1",
    token: "tkn",
    cluster: { m1: ["http://10.0.0.2:2380", "http://10.0.0.1:2380"] },
    memberId: "d7a32b2f3ce002bc",
    clusterId: "b9ca1bff72f24e75",
  },
  {
    own: "b",
    token: "etcd-cluster-1",
    cluster: { a: ["http://10.0.1.10:2380"], b: ["http://10.0.1.11:2380"], c: ["https://10.0.1.12:2380"] },
    memberId: "d5dc5f8d75d04e29",
    clusterId: "3a2330c8421f2df6",
  },
  {
    own: "c",
    token: "k8s",
    cluster: {
      a: ["http://infra0.example.com:2380"],
      b: ["http://infra1.example.com:2380"],
      c: ["http://[::1]:2380"],
      d: ["http://10.0.1.12:2380"],
      e: ["http://10.0.1.13:2380"],
    },
    memberId: "6612b74f926b203f",
    clusterId: "f0440f69a3508300",
  },
];

Deno.test("memberId() and clusterId() are the ids that etcd computes", () => {
  for (const vector of vectors) {
    const idsByName = new Map(
      Object.entries(vector.cluster).map(([name, urls]) => [name, memberId(urls, { clusterToken: vector.token })]),
    );
    assert.equal(formatId(idsByName.get(vector.own)!), vector.memberId);
    assert.equal(formatId(clusterId([...idsByName.values()])), vector.clusterId);
    assert.equal(formatId(clusterId([...idsByName.values()].reverse())), vector.clusterId);
  }
});

Deno.test("memberId() of a member that is added later depends on the second of its addition", () => {
  const options = { clusterToken: "etcd-cluster" };
  const first = memberId(["http://127.0.0.1:2380"], { ...options, addedAtSeconds: 1_700_000_000 });
  const second = memberId(["http://127.0.0.1:2380"], { ...options, addedAtSeconds: 1_700_000_001 });
  assert.notEqual(first, second);
  assert.equal(first, memberId(["http://127.0.0.1:2380"], { clusterToken: "etcd-cluster1700000000" }));
});

Deno.test("formatId() has no leading zeros", () => assert.equal(formatId(0xabcn), "abc"));
