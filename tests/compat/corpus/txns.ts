import type { Message } from "../wire.ts";
import { type Chapter, compact, everything, oddNumbers, put, range, type Step, txn } from "./step.ts";

const targets: readonly { target: number; field: string; values: readonly (bigint | string)[] }[] = [
  { target: 0, field: "version", values: [0n, 1n, 2n, 3n] },
  { target: 1, field: "create_revision", values: [0n, 2n, 3n, 5n] },
  { target: 2, field: "mod_revision", values: [0n, 3n, 4n, 9n] },
  { target: 3, field: "value", values: ["", "1", "2", "zz"] },
  { target: 4, field: "lease", values: [0n, 1n, -1n] },
];

const setUp: Step[] = [
  put({ key: "a", value: "1" }),
  put({ key: "b", value: "1" }),
  put({ key: "a", value: "2" }),
  put({ key: "c", value: "zz" }),
];

const answer: Message = {
  success: [{ request_range: { key: "a", count_only: true } }],
  failure: [{ request_range: { key: "b", keys_only: true } }],
};

function when(...compare: Message[]): Step {
  return txn({ compare, ...answer });
}

const compares: Message[] = targets.flatMap(({ target, field, values }) =>
  [0, 1, 2, 3].flatMap((result) =>
    values.flatMap((value) => [
      { result, target, key: "a", [field]: value },
      { result, target, key: "absent", [field]: value },
      { result, target, key: "a", range_end: "d", [field]: value },
      { result, target, key: "x", range_end: "\0", [field]: value },
    ])
  )
);

const oddCompares: Message[] = [
  {},
  { key: "" },
  { key: "a" },
  { key: "a", result: 4 },
  { key: "a", result: -1 },
  { key: "a", target: 5 },
  { key: "a", target: -1 },
  { key: "a", target: 0, value: "1" },
  { key: "a", target: 3, version: 2 },
  { key: "a", target: 3 },
  { key: "absent", target: 3, result: 3, value: "x" },
  { key: "absent", target: 3, result: 0 },
  { key: "a", target: 2, result: 1 },
  { key: "a", range_end: "a", target: 0, version: 7 },
  { key: "z", range_end: "a", target: 0, version: 7 },
  { key: "\0", range_end: "\0", target: 0, result: 1, version: 0 },
  ...oddNumbers.flatMap((number) => [
    { key: "a", target: 0, result: 2, version: number },
    { key: "a", target: 2, result: 1, mod_revision: number },
    { key: "a", target: 4, result: 2, lease: number },
  ]),
];

const writes = {
  put: (key: string, value = "v") => ({ request_put: { key, value } }),
  delete: (key: string, range_end?: string) => ({
    request_delete_range: range_end === undefined ? { key } : { key, range_end },
  }),
  range: (key: string, range_end?: string) => ({
    request_range: range_end === undefined ? { key } : { key, range_end },
  }),
  txn: (success: Message[], failure: Message[] = [], compare: Message[] = []) => ({
    request_txn: { compare, success, failure },
  }),
};
const never: Message = { key: "a", target: 0, result: 0, version: 1000 };

