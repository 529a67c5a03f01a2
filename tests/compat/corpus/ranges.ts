import type { Message } from "../wire.ts";
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
} from "./step.ts";

const keys = ["a", "a\0", "aa", "ab", "b", "b\xff", "b\xff\xff", "c/1", "c/2", "c/3", "\0", "\0\0", "\xff", "\xff\xff"];

/** Revisions 2 to 38 or so: keys with several versions, deleted ones, and ones that came again. */
const history: Step[] = [
  ...keys.map((key, i) => put({ key, value: `value ${i % 4}` })),
  ...keys.slice(3, 9).map((key, i) => put({ key, value: `second ${9 - i}` })),
  deleteRange({ key: "c/2" }),
  put({ key: "c/2", value: "again" }),
  deleteRange({ key: "aa" }),
  put({ key: "ab", value: "" }),
  put({ key: "b", value: "\0\xff\x80" }),
];
const newest = history.length + 1;

const spans: Message[] = [
  { key: "a" },
  { key: "missing" },
  { key: "\0" },
  { key: "\0", range_end: "\0" },
  { key: "a", range_end: "b" },
  { key: "a", range_end: "a" },
  { key: "b", range_end: "a" },
  { key: "a", range_end: "a\0" },
  { key: "b", range_end: "\0" },
  { key: "c/", range_end: "c0" },
  { key: "\xff", range_end: "\0" },
  { key: "\xff\xff\xff", range_end: "\0" },
  { key: "a", range_end: "\0\0" },
  { key: "aa", range_end: "b\xff\xff" },
];

const options: Message[] = [
  {},
  { serializable: true },
  { keys_only: true },
  { count_only: true },
  { keys_only: true, count_only: true },
  { limit: 1 },
  { limit: 2 },
  { limit: 2, count_only: true },
  { limit: 1000 },
  { revision: 2 },
  { revision: 10 },
  { revision: newest - 3 },
  { revision: newest },
  { revision: 10, keys_only: true, limit: 3 },
  { min_mod_revision: 10 },
  { max_mod_revision: 10 },
  { min_create_revision: 5, max_create_revision: 12 },
  { min_mod_revision: 10, max_mod_revision: 5 },
  { min_mod_revision: 8, limit: 2 },
  { max_create_revision: 8, count_only: true },
  { min_create_revision: 8, limit: 2, sort_order: 2, sort_target: 3 },
];

const sorts: Message[] = [0, 1, 2].flatMap((sort_order) =>
  [0, 1, 2, 3, 4].map((sort_target) => ({ sort_order, sort_target }))
);
/** Without sort_order etcd 3.7.1 takes any sort_target, sorts each chunk by it, and repeats keys in the next chunk. */
const streamedSorts = sorts.filter(({ sort_order, sort_target }) => sort_order !== 0 || sort_target === 0);
const invalidSorts: Message[] = [
  { sort_order: 3 },
  { sort_order: -1 },
  { sort_target: 5 },
  { sort_target: -1 },
  { sort_order: 2n ** 31n - 1n },
  { sort_order: 2n ** 32n },
  { sort_order: 2n ** 32n + 1n, sort_target: 4 },
  { sort_target: -(2n ** 31n) },
];
const numberFields = [
  "limit",
  "revision",
  "min_mod_revision",
  "max_mod_revision",
  "min_create_revision",
  "max_create_revision",
];

const all: Message = { key: "\0", range_end: "\0" };
/** At most 12 keys: etcd sorts more with an algorithm that puts equal ones into no particular order. */
const few: Message = { key: "a", range_end: "d" };
const odd: Message[] = numberFields.flatMap((field) => oddNumbers.map((number) => ({ ...all, [field]: number })));
const requests: Message[] = [
  ...spans.flatMap((span) => options.map((option) => ({ ...span, ...option }))),
  ...sorts.flatMap((sort) => [
    { ...few, ...sort },
    { ...few, ...sort, limit: 4 },
    { ...few, ...sort, limit: 3, revision: 15 },
    { ...few, ...sort, keys_only: true },
    { ...few, ...sort, min_mod_revision: 9, limit: 3 },
  ]),
  { ...all, sort_order: 2 },
  { ...all, sort_order: 2, sort_target: 3 },
  { ...all, sort_order: 1, sort_target: 2 },
  ...invalidSorts.map((sort) => ({ ...all, ...sort })),
  ...odd,
  {},
  { range_end: "b" },
  { key: "", range_end: "\0" },
  { key: "", sort_order: 9 },
  { ...all, limit: 0, revision: 0, serializable: false },
  { ...all, serializable: 2, keys_only: 2n ** 40n },
];
const streamed: Message[] = [
  ...spans.flatMap((span) =>
    [{}, { limit: 2 }, { keys_only: true }, { count_only: true }, { revision: 10 }].map((option) => ({
      ...span,
      ...option,
    }))
  ),
  ...streamedSorts.map((sort) => ({ ...all, ...sort })),
  ...invalidSorts.map((sort) => ({ ...all, ...sort })),
  ...odd,
  {},
  { ...all, limit: 2, count_only: true },
  { ...all, min_mod_revision: 3 },
  { ...all, serializable: true },
];

/** Range and RangeStream with every option, before and after a compaction. */
export const rangeChapters: Chapter[] = [
  {
    name: "ranges of an empty store",
    steps: [...spans.slice(0, 5).flatMap((span) => [range(span), rangeStream(span)]), everything],
  },
  { name: "ranges", steps: [...history, ...requests.map(range)] },
  { name: "range streams", steps: [...history, ...streamed.map(rangeStream)] },
  {
    name: "ranges around a compaction",
    steps: [
      ...history,
      compact({ revision: 20 }),
      ...[0, 1, 2, 18, 19, 20, 21, newest, newest + 1].flatMap((revision) => [
        ...spans.slice(0, 5).map((span) => range({ ...span, revision })),
        range({ ...all, revision, count_only: true }),
        rangeStream({ ...all, revision }),
        range({ ...all, revision, serializable: true }),
      ]),
      compact({ revision: newest, physical: true }),
      everything,
      range({ ...all, revision: newest - 1 }),
    ],
  },
];
