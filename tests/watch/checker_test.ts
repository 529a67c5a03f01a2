import assert from "node:assert/strict";
import type { Random } from "../../src/ports/mod.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { type Guarantee, type RunFacts, violations } from "./checker.ts";
import { History, type KeyState, type Write, type WriteOp } from "./history.ts";
import { isWanted, type Observation, resumeRevision, type Seen, type SeenEvent, type Segment } from "./observation.ts";

const KEYS = ["a", "b", "c", "d"];
const facts: RunFacts = { compactions: new Set([40]), isEtcd: false };

function randomHistory(random: Random, revisions: number): History {
  const keys = new Set<string>();
  const writes = Array.from({ length: revisions - 1 }, (_, index): Write => {
    const ops: WriteOp[] = [];
    for (const key of KEYS) {
      if (random.below(3) !== 0) continue;
      if (keys.has(key) && random.below(3) === 0) {
        keys.delete(key);
        ops.push({ kind: "delete", key });
      } else {
        keys.add(key);
        ops.push({ kind: "put", key, value: String(random.below(100)) });
      }
    }
    if (ops.length === 0) ops.push({ kind: "put", key: "a", value: "only" });
    if (ops.some(({ key, kind }) => key === "a" && kind === "put")) keys.add("a");
    return { revision: index + 2, ops };
  });
  return new History(writes);
}

/** What a watcher of everything sees when all is well: from revision 1, broken off once and taken up again. */
function goodObservation(history: History, random: Random): Observation {
  const range = { key: "\0", rangeEnd: "\0", prevKv: true, noPut: false, noDelete: false };
  const observation: Observation = { name: "w", range, segments: [] };
  const middle = 2 + random.below(history.newest - 2);
  for (const [startRevision, end] of [[1, middle], [0, history.newest]]) {
    const segment: Segment = {
      startRevision: startRevision || resumeRevision(observation.segments[0]),
      knownRevision: middle,
      seen: [{ kind: "created", revision: startRevision === 1 ? history.newest : middle }],
      isCancelAsked: false,
      isComplete: end === history.newest,
    };
    observation.segments.push(segment);
    addResponses(segment.seen, { history, random, from: segment.startRevision, end });
    if (end === middle) {
      segment.isCancelAsked = true;
      segment.seen.push({ kind: "canceled", compactRevision: 0 });
    } else segment.seen.push({ kind: "progress", revision: end });
  }
  return observation;
}

function addResponses(
  seen: Seen[],
  { history, random, from, end }: { history: History; random: Random; from: number; end: number },
): void {
  for (let revision = Math.max(2, from); revision <= end;) {
    const until = Math.min(end, revision + random.below(3));
    const events: SeenEvent[] = history.events.filter(({ state }) =>
      state.modRevision >= revision && state.modRevision <= until
    ).map((event) => ({ ...event }));
    const cut = random.below(3) === 0 ? random.below(events.length) : 0;
    const response = { kind: "events", revision: until, compactRevision: 0 } as const;
    if (cut > 0) seen.push({ ...response, events: events.splice(0, cut), isFragment: true });
    seen.push({ ...response, events, isFragment: false });
    if (random.below(3) === 0) seen.push({ kind: "progress", revision: until });
    revision = until + 1;
  }
}

type EventsSeen = Extract<Seen, { kind: "events" }>;

/** What can be broken of an observation; the answer is false where it has no place for it. */
interface Fault {
  name: string;
  /** The guarantees of which at least one must be found broken. */
  breaks: readonly Guarantee[];
  plant(seen: Seen[], random: Random): boolean;
}

/** The index of a random response that is as wanted; -1 when there is none. */
function somePlace(seen: readonly Seen[], random: Random, isFit: (seen: EventsSeen, index: number) => boolean): number {
  const fit = seen.flatMap((each, index) => each.kind === "events" && isFit(each, index) ? [index] : []);
  return fit.length === 0 ? -1 : fit[random.below(fit.length)];
}