const operations: Message[] = [
  {},
  { success: [] },
  { success: [{}] },
  { failure: [{}] },
  { success: [{}, writes.put("x")] },
  { success: [{ request_put: {} }] },
  { success: [{ request_range: {} }] },
  { success: [{ request_delete_range: {} }] },
  { success: [{ request_txn: {} }] },
  { failure: [{ request_put: {} }] },
  { success: [{ request_range: { key: "a", sort_order: 9 } }] },
  { success: [{ request_put: { key: "a", value: "x", ignore_value: true } }] },
  { success: [{ request_put: { key: "a", lease: 5, ignore_lease: true } }] },
  { success: [{ request_put: { key: "absent", ignore_value: true } }] },
  { success: [{ request_put: { key: "absent", ignore_lease: true } }] },
  { success: [writes.put("late1"), { request_put: { key: "absent", ignore_value: true } }] },
  { success: [{ request_put: { key: "a", lease: 12345 } }] },
  { success: [writes.put("late2"), { request_put: { key: "b", lease: 12345 } }] },
  { failure: [{ request_put: { key: "absent", ignore_value: true } }] },
  { success: [{ request_range: { key: "a", revision: 1000 } }] },
  { success: [writes.put("late3"), { request_range: { key: "a", revision: 1000 } }] },
  { success: [writes.put("late4"), { request_range: { key: "a", revision: 2 ** 40 } }, writes.put("late5")] },
  {
    success: [writes.put("own"), { request_range: { key: "own" } }, writes.delete("own"), {
      request_range: { key: "own" },
    }],
  },
  { success: [writes.put("a", "new"), { request_range: { key: "a" } }] },
  { success: [{ request_put: { key: "a", value: "newer", prev_kv: true } }] },
  { success: [writes.put("p1"), writes.put("p2"), writes.put("p3"), writes.range("p", "q")] },
  { success: [writes.delete("p1", "p3"), writes.range("p", "q"), writes.put("p4")] },
  { success: [writes.put("p1"), writes.delete("p1")] },
  { success: [writes.delete("p1"), writes.put("p1")] },
  { success: [writes.delete("p", "q"), writes.put("p9")] },
  { success: [writes.delete("p", "q"), writes.put("q")] },
  { success: [writes.delete("p", "\0"), writes.put("zzz")] },
  { success: [writes.delete("p1"), writes.delete("p1", "p3")] },
  { success: [writes.put("same"), writes.put("same")] },
  { success: [writes.put("same")], failure: [writes.put("same")] },
  { success: [writes.put("a1"), writes.txn([writes.put("a1")])] },
  { success: [writes.txn([writes.put("a1")]), writes.put("a1")] },
  { success: [writes.txn([writes.put("a1")]), writes.txn([writes.put("a1")])] },
  { success: [writes.txn([writes.put("a1")], [writes.put("a1")])] },
  { success: [writes.txn([writes.put("a1")], [writes.put("a1")], [never])] },
  { success: [writes.txn([writes.put("a1")], [writes.put("a2")]), writes.txn([writes.put("a2")], [writes.put("a3")])] },
  { success: [writes.txn([], [writes.put("a1")]), writes.txn([writes.put("a2")], [writes.put("a1")])] },
  { success: [writes.delete("a", "b"), writes.txn([writes.put("a1")])] },
  { success: [writes.txn([writes.delete("a", "b")]), writes.put("a1")] },
  { success: [writes.txn([writes.delete("a", "b")]), writes.txn([writes.put("a1")])] },
  { success: [writes.txn([writes.put("a1")]), writes.txn([writes.delete("a", "b")])] },
  { success: [writes.txn([writes.txn([writes.put("deep"), writes.range("deep")])])] },
  { success: [writes.txn([writes.txn([writes.put("deep")]), writes.txn([writes.put("deep")])])] },
  { success: [writes.txn([writes.put("n1")], [writes.put("n2")], [never]), writes.range("n", "o")] },
  {
    success: [
      writes.put("n5"),
      writes.txn([writes.range("n5")], [writes.put("n6")], [{ key: "n5", target: 0, result: 0, version: 1 }]),
    ],
  },
  {
    success: [
      writes.put("n7"),
      writes.txn([writes.range("n7")], [writes.put("n8")], [{ key: "n8", target: 0, result: 1, version: 0 }]),
    ],
  },
  { success: [writes.txn([{ request_range: { key: "a", revision: 1000 } }])] },
  { success: [writes.txn([], [{ request_range: { key: "a", revision: 1000 } }])] },
  { success: [writes.range("a", "z"), writes.range("a")] },
  { compare: [never], success: [writes.put("not1")], failure: [writes.put("yes1"), writes.range("yes1")] },
  { compare: [never, {}], success: [] },
  { success: [writes.delete("nothing")] },
  { success: [writes.delete("nothing"), writes.range("a")] },
  { success: [{ request_put: { key: "a" }, request_range: { key: "b" } }] },
  { success: [{ request_range: { key: "b" }, request_put: { key: "a" } }] },
];

const MAX_TXN_OPS = 8;
const many = (count: number) => Array.from({ length: count }, (_, i) => writes.put(`many${i}`));
const manyCompares = (count: number) =>
  Array.from({ length: count }, () => ({ key: "a", target: 0, result: 1, version: 0 }));
const opCounts: Step[] = [
  txn({ success: many(7) }),
  txn({ success: many(8) }),
  txn({ success: many(9) }),
  txn({ failure: many(8) }),
  txn({ failure: many(9) }),
  txn({ compare: manyCompares(8) }),
  txn({ compare: manyCompares(9) }),
  txn({ compare: manyCompares(8), success: many(8), failure: many(8) }),
  txn({ success: [...many(7), writes.txn(many(1))] }),
  txn({ success: [...many(6), writes.txn([writes.put("x")])] }),
  txn({ success: [...many(6), writes.txn([writes.put("x"), writes.put("y")])] }),
  txn({ success: [writes.txn([writes.put("x"), writes.put("y"), writes.put("z"), writes.put("w")])] }),
  txn({ success: [writes.txn(many(7))] }),
  txn({ success: [writes.txn(many(8))] }),
  txn({ success: [writes.txn([writes.txn(many(5))])] }),
  txn({ success: [writes.txn([writes.txn(many(6))])] }),
  txn({ success: [writes.txn([writes.txn(many(7))])] }),
  txn({ success: [{}, ...many(8)] }),
  txn({ compare: [{}], success: many(9) }),
  everything,
];

/** Txn: comparisons, operations, nesting, and the number of operations. */
export const txnChapters: Chapter[] = [
  {
    name: "txn comparisons",
    steps: [
      ...setUp,
      ...compares.map((compare) => when(compare)),
      ...oddCompares.map((compare) => when(compare)),
      when({ key: "a", target: 0, result: 0, version: 2 }, { key: "b", target: 3, result: 0, value: "1" }),
      when({ key: "a", target: 0, result: 0, version: 2 }, { key: "b", target: 3, result: 0, value: "2" }),
      everything,
    ],
  },
  {
    name: "txn operations",
    steps: [
      ...setUp,
      ...operations.flatMap((operation) => [txn(operation), range({ key: "\0", range_end: "\0", keys_only: true })]),
      everything,
      compact({ revision: 4 }),
      txn({ success: [{ request_range: { key: "a", revision: 3 } }] }),
      txn({ success: [writes.put("late6"), { request_range: { key: "a", revision: 3 } }] }),
      txn({ success: [{ request_range: { key: "a", revision: 4 } }] }),
      everything,
    ],
  },
  { name: "numbers of txn operations", steps: opCounts, flags: [`--max-txn-ops=${MAX_TXN_OPS}`] },
];
