import { latin1, type Message, rawBytesField, rawField, rawVarintField } from "../wire.ts";
import {
  type Chapter,
  compact,
  deleteRange,
  everything,
  oddNumbers,
  put,
  range,
  rangeStream,
  type Step,
  txn,
} from "./step.ts";

const puts: Message[] = [
  {},
  { value: "v" },
  { key: "" },
  { key: "a" },
  { key: "a", value: "1" },
  { key: "a", value: "2", prev_kv: true },
  { key: "new", value: "1", prev_kv: true },
  { key: "a", ignore_value: true },
  { key: "a", ignore_value: true, prev_kv: true },
  { key: "a", value: "x", ignore_value: true },
  { key: "absent", ignore_value: true },
  { key: "a", ignore_lease: true },
  { key: "a", value: "3", ignore_lease: true },
  { key: "absent", ignore_lease: true },
  { key: "absent", ignore_lease: true, ignore_value: true },
  { key: "a", ignore_lease: true, ignore_value: true, prev_kv: true },
  { key: "a", lease: 1, ignore_lease: true },
  { key: "a", value: "x", lease: 1, ignore_lease: true, ignore_value: true },
  { value: "x", ignore_value: true },
  ...oddNumbers.map((lease) => ({ key: "leased", value: "x", lease })),
  { key: "a", lease: 99, ignore_value: true },
  { key: "absent", lease: 99, ignore_value: true },
  { key: "\0" },
  { key: "\xff\xfe", value: "\0\x01" },
  { key: "long".repeat(500), value: "" },
  { key: "a", value: "4", [rawField]: rawVarintField(77, 1n) },
  { key: "a", value: "5", [rawField]: rawBytesField(78, latin1("unknown")) },
  { key: "a", value: "first", [rawField]: rawBytesField(2, latin1("the last counts")) },
  { key: "a", lease: 0, prev_kv: false, ignore_value: false, ignore_lease: false },
];

const deletes: Message[] = [
  {},
  { range_end: "z" },
  { key: "absent" },
  { key: "absent", prev_kv: true },
  { key: "d1" },
  { key: "d1" },
  { key: "d2", prev_kv: true },
  { key: "d3", range_end: "d5", prev_kv: true },
  { key: "d5", range_end: "d5" },
  { key: "d6", range_end: "d5" },
  { key: "d5", range_end: "d5\0" },
  { key: "e", range_end: "\0", prev_kv: true },
  { key: "\0", range_end: "\0" },
  { key: "\0", range_end: "\0", prev_kv: true },
];

const deletable = ["d1", "d2", "d3", "d4", "d5", "d6", "e1", "e2"].map((key) => put({ key, value: key }));

const compactions: Step[] = [
  compact({}),
  compact({ revision: 1 }),
  ...["a", "b", "a", "c", "a"].map((key, i) => put({ key, value: `${i}` })),
  ...oddNumbers.filter((number) => number < 1n || number > 100n).map((revision) => compact({ revision })),
  compact({ revision: 7 }),
  compact({ revision: 2 }),
  compact({ revision: 2 }),
  compact({ revision: 1 }),
  range({ key: "a", revision: 2 }),
  range({ key: "a", revision: 1 }),
  compact({ revision: 5, physical: true }),
  compact({ revision: 4 }),
  range({ key: "a", revision: 4 }),
  range({ key: "a", revision: 5 }),
  deleteRange({ key: "a" }),
  compact({ revision: 7 }),
  everything,
  range({ key: "\0", range_end: "\0", revision: 7 }),
  put({ key: "a", value: "reborn" }),
  everything,
  compact({ revision: 8, physical: true }),
  compact({ revision: 8, physical: true }),
  compact({ revision: 9 }),
  everything,
];

