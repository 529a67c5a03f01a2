import { oddNumbers } from "../../corpus/step.ts";
import { latin1, rawBytesField, rawField, rawVarintField } from "../../wire.ts";
import type { WatchChapter } from "../conversation.ts";
import { cancel, canceled, create, created, del, halfClose, put, send, wait } from "./moves.ts";

const ids: WatchChapter = {
  name: "ids chosen and assigned",
  batching: "exact",
  moves: [
    ...created({ key: "a" }, 0),
    ...created({ key: "a", watch_id: 0 }, 1),
    ...created({ key: "a", watch_id: 3 }, 3),
    ...created({ key: "a" }, 2),
    ...created({ key: "a" }, 4),
    put("a"),
    ...[0, 1, 2, 3, 4].map((id) => wait({ id, events: 1 })),
    ...created({ key: "a", watch_id: 3 }, -1),
    ...created({ key: "b", watch_id: 1 }, -1),
    ...canceled(3),
    ...canceled(1),
    put("a"),
    ...[0, 2, 4].map((id) => wait({ id, events: 1 })),
    ...created({ key: "b", watch_id: 3 }, 3),
    ...created({ key: "b" }, 5),
    ...created({ key: "b", watch_id: 7 }, 7),
    ...created({ key: "b" }, 6),
    ...created({ key: "b" }, 8),
    put("b"),
    ...[3, 5, 6, 7, 8].map((id) => wait({ id, events: 1 })),
  ],
};

const oddIds: WatchChapter = {
  name: "ids that are odd numbers",
  batching: "exact",
  moves: oddNumbers.filter((id) => id !== -1n).flatMap((id) => [
    ...created({ key: `of ${id}`, watch_id: id }, id),
    put(`of ${id}`),
    wait({ id, events: 1 }),
    ...created({ key: "a", watch_id: id }, -1),
    ...canceled(id),
    put(`of ${id}`),
  ]),
};

const cancels: WatchChapter = {
  name: "cancel: known, unknown, twice, odd",
  batching: "exact",
  moves: [
    cancel(0),
    ...created({ key: "a" }, 0),
    cancel(1),
    cancel(-1),
    ...oddNumbers.map((id) => cancel(id)),
    ...canceled(0),
    cancel(0),
    put("a"),
    ...created({ key: "a" }, 1),
    put("a"),
    wait({ id: 1, events: 1 }),
    create({ key: "c", watch_id: 9 }),
    cancel(9),
    wait({ id: 9, created: 1, canceled: 1 }),
    ...created({ key: "c", watch_id: 9 }, 9),
    put("c"),
    wait({ id: 9, events: 1 }),
  ],
};

/** Every watch sees the same changes, and names its own range by its id. */
const ranges: WatchChapter = {
  name: "keys and ranges",
  batching: "exact",
  moves: [
    ...([
      [1, {}, 2],
      [2, { key: "\0" }, 2],
      [3, { key: "", range_end: "\0" }, 20],
      [4, { range_end: "b" }, 9],
      [5, { key: "\0", range_end: "\0" }, 20],
      [6, { key: "a" }, 2],
      [7, { key: "a", range_end: "b" }, 7],
      [8, { key: "a", range_end: "a\0" }, 2],
      [9, { key: "a/", range_end: "a0" }, 4],
      [10, { key: "b", range_end: "\0" }, 11],
      [11, { key: "\xff", range_end: "\0" }, 4],
      [12, { key: "a", range_end: "\xff" }, 14],
      [13, { key: "missing" }, 0],
      [14, { key: "z", range_end: "zz" }, 0],
      [15, { key: "a", range_end: "" }, 2],
      [16, { key: "\xff\xff", range_end: "\0" }, 2],
      [17, { key: "a\0", range_end: "a/" }, 1],
    ] as const).flatMap(([id, request]) => created({ ...request, watch_id: id }, id)),
    ...created({ key: "b", range_end: "a", watch_id: 30 }, -1),
    ...created({ key: "b", range_end: "b", watch_id: 31 }, -1),
    ...created({ key: "\0", range_end: "\0\0" }, 0),
    ...created({ key: "", range_end: "\0\0" }, 18),
    ...created({ key: "a\0", range_end: "a", watch_id: 32 }, -1),
    ...created({ key: "\0\0", range_end: "\0" }, 19),
    ...["\0", "a", "a\0", "a/1", "a/2", "b", "c", "\xff", "\xff\xff"].flatMap((key) => [put(key, "1"), put(key, "2")]),
    del("a/1"),
    del("b", "d"),
    del("\0", "\0"),
    del("\0", "\0"),
  ],
};