/** A fault in one response with events. */
function inResponse(
  name: string,
  breaks: readonly Guarantee[],
  isFit: (response: EventsSeen, index: number, seen: readonly Seen[]) => boolean,
  plant: (response: EventsSeen, index: number, context: { seen: Seen[]; random: Random }) => void,
): Fault {
  return {
    name,
    breaks,
    plant: (seen, random) => {
      const index = somePlace(seen, random, (response, index) => isFit(response, index, seen));
      if (index < 0) return false;
      plant(seen[index] as EventsSeen, index, { seen, random });
      return true;
    },
  };
}

const any = () => true;
const isWhole = (seen: readonly Seen[], index: number) => {
  const [before, after] = [seen[index - 1], seen[index]];
  return !(before?.kind === "events" && before.isFragment) && after?.kind === "events" && !after.isFragment;
};

/** Whether something comes later that tells that all before has been told. */
function isFollowed(seen: readonly Seen[], index: number): boolean {
  return seen.slice(index + 1).some(({ kind }) => kind === "events" || kind === "progress");
}

function changeSome(field: "state" | "before", change: (state: KeyState) => void) {
  return (response: EventsSeen, _: number, { random }: { random: Random }) => {
    const fit = response.events.filter((event) =>
      event[field] !== undefined && (field === "before" || event.type === "put")
    );
    const event = fit[random.below(fit.length)];
    const changed = { ...event[field]! };
    change(changed);
    event[field] = changed;
  };
}

const hasPut = ({ events }: EventsSeen) => events.some(({ type }) => type === "put");
const hasBefore = ({ events }: EventsSeen) => events.some(({ before }) => before !== undefined);

