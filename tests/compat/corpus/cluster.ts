import { type Message, rawBytesField, rawField } from "../wire.ts";
import { ownMemberId } from "./maintenance.ts";
import type { Chapter, Step } from "./step.ts";

const cluster = (rpc: string) => (request: Message | Uint8Array = {}): Step => ({
  method: `etcdserverpb.Cluster/${rpc}`,
  request,
});

const list = cluster("MemberList");
const add = cluster("MemberAdd");
const remove = cluster("MemberRemove");
const update = cluster("MemberUpdate");
const promote = cluster("MemberPromote");

const ownUrl = "http://127.0.0.1:2380";
const ids = [0n, 5n, ownMemberId, 2n ** 63n, 2n ** 64n - 1n];

/** URLs that cannot be a new member's: bad ones, and the one that is there. */
const refusedUrls: string[][] = [
  [],
  [""],
  ["x"],
  ["http://"],
  ["http://a"],
  ["http://a:1/"],
  ["http://a:1/p"],
  ["http://a:b"],
  ["http://a:1:2"],
  ["//a:1"],
  ["a:1"],
  ["ftp://a:1"],
  ["HTTP:a"],
  ["http://a b:1"],
  ["http://%zz:1"],
  ["http://[::1"],
  [ownUrl],
  [` ${ownUrl} `],
  [ownUrl, "http://127.0.0.1:1"],
  ["http://127.0.0.1:1", ownUrl],
  ["http://127.0.0.1:1", "x"],
  ["x", ownUrl],
];

/** URLs that a member may be moved to: etcd takes every text. */
const takenUrls: string[][] = [
  [],
  [""],
  ["x y"],
  ["http://127.0.0.1:1"],
  ["http://127.0.0.1:3", "http://127.0.0.1:2", "http://127.0.0.1:3"],
  [ownUrl],
];

/** The members of a cluster of one, and what cannot be done with them. */
export const clusterChapters: Chapter[] = [
  {
    name: "members",
    steps: [
      list(),
      list({ linearizable: true }),
      list({ [rawField]: rawBytesField(9, Uint8Array.of(1)) }),
      list(Uint8Array.of(0x08)),
      ...ids.map((ID) => promote({ ID })),
      ...ids.map((ID) => remove({ ID })),
      ...ids.filter((ID) => ID !== ownMemberId).map((ID) => update({ ID, peerURLs: ["http://127.0.0.1:1"] })),
      ...refusedUrls.flatMap((peerURLs) => [add({ peerURLs }), add({ peerURLs, isLearner: true })]),
      list(),
    ],
  },
  {
    name: "peer URLs",
    steps: takenUrls.flatMap((peerURLs) => [
      update({ ID: ownMemberId, peerURLs }),
      list({ linearizable: true }),
      ...peerURLs.filter((url) => /^http:..127/.test(url)).map((url) => add({ peerURLs: [url] })),
    ]),
  },
];
