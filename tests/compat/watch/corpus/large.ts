import type { Move, WatchChapter } from "../conversation.ts";
import { create, created, del, op, progressUntil, put, txn, wait } from "./moves.ts";

const KIB = 1024;
const all = { key: "\0", range_end: "\0" };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** The deletion of keys of 60 KiB each tells all the values before, 2.4 MB, as one revision. */
const fragments: WatchChapter = {
  name: "a revision above the request limit, with and without fragments",
  batching: "exact",
  moves: [
    ...numbers(40).map((i) => put(`k${i}`, "x".repeat(60 * KIB + i))),
    ...created({ ...all, prev_kv: true, fragment: true }, 0),
    ...created({ ...all, prev_kv: true }, 1),
    ...created({ ...all, fragment: true }, 2),
    del("k", "l"),
    ...[0, 1, 2].map((id) => wait({ id, events: 40 })),
    put("k1", "small"),
    ...[0, 1, 2].map((id) => wait({ id, events: 1 })),
  ],
};

/** With etcd's overhead the limit is 512 KiB + 4 KiB: ten values are above it, whatever they come from. */
const lowLimit: WatchChapter = {
  name: "fragments with a small --max-request-bytes",
  batching: "exact",
  flags: ["--max-request-bytes=70000"],
  moves: [
    ...created({ ...all, fragment: true, prev_kv: true, watch_id: 5 }, 5),
    ...numbers(12).flatMap((i) => [put(`k${i}`, "x".repeat(60 * KIB)), wait({ id: 5, events: 1 })]),
    txn(...numbers(12).map((i) => op.put(`k${i}`, String(i)))),
    wait({ id: 5, events: 12 }),
    txn(op.del("k", "l")),
    wait({ id: 5, events: 12 }),
  ],
};

/** The history is longer than what a server reads at once. */
const catchUp: WatchChapter = {
  name: "a long history, told while it grows",
  batching: "free",
  moves: [
    ...numbers(1500).map((i): Move => i % 10 === 9 ? del(`k${i % 7}`) : put(`k${i % 7}`, String(i))),
    create({ ...all, start_revision: 1 }),
    create({ key: "k3", start_revision: 1, prev_kv: true }),
    create({ key: "k3", start_revision: 700, filters: [0] }),
    create({ ...all, start_revision: 1400 }),
    ...[0, 1, 2, 3].map((id) => wait({ id, created: 1 })),
    ...numbers(50).map((i) => put(`k${i % 7}`, `later ${i}`)),
    progressUntil(1540),
  ],
};

const large: WatchChapter = {
  name: "a long history of large values, with and without fragments",
  batching: "free",
  moves: [
    ...numbers(60).map((i) => put(`k${i % 9}`, "y".repeat(100 * KIB + i))),
    ...created({ ...all, start_revision: 1, prev_kv: true, fragment: true }, 0),
    ...created({ ...all, start_revision: 1, prev_kv: true }, 1),
    ...created({ key: "k3", start_revision: 1, fragment: true }, 2),
    wait({ id: 0, events: 60 }),
    wait({ id: 1, events: 60 }),
    wait({ id: 2, events: 7 }),
  ],
};

const many: WatchChapter = {
  name: "many watches on one key and around it",
  batching: "exact",
  moves: [
    ...numbers(300).map((i) =>
      create(
        [{ key: "k" }, { key: "k", prev_kv: true }, { key: "j", range_end: "l" }, { key: "k", range_end: "\0" }][i % 4],
      )
    ),
    ...numbers(300).map((id) => wait({ id, created: 1 })),
    put("k", "1"),
    ...numbers(300).map((id) => wait({ id, events: 1 })),
    txn(op.put("k", "2"), op.put("ka"), op.put("j")),
    ...numbers(300).map((id) => wait({ id, events: [1, 1, 3, 2][id % 4] })),
    del("k"),
    ...numbers(300).map((id) => wait({ id, events: 1 })),
  ],
};

/** Much at once. */
export const largeChapters: readonly WatchChapter[] = [fragments, lowLimit, catchUp, large, many];
