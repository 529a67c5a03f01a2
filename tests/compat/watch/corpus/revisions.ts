import { oddNumbers } from "../../corpus/step.ts";
import type { Move, WatchChapter } from "../conversation.ts";
import {
  askProgress,
  cancel,
  canceled,
  compact,
  create,
  created,
  del,
  op,
  progress,
  progressUntil,
  put,
  txn,
  wait,
} from "./moves.ts";

/** Revisions 2 to 13. */
const history: readonly Move[] = [
  put("a", "1"), // 2
  put("a", "2"), // 3
  put("b", "1"), // 4
  del("a"), // 5
  txn(op.put("a", "3"), op.put("c", "1"), op.del("b")), // 6
  put("c", "2"), // 7
  del("a", "d"), // 8
  put("b", "2"), // 9
  put("a/1", "x"), // 10
  put("a/2", "y"), // 11
  del("a/", "a0"), // 12
  put("c", "3"), // 13
];
const all = { key: "\0", range_end: "\0" };

const pastEvents: Record<number, number> = {
  1: 16,
  2: 16,
  5: 13,
  6: 12,
  8: 8,
  13: 1,
};

const past: WatchChapter = {
  name: "start in the past, at present, and with what comes then",
  batching: "free",
  moves: [
    ...history,
    ...Object.entries(pastEvents).flatMap(([revision, count]) => [
      ...created(
        { ...all, start_revision: Number(revision), watch_id: 100 + Number(revision) },
        100 + Number(revision),
      ),
      wait({ id: 100 + Number(revision), events: count }),
      ...created(
        { ...all, start_revision: Number(revision), prev_kv: true, watch_id: 200 + Number(revision) },
        200 + Number(revision),
      ),
      wait({ id: 200 + Number(revision), events: count }),
    ]),
    ...created({ key: "a", start_revision: 1, watch_id: 1 }, 1),
    wait({ id: 1, events: 5 }),
    ...created({ key: "a/", range_end: "a0", start_revision: 1, prev_kv: true, watch_id: 2 }, 2),
    wait({ id: 2, events: 4 }),
    ...created({ key: "missing", start_revision: 1, watch_id: 3 }, 3),
    ...created({ ...all, watch_id: 4 }, 4),
    progressUntil(13),
    put("a", "4"),
    put("missing"),
    del("a", "n"),
    wait({ id: 101, events: 6 }),
    wait({ id: 3, events: 2 }),
    wait({ id: 4, events: 6 }),
  ],
};

const future: WatchChapter = {
  name: "start in the future",
  batching: "exact",
  moves: [
    ...history,
    ...created({ ...all, start_revision: 14, watch_id: 14 }, 14),
    ...created({ ...all, start_revision: 15, watch_id: 15 }, 15),
    ...created({ ...all, start_revision: 17, watch_id: 17 }, 17),
    ...created({ key: "a", start_revision: 16, watch_id: 16 }, 16),
    ...created({ key: "a", start_revision: 2n ** 63n - 1n, watch_id: 63 }, 63),
    ...created({ key: "a", start_revision: 2n ** 53n + 1n, watch_id: 53 }, 53),
    put("a", "14"),
    wait({ id: 14, events: 1 }),
    txn(op.put("a", "15"), op.put("b", "15")),
    wait({ id: 15, events: 2 }),
    put("b", "16"),
    put("a", "17"),
    wait({ id: 17, events: 1 }),
    wait({ id: 16, events: 1 }),
    put("a", "18"),
    wait({ id: 16, events: 1 }),
    ...canceled(63),
    cancel(1),
    ...canceled(53),
    ...progress(),
  ],
};

const odd: WatchChapter = {
  name: "start revisions that are odd numbers",
  batching: "exact",
  moves: [
    ...history,
    ...oddNumbers.flatMap((start_revision, number) => [
      ...created({ key: "a", start_revision, watch_id: 100 + number }, start_revision < 0n ? -1 : 100 + number),
    ]),
    ...created({ key: "a", start_revision: -1, range_end: "\0", watch_id: 100 }, -1),
    ...created({ key: "b", range_end: "a", start_revision: -1 }, -1),
    wait({ id: 101, events: 5 }),
    wait({ id: 102, events: 5 }),
  ],
};

