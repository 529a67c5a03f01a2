import { compact, deleteRange, put, txn } from "../../corpus/step.ts";
import type { CtlMove, CtlWatchScript } from "../etcdctl.ts";

const filling = [
  put({ key: "a", value: "1" }), // 2
  put({ key: "a", value: "2" }), // 3
  put({ key: "a/1", value: "one" }), // 4
  put({ key: "b", value: "ü\n\x01" }), // 5
  deleteRange({ key: "a" }), // 6
  txn({ success: [{ request_put: { key: "a/2", value: "two" } }, { request_delete_range: { key: "a/1" } }] }), // 7
  put({ key: "a", value: "3" }), // 8
  put({ key: "z", value: "last" }), // 9
];
const MARK = "the mark";
const mark = (key: string, value = MARK): CtlMove => ({ call: put({ key, value }) });
const end: CtlMove = { text: MARK };

/** With history: from there everything is printed in order, up to a mark that is put when something has come. */
function fromHistory(line: string, { key = "a", lines = 3, last = end } = {}): CtlWatchScript {
  return { name: line, before: filling, line: `watch ${line}`, moves: [{ lines }, mark(key), last] };
}

/** How the exec command shows what it is told. */
const exec = 'sh -c "echo rev=$ETCD_WATCH_REVISION $ETCD_WATCH_EVENT_TYPE $ETCD_WATCH_KEY $ETCD_WATCH_VALUE"';

const execEnd: CtlMove = { text: `"${MARK}"` };

/** What prints the same with every format that shows a value as it is. */
export const simpleWatchScripts: readonly CtlWatchScript[] = [
  fromHistory("a --rev=1"),
  fromHistory("a --rev=3"),
  fromHistory("a --rev=6"),
  fromHistory("a --rev=8"),
  fromHistory("a --rev=1 --prev-kv"),
  fromHistory("--rev=2 --prefix a"),
  fromHistory("--rev=2 --prefix a --prev-kv"),
  fromHistory("a/ --prefix --rev=1", { key: "a/9" }),
  fromHistory('"" --prefix --rev=1'),
  fromHistory("a b --rev=1"),
  fromHistory("a/1 z --rev=2 --prev-kv", { key: "a/9" }),
  fromHistory("b --rev=1", { key: "b" }),
  fromHistory(`a --rev=1 -- ${exec}`, { last: execEnd }),
  // Four events and the mark, each with a line of the command's own.
  fromHistory("a --rev=1 -- echo changed", { lines: 16, last: { lines: 4 } }),
  fromHistory(`a --prefix --rev=1 --prev-kv -- ${exec}`, { last: execEnd }),
  {
    name: "a range from the environment",
    before: filling,
    line: "watch --rev=1",
    env: { ETCDCTL_WATCH_KEY: "a", ETCDCTL_WATCH_RANGE_END: "b" },
    moves: [{ lines: 3 }, mark("a"), end],
  },
  {
    name: "a future revision",
    before: filling,
    line: "watch a --prefix --rev=11 --progress-notify",
    flags: ["--watch-progress-notify-interval=100ms"],
    moves: [
      mark("a/1", "not yet"),
      mark("a/2", "first"),
      { text: "first" },
      mark("a"),
      end,
      { text: "progress notify: 12" },
    ],
  },
  {
    name: "progress",
    before: filling,
    line: "watch a --progress-notify",
    flags: ["--watch-progress-notify-interval=100ms"],
    moves: [
      { text: "progress notify: 9" },
      mark("b", "unseen"),
      { text: "progress notify: 10" },
      mark("a"),
      end,
      { text: "progress notify: 11" },
    ],
  },
  {
    name: "interactively",
    before: filling,
    line: "watch -i",
    moves: [
      { type: "watch a --rev=1\n" },
      { lines: 12 },
      { type: "watch z --rev=1 --prev-kv\n" },
      { lines: 3 },
      { type: "get a\n" },
      { complaint: "Invalid command get a" },
      { type: "watch\n" },
      { complaint: "Invalid command watch" },
      { type: "\n" },
      { complaint: "Invalid command:" },
      { type: "progress\n" },
      { text: "progress notify: 9" },
      { call: put({ key: "z", value: "z2" }) },
      { text: "z2" },
      { type: "watch b --rev=1 -- echo changed\n" },
      { text: "changed" },
      mark("a"),
      end,
    ],
  },
  {
    name: "interactively, with arguments that do not go together",
    line: "watch -i",
    moves: [{ type: "watch a b --prefix\n" }, { complaint: "mutually exclusive" }],
  },
  {
    name: "a compacted revision",
    before: [...filling, compact({ revision: 7 })],
    line: "watch a --rev=3",
    moves: [],
  },
  {
    name: "from the compact revision",
    before: [...filling, compact({ revision: 6 })],
    line: "watch a --prefix --rev=6 --prev-kv",
    moves: [{ lines: 3 }, mark("a"), end],
  },
  { name: "a negative revision", before: filling, line: "watch a --rev=-5", moves: [] },
  { name: "no key", line: "watch", moves: [] },
  fromHistory("a b c --rev=1"),
  { name: "a range and a prefix", line: "watch a b --prefix", moves: [] },
  { name: "an empty range", line: "watch b a", moves: [] },
  { name: "no command after --", line: "watch a --", moves: [] },
  { name: "an unknown flag", line: "watch a --no-such-flag", moves: [] },
  {
    name: "a command that fails",
    before: filling,
    line: 'watch a --rev=1 -- sh -c "exit 3"',
    moves: [],
  },
];

/** One response at a time, for the formats that show responses. */
export const responseWatchScripts: readonly CtlWatchScript[] = [
  {
    name: "changes one by one",
    before: filling,
    line: "watch a --prefix --rev=8 --prev-kv",
    moves: [
      { lines: 1 },
      { call: put({ key: "a/4", value: "new" }) },
      { lines: 1 },
      { call: put({ key: "a/4", value: "newer" }) },
      { lines: 1 },
      { call: deleteRange({ key: "a", range_end: "b" }) },
      { lines: 1 },
    ],
  },
  { name: "a compacted revision", before: [...filling, compact({ revision: 7 })], line: "watch a --rev=3", moves: [] },
];