const filters: WatchChapter = {
  name: "filters",
  batching: "exact",
  moves: [
    ...[[0], [1], [0, 1], [1, 0], [0, 0], [1, 1, 1], [2], [5, 0], [-1], []].flatMap((filters, number) =>
      created({ key: "a", range_end: "b", filters, watch_id: 10 + number }, 10 + number)
    ),
    ...[0, 1].flatMap((filter) =>
      created({ key: "a", filters: [filter], prev_kv: true, watch_id: 30 + filter }, 30 + filter)
    ),
    put("a", "1"),
    put("a", "2"),
    del("a"),
    del("a"),
    put("a", "3"),
    put("a1", "1"),
    put("a2", "1"),
    del("a", "b"),
    wait({ id: 10, events: 4 }),
    wait({ id: 11, events: 5 }),
    wait({ id: 31, events: 3 }),
    // The same from the history.
    ...[[0], [1], [0, 1]].flatMap((filters, number) =>
      created({ key: "a", range_end: "b", filters, start_revision: 1, watch_id: 40 + number }, 40 + number)
    ),
    wait({ id: 40, events: 4 }),
    wait({ id: 41, events: 5 }),
  ],
};

const streams: WatchChapter = {
  name: "two streams that use the same ids, one half-closed",
  batching: "exact",
  moves: [
    ...created({ key: "a" }, 0, "first"),
    ...created({ key: "b" }, 0, "second"),
    put("a"),
    put("b"),
    wait({ id: 0, events: 1 }, "first"),
    wait({ id: 0, events: 1 }, "second"),
    ...canceled(0, "first"),
    put("a"),
    put("b"),
    wait({ id: 0, events: 1 }, "second"),
    halfClose("second"),
    put("b"),
    put("b"),
    wait({ id: 0, events: 2 }, "second"),
    halfClose("silent"),
    ...created({ key: "b" }, 1, "first"),
    put("b"),
    wait({ id: 1, events: 1 }, "first"),
    wait({ id: 0, events: 1 }, "second"),
  ],
};

const odd: WatchChapter = {
  name: "requests that are empty, or have more than the protocol knows",
  batching: "exact",
  moves: [
    send({}),
    send({ [rawField]: rawBytesField(9, latin1("unknown")) }),
    ...created({}, 0),
    send({ cancel_request: {} }),
    wait({ id: 0, canceled: 1 }),
    ...created({ key: "a", [rawField]: rawVarintField(99, 1n) }, 1),
    // Of a oneof the last one counts.
    send({ create_request: { key: "b" }, cancel_request: { watch_id: 1 } }),
    wait({ id: 1, canceled: 1 }),
    send({ cancel_request: { watch_id: 1 }, create_request: { key: "b" } }),
    wait({ id: 2, created: 1 }),
    // The same field twice is merged.
    send({ create_request: { key: "c" }, [rawField]: rawBytesField(1, Uint8Array.of(0x38, 77)) }),
    wait({ id: 77, created: 1 }),
    send({ [rawField]: rawBytesField(1, Uint8Array.of(0x28, 0, 0x28, 1)) }), // filters, not packed
    wait({ id: 3, created: 1 }),
    put("b"),
    wait({ id: 2, events: 1 }),
    put("c"),
    wait({ id: 77, events: 1 }),
  ],
};

const bytes: WatchChapter[] = [
  { name: "a tag without a value", bytes: Uint8Array.of(0x0a) },
  { name: "a length beyond the end", bytes: Uint8Array.of(0x0a, 5, 1) },
  { name: "wire type 7", bytes: Uint8Array.of(0x0f) },
  { name: "field number 0", bytes: Uint8Array.of(0x02, 1, 0) },
  { name: "a broken message inside", bytes: Uint8Array.of(0x0a, 2, 0x0a, 9) },
].map(({ name, bytes }) => ({
  name: `bytes that are no request: ${name}`,
  batching: "exact",
  moves: [...created({ key: "a" }, 0), send(bytes), { kind: "awaitEnd", stream: "main" }],
}));

/** What a client may ask for, and must not. */
export const requestChapters: readonly WatchChapter[] = [
  ids,
  oddIds,
  cancels,
  ranges,
  filters,
  streams,
  odd,
  ...bytes,
];
