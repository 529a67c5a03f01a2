import { deleteRange, everything, oddNumbers, put, range, txn } from "../corpus/step.ts";
import type { Message } from "../wire.ts";
import { grant, keepAlive, type LeaseChapter, leases, type LeaseStep, revoke, timeToLive } from "./steps.ts";

const long = 10_000;
const both = (ID: number | bigint): LeaseStep[] => [timeToLive({ ID }), timeToLive({ ID, keys: true })];

const times: bigint[] = [0n, 3n, 5n, 100n, 8_999_999_999n, 9_000_000_000n, 9_000_000_001n, ...oddNumbers];

const grants: LeaseStep[] = [
  leases,
  grant({}),
  ...times.map((TTL) => grant({ TTL })),
  leases,
  ...times.map((TTL, i) => grant({ TTL, ID: 1000 + i })),
  ...oddNumbers.map((ID) => grant({ TTL: long, ID })),
  ...oddNumbers.flatMap(both),
  grant({ TTL: 3, ID: 1 }),
  grant({ TTL: 3, ID: -1 }),
  grant({ TTL: 9_000_000_001n, ID: 1 }),
  grant({ ID: 1 }),
];

const revocations: LeaseStep[] = [
  revoke({}),
  ...oddNumbers.map((ID) => revoke({ ID })),
  grant({ ID: 5, TTL: long }),
  ...["b", "a", "c"].map((key) => put({ key, value: "v", lease: 5 })),
  put({ key: "free", value: "v" }),
  everything,
  revoke({ ID: 5 }),
  everything,
  range({ key: "a", range_end: "z", revision: 4 }),
  revoke({ ID: 5 }),
  ...both(5),
  put({ key: "a", value: "v", lease: 5 }),
  grant({ ID: 5, TTL: long }),
  revoke({ ID: 5 }),
  everything,
  grant({ ID: 5, TTL: long }),
  put({ key: "a", value: "v", lease: 5 }),
  ...both(5),
  leases,
];

const status: LeaseStep[] = [
  timeToLive({}),
  timeToLive({ keys: true }),
  ...oddNumbers.flatMap(both),
  grant({ ID: 5, TTL: long }),
  ...both(5),
  ...["b", "a\0", "a", "\xff\xfe", "z", "\0"].map((key) => put({ key, value: "v", lease: 5 })),
  ...both(5),
  deleteRange({ key: "a", range_end: "c" }),
  ...both(5),
  grant({ ID: 6, TTL: 9_000_000_000n }),
  ...both(6),
];

const renewals: LeaseStep[] = [
  keepAlive(),
  keepAlive({}),
  keepAlive({ ID: 5 }),
  keepAlive(...oddNumbers.map((ID) => ({ ID }))),
  grant({ ID: 5, TTL: long }),
  grant({ ID: -6, TTL: long }),
  grant({ ID: 7, TTL: 9_000_000_000n }),
  keepAlive({ ID: 5 }),
  keepAlive({ ID: 5 }, { ID: 99 }, { ID: -6 }, {}, { ID: 5 }, { ID: 7 }, { ID: 99 }),
  put({ key: "a", value: "v", lease: 5 }),
  keepAlive(...Array.from({ length: 300 }, (_, i) => ({ ID: i % 7 }))),
  revoke({ ID: 5 }),
  keepAlive({ ID: 5 }, { ID: -6 }),
  keepAlive({ ID: -6 }, Uint8Array.of(0x08, 0x80), { ID: -6 }),
  keepAlive(Uint8Array.of(0x08, 1, 0x08, 0xfa, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), { ID: -6 }),
  keepAlive(Uint8Array.of(0x12, 1, 0x61)),
  keepAlive(Uint8Array.of(0x0a, 1, 0x61), { ID: -6 }),
  leases,
];

const txnOf = (...puts: Message[]) => txn({ success: puts.map((request_put) => ({ request_put })) });