const compacted: WatchChapter = {
  name: "start below, at and above the compact revision, tombstones there included",
  batching: "free",
  moves: [
    ...history,
    ...[3, 5, 6, 8, 12, 13].flatMap((compactRevision) => [
      compact(compactRevision),
      ...[1, compactRevision - 1].flatMap((start_revision) => {
        const id = 1000 * compactRevision + start_revision;
        return [
          ...created({ ...all, start_revision, watch_id: id }, id),
          wait({ id, canceled: 1 }),
        ];
      }),
      // The watch that follows in the same stream is not held up.
      ...created(
        { ...all, start_revision: compactRevision, prev_kv: true, watch_id: 100 + compactRevision },
        100 + compactRevision,
      ),
      wait({ id: 100 + compactRevision, events: { 3: 15, 5: 13, 6: 12, 8: 8, 12: 3, 13: 1 }[compactRevision]! }),
      ...created(
        { ...all, start_revision: compactRevision + 1, prev_kv: true, watch_id: 200 + compactRevision },
        200 + compactRevision,
      ),
      wait({ id: 200 + compactRevision, events: { 3: 14, 5: 12, 6: 9, 8: 5, 12: 1, 13: 0 }[compactRevision]! }),
    ]),
    compact(3),
    compact(100),
    put("a", "14"),
    wait({ id: 103, events: 1 }),
    wait({ id: 213, events: 1 }),
  ],
};

const tombstones: WatchChapter = {
  name: "a compact revision that deletes several keys, and one that deletes and puts",
  batching: "free",
  moves: [
    put("a", "1"), // 2
    put("b", "1"), // 3
    put("c", "1"), // 4
    del("a", "z"), // 5
    txn(op.put("a", "2"), op.put("b", "2")), // 6
    txn(op.del("a"), op.put("c", "2"), op.del("b")), // 7
    put("d", "1"), // 8
    compact(5),
    ...created({ ...all, start_revision: 5, prev_kv: true, watch_id: 5 }, 5),
    wait({ id: 5, events: 9 }),
    compact(7),
    ...created({ ...all, start_revision: 7, watch_id: 7 }, 7),
    wait({ id: 7, events: 4 }),
    ...created({ key: "b", start_revision: 7, prev_kv: true, watch_id: 8 }, 8),
    wait({ id: 8, events: 1 }),
    ...created({ key: "b", start_revision: 6, prev_kv: true, watch_id: 9 }, 9),
    wait({ id: 9, canceled: 1 }),
    compact(8),
    ...created({ ...all, start_revision: 8, watch_id: 10 }, 10),
    wait({ id: 10, events: 1 }),
    ...created({ key: "b", start_revision: 8, watch_id: 11 }, 11),
    put("b", "9"),
    wait({ id: 11, events: 1 }),
  ],
};

const live: WatchChapter = {
  name: "compaction does not disturb watches that have seen everything, nor those of the future",
  batching: "exact",
  moves: [
    ...created({ ...all, prev_kv: true }, 0),
    ...created({ key: "a", start_revision: 6 }, 1),
    put("a", "1"),
    put("a", "2"),
    del("a"),
    wait({ id: 0, events: 3 }),
    compact(4),
    put("a", "3"),
    wait({ id: 0, events: 1 }),
    compact(5),
    put("a", "4"),
    wait({ id: 0, events: 1 }),
    wait({ id: 1, events: 1 }),
    del("a"),
    wait({ id: 0, events: 1 }),
    wait({ id: 1, events: 1 }),
    compact(7),
    ...created({ ...all, start_revision: 2, watch_id: 5 }, 5),
    wait({ id: 5, canceled: 1 }),
    put("a", "5"),
    wait({ id: 0, events: 1 }),
  ],
};

const afterCompaction: WatchChapter = {
  name: "the id of a watch that compaction has ended",
  batching: "exact",
  moves: [
    ...history,
    compact(10),
    ...created({ ...all, start_revision: 4, watch_id: 4 }, 4),
    wait({ id: 4, canceled: 1 }),
    ...created({ ...all, start_revision: 13 }, 0),
    wait({ id: 0, events: 1 }),
    ...created({ key: "a", watch_id: 4 }, -1),
    ...canceled(4),
    ...created({ key: "a", watch_id: 4 }, 4),
    put("a"),
    wait({ id: 4, events: 1 }),
    ...progress(),
  ],
};