const faults: Fault[] = [
  inResponse("a lost event", ["reliable"], ({ events }) => events.length > 1, ({ events }, _, { random }) => {
    events.splice(random.below(events.length - 1), 1);
  }),
  inResponse(
    "a lost last event",
    ["atomic", "reliable", "bookmarkable"],
    ({ events }) => events.length > 1,
    ({ events }) => {
      events.pop();
    },
  ),
  inResponse(
    "a lost response",
    ["reliable", "bookmarkable"],
    (_, index, seen) => isFollowed(seen, index),
    (_, index, { seen }) => {
      seen.splice(index, 1);
    },
  ),
  inResponse("an event twice in a row", ["unique"], any, ({ events }, _, { random }) => {
    const index = random.below(events.length);
    events.splice(index, 0, events[index]);
  }),
  inResponse("a response twice", ["unique"], any, (response, index, { seen, random }) => {
    seen.splice(index + 1 + random.below(seen.length - index), 0, response);
  }),
  inResponse(
    "two events in the wrong order",
    ["ordered"],
    ({ events }) => events.length > 1,
    ({ events }, _, { random }) => {
      const index = random.below(events.length - 1);
      events.splice(index, 2, events[index + 1], events[index]);
    },
  ),
  inResponse(
    "two responses in the wrong order",
    ["ordered"],
    (_, index, seen) => isWhole(seen, index) && isWhole(seen, index + 1),
    (response, index, { seen }) => {
      seen.splice(index, 2, seen[index + 1], response);
    },
  ),
  inResponse(
    "a split revision",
    ["atomic"],
    ({ events, isFragment }) => !isFragment && events.at(-1)?.state.modRevision === events.at(-2)?.state.modRevision,
    (response, index, { seen }) => {
      const { revision } = response;
      const last = response.events.pop()!;
      seen.splice(index + 1, 0, { ...response, revision, events: [last] });
    },
  ),
  inResponse(
    "progress between fragments",
    ["atomic"],
    ({ isFragment }) => isFragment,
    (_, index, { seen }) => {
      seen.splice(index + 1, 0, { kind: "progress", revision: 2 });
    },
  ),
  inResponse(
    "progress ahead of events",
    ["bookmarkable"],
    (_, index, seen) => isWhole(seen, index),
    (response, index, { seen }) => {
      seen.splice(index, 0, { kind: "progress", revision: response.revision });
    },
  ),
  inResponse(
    "a header ahead of events",
    ["bookmarkable"],
    (_, index, seen) => isWhole(seen, index + 1),
    (response, index, { seen }) => {
      response.revision = (seen[index + 1] as EventsSeen).events[0].state.modRevision;
      if (response.isFragment) response.isFragment = false;
    },
  ),
  inResponse("a header behind its events", ["bookmarkable"], ({ isFragment }) => !isFragment, (response) => {
    response.revision = response.events.at(-1)!.state.modRevision - 1;
  }),
  inResponse(
    "progress that goes back",
    ["bookmarkable"],
    ({ isFragment, revision }) => !isFragment && revision > 3,
    (response, index, { seen }) => {
      seen.splice(index + 1, 0, { kind: "progress", revision: response.revision - 1 });
    },
  ),
  inResponse("a wrong value", ["reliable"], hasPut, changeSome("state", (state) => state.value += "?")),
  inResponse("a wrong version", ["is-create"], hasPut, changeSome("state", (state) => state.version++)),
  inResponse("a wrong create_revision", ["is-create"], hasPut, changeSome("state", (state) => state.createRevision--)),
  inResponse("a wrong prev_kv", ["prev-kv"], hasBefore, changeSome("before", (before) => before.value += "?")),
  inResponse(
    "a prev_kv of too long ago",
    ["prev-kv"],
    hasBefore,
    changeSome("before", (before) => before.modRevision--),
  ),
  inResponse("no prev_kv", ["prev-kv"], hasBefore, ({ events }) => {
    events.find(({ before }) => before !== undefined)!.before = undefined;
  }),
  inResponse(
    "a prev_kv for a creation",
    ["prev-kv"],
    ({ events }) => events.some(({ before }) => before === undefined),
    ({ events }) => {
      const event = events.find(({ before }) => before === undefined)!;
      event.before = { ...event.state, modRevision: event.state.modRevision - 1 };
    },
  ),
  inResponse("an event from nowhere", ["reliable"], any, ({ events }, _, { random }) => {
    const event = events[random.below(events.length)];
    events.push({ ...event, state: { ...event.state, key: "nowhere" } });
  }),
  inResponse("an event of another type", ["reliable"], any, ({ events }, _, { random }) => {
    const event = events[random.below(events.length)];
    event.type = event.type === "put" ? "delete" : "put";
  }),
  {
    name: "an end that nobody asked for",
    breaks: ["reliable"],
    plant: (seen) => seen.at(-1)!.kind === "progress" && seen.push({ kind: "canceled", compactRevision: 0 }) > 0,
  },
  {
    name: "an end by a compaction that did not concern it",
    breaks: ["reliable"],
    plant: (seen) => seen.at(-1)!.kind === "progress" && seen.push({ kind: "canceled", compactRevision: 40 }) > 0,
  },
  {
    name: "an end by a compaction that never was",
    breaks: ["reliable"],
    plant: (seen) => seen.at(-1)!.kind === "progress" && seen.push({ kind: "canceled", compactRevision: 1_000 }) > 0,
  },
  {
    name: "a response after the end",
    breaks: ["ordered"],
    plant: (seen) => seen.at(-1)!.kind === "canceled" && seen.push({ kind: "progress", revision: 1_000 }) > 0,
  },
  {
    name: "no answer to the creation",
    breaks: ["ordered"],
    plant: (seen) => seen.shift() !== undefined,
  },
];

function seededObservation(seed: number) {
  const random = seededRandom(seed);
  const history = randomHistory(random, 60);
  return { random, history, observation: goodObservation(history, random) };
}

Deno.test("violations() finds nothing in what keeps all guarantees", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const { history, observation } = seededObservation(seed);
    assert.deepEqual(violations(history, observation, facts), [], `seed ${seed}`);
  }
});

for (const { name, breaks, plant } of faults) {
  Deno.test(`violations() finds ${name}`, () => {
    let planted = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const { history, observation, random } = seededObservation(seed);
      const { seen } = observation.segments[random.below(2)];
      if (!plant(seen, random)) continue;
      planted++;
      const found = violations(history, observation, facts);
      assert.ok(
        found.some(({ guarantee }) => breaks.includes(guarantee)),
        `seed ${seed}: found only ${JSON.stringify(found)}`,
      );
    }
    assert.ok(planted >= 20, `planted only ${planted} times`);
  });
}