const keys: LeaseStep[] = [
  ...[5, 6, 7].map((ID) => grant({ ID, TTL: long })),
  put({ key: "a", value: "1", lease: 5 }),
  put({ key: "a", value: "2", lease: 5 }),
  ...both(5),
  put({ key: "a", value: "3", lease: 6 }),
  ...both(5),
  ...both(6),
  put({ key: "a", value: "4", lease: 99 }),
  put({ key: "a", value: "4", lease: 99, ignore_value: true }),
  put({ key: "a", ignore_value: true, lease: 7 }),
  put({ key: "a", value: "5", ignore_lease: true }),
  put({ key: "a", value: "5", ignore_lease: true, lease: 5 }),
  put({ key: "a", ignore_value: true, ignore_lease: true, prev_kv: true }),
  ...both(7),
  put({ key: "a", ignore_value: true, prev_kv: true }),
  ...both(7),
  everything,
  put({ key: "a", value: "6", lease: 5 }),
  deleteRange({ key: "a" }),
  ...both(5),
  put({ key: "a", value: "7" }),
  put({ key: "b", value: "8", lease: 5 }),
  put({ key: "c", value: "9", lease: 5 }),
  txnOf({ key: "b", value: "10", lease: 6 }, { key: "d", value: "11", lease: 5 }),
  txnOf({ key: "e", value: "12", lease: 6 }, { key: "f", value: "13", lease: 99 }),
  txnOf({ key: "b", ignore_lease: true, value: "14" }, { key: "c", ignore_value: true, lease: 7 }),
  ...[5, 6, 7].flatMap(both),
  ...[0, 1, 2, 3].flatMap((result) =>
    [0n, 5n, 6n, -1n, 7n].flatMap((lease) =>
      ["a", "b", "missing"].map((key) =>
        txn({
          compare: [{ key, target: 4, result, lease }],
          success: [{ request_range: { key: "yes" } }],
          failure: [{ request_range: { key: "no" } }],
        })
      )
    )
  ),
  txn({
    compare: [{ key: "a", range_end: "z", target: 4, result: 1, lease: 4 }],
    failure: [{ request_range: { key: "a" } }],
  }),
  txn({
    success: [
      { request_delete_range: { key: "b", range_end: "c" } },
      { request_txn: { success: [{ request_put: { key: "x", value: "1", lease: 5 } }] } },
    ],
  }),
  txn({ success: [{ request_txn: { success: [{ request_put: { key: "y", value: "1", lease: 98 } }] } }] }),
  txn({ compare: [{ key: "none", target: 0, version: 1 }], success: [{ request_put: { key: "y", lease: 98 } }] }),
  ...[5, 6, 7].flatMap(both),
  revoke({ ID: 5 }),
  everything,
  put({ key: "c", value: "x", ignore_lease: true }),
  revoke({ ID: 7 }),
  put({ key: "c", value: "x", ignore_lease: true }),
  everything,
];

const order: LeaseStep[] = [
  ...[[1, 5000], [2, 3000], [3, 4000], [-4, 6000], [5, 3500]].map(([ID, TTL]) => grant({ ID, TTL })),
  leases,
  grant({ ID: 9, TTL: 3200 }),
  leases,
  revoke({ ID: 3 }),
  leases,
  keepAlive({ ID: 2 }),
  leases,
];

const notMessages: Uint8Array[] = [
  Uint8Array.of(0x08),
  Uint8Array.of(0x08, 0x80),
  Uint8Array.of(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
  Uint8Array.of(0x10, 0x80),
  Uint8Array.of(0x0a, 5, 1),
  Uint8Array.of(0x00, 1),
  Uint8Array.of(0x0f, 1),
  Uint8Array.of(0x0a, 1, 0x61),
  Uint8Array.of(0x08, 5, 0x10, 9, 0x9b, 0x06, 0x08, 1, 0x9c, 0x06),
];

/** Every rpc of leases, and what keys and leases have to do with each other. */
export const leaseChapters: readonly LeaseChapter[] = [
  { name: "grants", steps: grants },
  { name: "revocations", steps: revocations },
  { name: "times to live", steps: status },
  { name: "renewals", steps: renewals },
  { name: "keys of leases", steps: keys },
  { name: "the order of leases", steps: order },
  {
    name: "bytes that are no messages of leases",
    steps: [...[grant, revoke, timeToLive].flatMap((rpc) => notMessages.map((bytes) => rpc(bytes))), leases],
  },
  {
    name: "the shortest time to live",
    flags: ["--heartbeat-interval=70", "--election-timeout=5001"],
    steps: [...[1, 7, 8, 9].map((TTL) => grant({ ID: TTL, TTL })), ...[1, 7, 8, 9].map((ID) => keepAlive({ ID }))],
  },
];