const prevKv: WatchChapter = {
  name: "prev_kv",
  batching: "exact",
  moves: [
    ...created({ ...all, prev_kv: true }, 0),
    ...created({ key: "a", prev_kv: true }, 1),
    ...created({ key: "a" }, 2),
    ...[
      put("a", "1"),
      put("a", "2"),
      put("a", ""),
      del("a"),
      put("a", "3"),
    ].flatMap((move) => [move, wait({ id: 0, events: 1 }), wait({ id: 1, events: 1 })]),
    txn(op.put("a", "4"), op.put("b", "1")),
    wait({ id: 0, events: 2 }),
    txn(op.del("a", "c")),
    wait({ id: 0, events: 2 }),
    txn(op.put("b", "5"), op.txn(op.put("a", "5"), op.txn(op.put("c", "5")))),
    wait({ id: 0, events: 3 }),
    txn(op.del("c"), op.put("b", "6"), op.del("a"), op.del("c"), op.del("a", "aa")),
    wait({ id: 0, events: 3 }),
    txn(op.del("zzz")),
    txn(),
    del("zzz"),
    put("a", "7"),
    wait({ id: 0, events: 1 }),
  ],
};

const progressChapters: WatchChapter[] = [
  {
    name: "progress requests on a stream with no watch, one, and many",
    batching: "exact",
    moves: [
      askProgress(),
      ...created({ key: "a" }, 0),
      ...progress(),
      put("a"),
      wait({ id: 0, events: 1 }),
      ...progress(),
      put("b"),
      put("b"),
      ...progress(),
      ...created({ key: "b" }, 1),
      ...created({ key: "c" }, 2),
      ...created({ ...all, filters: [0, 1] }, 3),
      put("b"),
      wait({ id: 1, events: 1 }),
      ...progress(),
      ...canceled(1),
      ...progress(),
      put("b"),
      ...progress(),
      ...canceled(0),
      ...canceled(2),
      ...canceled(3),
      askProgress(),
      ...created({ key: "a" }, 4),
      put("a"),
      wait({ id: 4, events: 1 }),
      askProgress("other"),
      ...created({ key: "a" }, 0, "other"),
      ...progress("other"),
    ],
  },
  {
    name: "progress is not told while a watch of the stream waits for its future",
    batching: "exact",
    moves: [
      ...created({ key: "a" }, 0),
      ...created({ key: "a", start_revision: 4 }, 1),
      askProgress(),
      put("a"),
      wait({ id: 0, events: 1 }),
      askProgress(),
      put("a"),
      wait({ id: 0, events: 1 }),
      askProgress(),
      put("a"),
      wait({ id: 0, events: 1 }),
      wait({ id: 1, events: 1 }),
      ...progress(),
      ...created({ key: "a", start_revision: 50 }, 2),
      askProgress(),
      put("a"),
      wait({ id: 0, events: 1 }),
      ...canceled(2),
      ...progress(),
    ],
  },
  {
    name: "progress is told after the history",
    batching: "free",
    moves: [
      ...history,
      create({ key: "c", start_revision: 1 }),
      create({ key: "a/", range_end: "a0", start_revision: 10 }),
      create({ key: "missing", start_revision: 1 }),
      create({ key: "missing", start_revision: 13 }),
      progressUntil(13),
      wait({ id: 0, events: 4, created: 1 }),
      wait({ id: 1, events: 4, created: 1 }),
      wait({ id: 2, created: 1 }),
      wait({ id: 3, created: 1 }),
    ],
  },
  {
    name: "progress_notify",
    batching: "exact",
    flags: ["--watch-progress-notify-interval=100ms"],
    moves: [
      put("a"),
      ...created({ key: "a", progress_notify: true, watch_id: 11 }, 11),
      ...created({ key: "a", progress_notify: false, watch_id: 12 }, 12),
      ...created({ key: "a", start_revision: 1, progress_notify: true, watch_id: 13 }, 13),
      ...created({ key: "a", start_revision: 4, progress_notify: true, watch_id: 14 }, 14),
      wait({ id: 13, events: 1 }),
      wait({ id: 11, progress: 3 }),
      wait({ id: 13, progress: 2 }),
      put("b"),
      wait({ id: 11, progress: 2 }),
      wait({ id: 13, progress: 2 }),
      put("a"),
      wait({ id: 14, events: 1 }),
      wait({ id: 14, progress: 2 }),
      wait({ id: 11, progress: 2 }),
      wait({ id: 13, progress: 2 }),
    ],
  },
];

/** Where a watch starts, how it goes on, and what it tells of its progress. */
export const revisionChapters: readonly WatchChapter[] = [
  past,
  future,
  odd,
  compacted,
  tombstones,
  live,
  afterCompaction,
  prevKv,
  ...progressChapters,
];