Deno.test("violations() finds what a filter, a range, or a start should have kept out", () => {
  const { history, observation } = seededObservation(1);
  const guarantees = (changed: Partial<Observation["range"]>) =>
    violations(history, { ...observation, range: { ...observation.range, ...changed } }, facts)
      .map(({ guarantee }) => guarantee);
  assert.ok(guarantees({ noPut: true }).includes("filter"));
  assert.ok(guarantees({ noDelete: true }).includes("filter"));
  assert.ok(guarantees({ key: "b" }).includes("filter"));
  assert.ok(guarantees({ prevKv: false }).includes("prev-kv"));
  observation.segments[0].startRevision = 4;
  assert.ok(guarantees({}).includes("resumable"));
});

Deno.test("violations() finds a gap that a later start leaves only where the end was not told", () => {
  const { history, observation } = seededObservation(2);
  observation.segments[1].startRevision++;
  observation.segments[1].seen = observation.segments[1].seen.filter((each) => each.kind !== "events");
  assert.ok(violations(history, observation, facts).some(({ guarantee }) => guarantee === "reliable"));
});

Deno.test("violations() lets prev_kv be missing only below the newest compaction", () => {
  const { history, observation } = seededObservation(3);
  for (const { seen } of observation.segments) {
    for (const each of seen) {
      if (each.kind !== "events") continue;
      each.compactRevision = 30;
      for (const event of each.events) if (event.state.modRevision - 1 < 30) event.before = undefined;
    }
  }
  assert.deepEqual(violations(history, observation, facts), []);
  for (const { seen } of observation.segments) {
    for (const each of seen) if (each.kind === "events") each.compactRevision = 29;
  }
  const found = violations(history, observation, facts);
  const expected = history.events.filter(({ state, before }) => state.modRevision === 30 && before !== undefined);
  assert.deepEqual(found.map(({ guarantee }) => guarantee), expected.map(() => "prev-kv"));
});

Deno.test("History refuses writes that leave a revision out, and knows version and creation", () => {
  assert.throws(() => new History([{ revision: 3, ops: [{ kind: "put", key: "a", value: "" }] }]), /revision 2/);
  assert.throws(() => new History([{ revision: 2, ops: [{ kind: "delete", key: "a" }] }]), /changes nothing/);
  const { events } = new History([
    { revision: 3, ops: [{ kind: "put", key: "a", value: "2" }] },
    { revision: 2, ops: [{ kind: "put", key: "b", value: "1" }, { kind: "put", key: "a", value: "1" }] },
    { revision: 4, ops: [{ kind: "delete", key: "a", rangeEnd: "c" }] },
  ]);
  assert.deepEqual(
    events.map(({ type, state }) => [type, state.key, state.modRevision, state.createRevision, state.version]),
    [
      ["put", "b", 2, 2, 1],
      ["put", "a", 2, 2, 1],
      ["put", "a", 3, 2, 2],
      ["delete", "a", 4, 0, 0],
      ["delete", "b", 4, 0, 0],
    ],
  );
  assert.deepEqual(events[3].before, events[2].state);
});

Deno.test("isWanted() follows range and filters", () => {
  const state = { key: "b", value: "", createRevision: 0, modRevision: 2, version: 0 };
  const everything = { prevKv: false, noPut: false, noDelete: false };
  const wanted = (range: { key: string; rangeEnd?: string; noPut?: boolean; noDelete?: boolean }) =>
    isWanted({ type: "delete", state, before: undefined }, { ...everything, ...range });
  assert.deepEqual([
    wanted({ key: "b" }),
    wanted({ key: "a" }),
    wanted({ key: "a", rangeEnd: "b" }),
    wanted({ key: "a", rangeEnd: "c" }),
    wanted({ key: "a", rangeEnd: "\0" }),
    wanted({ key: "b", noPut: true }),
    wanted({ key: "b", noDelete: true }),
  ], [true, false, false, true, true, true, false]);
});
