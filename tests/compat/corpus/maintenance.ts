import { type Message, rawBytesField, rawField } from "../wire.ts";
import { type Chapter, compact, deleteRange, everything, oddNumbers, put, range, type Step, txn } from "./step.ts";

const maintenance = (rpc: string) => (request: Message | Uint8Array = {}): Step => ({
  method: `etcdserverpb.Maintenance/${rpc}`,
  request,
});

const status = maintenance("Status");
const alarm = maintenance("Alarm");
const hash = maintenance("Hash");
const hashKv = maintenance("HashKV");
const moveLeader = maintenance("MoveLeader");
const downgrade = maintenance("Downgrade");
const defragment = maintenance("Defragment");

/** The id that both servers of a pair have; see tests/support/server_process.ts. */
export const ownMemberId = 13195394291058371180n;

/** Alarm types with and without a name. */
const types = [0, 1, 2, 3, -1, 2 ** 31 - 1];
const actions = { get: 0, activate: 1, deactivate: 2 };
const ids = [0n, 7n, ownMemberId, 2n ** 64n - 1n];

/** Revisions that detcd can tell from others. */
const oddRevisions = [0n, ...oddNumbers.filter((number) => number >= -(2n ** 53n))];

/** What may or may not be refused, and leaves the store as it was at revision 2 unless it puts. */
const requests: Step[] = [
  put({ key: "a", value: "x" }),
  put({}),
  range({ key: "a" }),
  range({ key: "a", serializable: true }),
  deleteRange({ key: "absent" }),
  txn({}),
  txn({ success: [{ request_range: { key: "a" } }] }),
  txn({ success: [{ request_delete_range: { key: "absent" } }] }),
  txn({ success: [{ request_delete_range: { key: "absent" } }], failure: [{ request_put: { key: "b" } }] }),
  txn({ success: [{ request_txn: { success: [{ request_put: { key: "c" } }] } }] }),
  txn({ success: [{ request_txn: { success: [{ request_delete_range: { key: "absent" } }] } }] }),
  compact({ revision: 1000 }),
  { method: "etcdserverpb.Lease/LeaseGrant", request: { TTL: 100, ID: 7 } },
  { method: "etcdserverpb.Lease/LeaseRevoke", request: { ID: 7 } },
  hashKv(),
  hash(),
  defragment(),
  moveLeader({ targetID: ownMemberId }),
  status(),
  everything,
];

function whileRaised(raised: number, memberID: bigint): Step[] {
  return [
    alarm({ action: actions.activate, alarm: raised, memberID }),
    ...requests,
    alarm({ action: actions.deactivate, alarm: raised, memberID }),
    ...requests.slice(0, 1),
  ];
}

const versions = [
  ...["", "3", "3.6", "3.6.0", "3.6.5", "3.7", "3.7.1", "3.8", "3.5", "2.6", "4.6", "x", "v3.6", "3.6.", ".6", "3."],
  ...["3.6.0-rc.1", "3.6.0-", "3.6-x", "3.6.0+b", "3.6.0-a+b", "3.6.0+", "3.6.x", "3.6.0.0", " 3.6", "3.6 ", "03.6"],
  ...["3.06", "+3.6", "-3.6", "3.-6", "9223372036854775807.1", "9223372036854775808.1", "99999999999999999999.1"],
  ...["3.6.0-rc_1", "3.6.0-rc..1", "3.6.0-01", "3.6.0+a_b", "3..6", "3.6.9223372036854775808", "\u00e9", "3,6"],
];

/** Status, alarms and what they forbid, hashes, leadership, downgrade. */
export const maintenanceChapters: Chapter[] = [
  {
    name: "status",
    steps: [put({ key: "a" }), status(), status({ [rawField]: rawBytesField(5, Uint8Array.of(1)) })],
  },
  {
    name: "alarms",
    steps: [
      put({ key: "a" }),
      ...types.flatMap((type) => ids.map((memberID) => alarm({ action: actions.activate, alarm: type, memberID }))),
      alarm({ action: actions.activate, alarm: 1, memberID: 7n }),
      ...types.map((type) => alarm({ alarm: type })),
      alarm({ action: actions.get, alarm: 1, memberID: 7n }),
      status(),
      ...types.flatMap((type) => ids.map((memberID) => alarm({ action: actions.deactivate, alarm: type, memberID }))),
      alarm({ action: actions.deactivate, alarm: 1, memberID: 7n }),
      alarm(),
      alarm(Uint8Array.of(0x10)),
      alarm(Uint8Array.of(0x0a, 1, 1)),
      status(),
    ],
  },
  {
    name: "requests under alarms",
    steps: [
      put({ key: "a", value: "1" }),
      ...ids.flatMap((id) => whileRaised(1, id)),
      ...whileRaised(2, ownMemberId),
      ...whileRaised(5, ownMemberId),
      alarm({ action: actions.activate, alarm: 1, memberID: ownMemberId }),
      ...whileRaised(2, 9n),
    ],
  },
  {
    name: "hashes",
    steps: [
      ...oddRevisions.map((revision) => hashKv({ revision })),
      ...["a", "b", "a", "c", "a"].map((key, i) => put({ key, value: `${i}` })),
      deleteRange({ key: "c" }),
      ...oddRevisions.map((revision) => hashKv({ revision })),
      ...[3, 4, 5, 6, 7, 8].map((revision) => hashKv({ revision })),
      compact({ revision: 4, physical: true }),
      ...[0, 1, 2, 3, 5, 6, 7, 8, -1].map((revision) => hashKv({ revision })),
      hash(),
      hashKv(Uint8Array.of(0x08)),
    ],
  },
  {
    name: "leadership, downgrade and space",
    steps: [
      put({ key: "a" }),
      ...[0n, 1n, ownMemberId, 2n ** 64n - 1n].map((targetID) => moveLeader({ targetID })),
      ...[0, 2].flatMap((action) => versions.map((version) => downgrade({ action, version }))),
      ...versions.filter((version) => !/^0?3\.0?6/.test(version)).map((version) => downgrade({ action: 1, version })),
      downgrade({ action: 3, version: "3.6" }),
      downgrade({ action: -1 }),
      status(),
      defragment(),
      defragment({ [rawField]: rawBytesField(1, Uint8Array.of(1)) }),
    ],
  },
];