const notMessages: Uint8Array[] = [
  Uint8Array.of(0x0a),
  Uint8Array.of(0x0a, 5, 1),
  Uint8Array.of(0x0a, 0x80),
  Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x18, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02),
  Uint8Array.of(0x18),
  Uint8Array.of(0x00, 0x01),
  Uint8Array.of(0x0b),
  Uint8Array.of(0x0c),
  Uint8Array.of(0x0e, 1),
  Uint8Array.of(0x0f, 1),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x0a, 1, 0x61, 0x9b, 0x06),
];

/** Bytes that are odd but are messages: other wire types for known fields, groups, overlong numbers. */
const oddMessages: Uint8Array[] = [
  Uint8Array.of(),
  Uint8Array.of(0x0a, 1, 0x61, 0x0a, 1, 0x62),
  Uint8Array.of(0x0a, 0x81, 0x00, 0x61),
  Uint8Array.of(0x8a, 0x00, 1, 0x61),
  Uint8Array.of(0x0a, 1, 0x61, 0x10, 5),
  Uint8Array.of(0x08, 5, 0x0a, 1, 0x61),
  Uint8Array.of(0x0d, 1, 2, 3, 4, 0x0a, 1, 0x61),
  Uint8Array.of(0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x0a, 1, 0x61),
  Uint8Array.of(0x0a, 1, 0x61, 0x9b, 0x06, 0x08, 1, 0x9c, 0x06),
  Uint8Array.of(0x0a, 1, 0x61, 0x1a, 2, 0, 0),
];

const everyMethod = [put, range, deleteRange, txn, compact, rangeStream];

const MAX_REQUEST_BYTES = 4096;
const GRPC_OVERHEAD_BYTES = 512 * 1024;

/** A put whose message has exactly this many bytes, between 200 and 2^21. */
function putOfSize(bytes: number): Step {
  const lengthBytes = (length: number) => length < 128 ? 1 : length < 16384 ? 2 : length < 2097152 ? 3 : 4;
  const around = 3; // tag, length and byte of the key "s"
  let value = bytes - around - 2;
  while (around + 1 + lengthBytes(value) + value > bytes) value--;
  const filler = bytes - (around + 1 + lengthBytes(value) + value);
  if (filler !== 0) throw new Error(`No put has ${bytes} bytes`);
  return put({ key: "s", value: "v".repeat(value) });
}

const sizes: Step[] = [
  ...[200, 2000, 4000, 4060, 4090, 4097, 4100, 5000, 100_000].map(putOfSize),
  ...Array.from({ length: 36 }, (_, i) => putOfSize(MAX_REQUEST_BYTES - 32 + i)),
  putOfSize(MAX_REQUEST_BYTES + GRPC_OVERHEAD_BYTES - 1),
  putOfSize(MAX_REQUEST_BYTES + GRPC_OVERHEAD_BYTES),
  putOfSize(MAX_REQUEST_BYTES + GRPC_OVERHEAD_BYTES + 1),
  putOfSize(MAX_REQUEST_BYTES + GRPC_OVERHEAD_BYTES + 100_000),
  txn({ success: [{ request_put: { key: "t", value: "v".repeat(4000) } }] }),
  txn({ success: [{ request_put: { key: "t", value: "v".repeat(5000) } }] }),
  txn({ success: [{ request_range: { key: "r".repeat(5000) } }] }),
  range({ key: "r".repeat(5000) }),
  range({ key: "r".repeat(600_000) }),
  deleteRange({ key: "r".repeat(5000) }),
  range({ key: "s", count_only: true }),
];

/** Put, DeleteRange and Compact, bytes that are no messages, and sizes around the limits. */
export const writeChapters: Chapter[] = [
  { name: "puts", steps: [...puts.map(put), everything] },
  { name: "deletes", steps: [...deletable, ...deletes.map(deleteRange), everything] },
  { name: "compactions", steps: compactions },
  {
    name: "bytes that are no messages",
    steps: [
      ...everyMethod.flatMap((method) => [...notMessages, ...oddMessages].map((bytes) => method(bytes))),
      everything,
    ],
  },
  { name: "sizes around the limits", steps: sizes, flags: [`--max-request-bytes=${MAX_REQUEST_BYTES}`] },
];
