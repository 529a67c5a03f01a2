import type { History, HistoryEvent, KeyState } from "./history.ts";
import {
  isWanted,
  type Observation,
  type Seen,
  type SeenEvent,
  type Segment,
  type WatchedRange,
} from "./observation.ts";

/** What etcd guarantees for watches (its documents "KV API guarantees" and "robustness tests" have the list). */
export type Guarantee =
  | "filter"
  | "ordered"
  | "unique"
  | "atomic"
  | "bookmarkable"
  | "reliable"
  | "resumable"
  | "is-create"
  | "prev-kv";

/** A guarantee that was not kept. */
export interface Violation {
  guarantee: Guarantee;
  text: string;
}

/** What else is known of a run. */
export interface RunFacts {
  /** The revisions of all compactions. */
  compactions: ReadonlySet<number>;
  /**
   * Whether to let pass what etcd 3.7.1 does not keep: the header of events is no bookmark, and prev_kv may be missing from the
   * first and the last events of a watch, which are sent before etcd has noted down that it is wanted, or when it no longer knows.
   */
  isEtcd: boolean;
}

/** Every guarantee that `observation` does not keep. */
export function violations(history: History, observation: Observation, facts: RunFacts): Violation[] {
  return observation.segments.flatMap((segment, number) => {
    const check = new SegmentCheck(history, observation.range, segment, facts);
    return check.run().map(({ guarantee, text }) => ({
      guarantee,
      text: `${observation.name}, part ${number} from ${segment.startRevision}: ${guarantee}: ${text}`,
    }));
  });
}

class SegmentCheck {
  readonly #found: Violation[] = [];
  /** What the watch is to see, in order, if it goes on for ever. */
  readonly #expected: readonly HistoryEvent[];
  readonly #places = new Map<string, number>();
  readonly #seen = new Set<number>();
  /** Place of what is to come next: everything before has come, or has been missed. */
  #next = 0;
  /** Newest revision up to which the watch has said that it told everything. */
  #bookmark: number;
  /** Revision of the last event of the last whole response. */
  #lastRevision = 0;
  readonly #from: number;
  #isFirst = true;
  /** The newest compaction when the last response came. */
  #compactRevision = 0;

  constructor(
    history: History,
    readonly range: WatchedRange,
    readonly segment: Segment,
    readonly facts: RunFacts,
  ) {
    this.#from = firstRevision(segment);
    this.#bookmark = this.#from - 1;
    this.#expected = history.events.filter((event) => event.state.modRevision >= this.#from && isWanted(event, range));
    for (const [place, event] of this.#expected.entries()) this.#places.set(nameOf(event), place);
  }

  run(): Violation[] {
    let open: SeenEvent[] = [];
    let isOver = false;
    for (const [number, each] of this.segment.seen.entries()) {
      if ((each.kind === "created") !== (number === 0)) this.#report("ordered", `response ${number} is ${each.kind}`);
      if (isOver) this.#report("ordered", `${each.kind} comes after the watch has ended`);
      if (open.length > 0 && each.kind !== "events") this.#report("atomic", `${each.kind} between fragments`);
      if (each.kind === "events") {
        this.#compactRevision = each.compactRevision;
        open.push(...each.events);
        if (each.isFragment) continue;
        this.#response(open, each.revision);
        open = [];
      } else if (each.kind === "progress") this.#progress(each.revision);
      else if (each.kind === "canceled") {
        this.#canceled(each);
        isOver = true;
      }
    }
    const end = this.segment.isComplete ? this.#expected.length : this.#next;
    for (let place = 0; place < end; place++) {
      if (!this.#seen.has(place)) this.#report("reliable", `${nameOf(this.#expected[place])} is missing`);
    }
    return this.#found;
  }

  #response(events: readonly SeenEvent[], header: number): void {
    if (events.length === 0) return this.#report("bookmarkable", "a last fragment without events");
    const first = events[0].state.modRevision;
    if (first === this.#lastRevision) this.#report("atomic", `revision ${first} comes in two responses`);
    let newest = 0;
    for (const event of events) {
      this.#event(event);
      newest = Math.max(newest, event.state.modRevision);
    }
    this.#lastRevision = newest;
    if (this.#expected[this.#next]?.state.modRevision === newest) {
      this.#report("atomic", `revision ${newest} comes without ${nameOf(this.#expected[this.#next])}`);
    }
    if (newest > header) this.#report("bookmarkable", `events of ${newest} under the header revision ${header}`);
    if (this.facts.isEtcd) this.#bookmark = Math.max(this.#bookmark, newest);
    else this.#progress(header);
    this.#isFirst = false;
  }

  #event(event: SeenEvent): void {
    const name = nameOf(event);
    if (!isWanted(event, this.range)) return this.#report("filter", `${name} was not asked for`);
    if (event.state.modRevision < this.#from) return this.#report("resumable", `${name} is before the start`);
    const place = this.#places.get(name);
    if (place === undefined) return this.#report("reliable", `${name} has never happened`);
    if (this.#seen.has(place)) return this.#report("unique", `${name} comes twice`);
    this.#seen.add(place);
    if (place < this.#next) this.#report("ordered", `${name} comes after ${nameOf(this.#expected[this.#next - 1])}`);
    else this.#next = place + 1;
    if (event.state.modRevision <= this.#bookmark) {
      this.#report("bookmarkable", `${name} comes after revision ${this.#bookmark} was told to be complete`);
    }
    this.#fields(event, this.#expected[place]);
  }

  #fields(event: SeenEvent, { state, before }: HistoryEvent): void {
    const name = nameOf(event);
    if (!isSame(event.state, state)) {
      const isOfCreation = event.state.value === state.value;
      this.#report(isOfCreation ? "is-create" : "reliable", `${name} is ${show(event.state)}, not ${show(state)}`);
    }
    if (event.before === undefined) {
      const mayBeCompacted = state.modRevision - 1 < this.#compactRevision;
      const mayNotKnow = this.facts.isEtcd && (this.#isFirst || this.segment.isCancelAsked);
      if (this.range.prevKv && before !== undefined && !mayBeCompacted && !mayNotKnow) {
        this.#report("prev-kv", `${name} has none, not ${show(before)}`);
      }
    } else if (!this.range.prevKv) this.#report("prev-kv", `${name} has one that was not asked for`);
    else if (before === undefined || !isSame(event.before, before)) {
      this.#report("prev-kv", `${name} has ${show(event.before)}, not ${show(before)}`);
    }
  }

  #progress(revision: number): void {
    if (revision < this.segment.startRevision) {
      this.#report("bookmarkable", `progress to ${revision} is below the start`);
    } else if (revision < this.#bookmark) {
      this.#report("bookmarkable", `progress goes back from ${this.#bookmark} to ${revision}`);
    }
    const next = this.#expected[this.#next];
    if (next !== undefined && next.state.modRevision <= revision) {
      this.#report("bookmarkable", `progress to ${revision} comes before ${nameOf(next)}`);
    }
    this.#bookmark = Math.max(this.#bookmark, revision);
  }

  #canceled({ compactRevision }: Extract<Seen, { kind: "canceled" }>): void {
    if (compactRevision === 0) {
      if (!this.segment.isCancelAsked) this.#report("reliable", "canceled without being asked");
      return;
    }
    if (!this.facts.compactions.has(compactRevision)) {
      this.#report("reliable", `canceled by a compaction at ${compactRevision}, which has never happened`);
    }
    if (compactRevision <= this.#bookmark + 1) {
      this.#report("reliable", `canceled by a compaction at ${compactRevision}, but ${this.#bookmark} had been seen`);
    }
  }

  #report(guarantee: Guarantee, text: string): void {
    this.#found.push({ guarantee, text });
  }
}

/**
 * The revision of the first event that the watch is to see. Of a watch from "now" on, the answer to its creation names the revision
 * before; etcd has been watching for a moment then, so that events up to there may come, but none that the client knew of.
 */
function firstRevision({ startRevision, knownRevision, seen }: Segment): number {
  if (startRevision > 0) return startRevision;
  const created = seen.find((each) => each.kind === "created");
  const afterCreation = created === undefined ? Infinity : created.revision + 1;
  const first = seen.find((each) => each.kind === "events")?.events[0]?.state.modRevision ?? Infinity;
  return first > knownRevision ? Math.min(first, afterCreation) : afterCreation;
}

function nameOf({ type, state }: HistoryEvent | SeenEvent): string {
  return `${type} of ${JSON.stringify(state.key)} at ${state.modRevision}`;
}

function isSame(a: KeyState, b: KeyState): boolean {
  return a.key === b.key && a.value === b.value && a.createRevision === b.createRevision &&
    a.modRevision === b.modRevision && a.version === b.version;
}

function show(state: KeyState | undefined): string {
  if (state === undefined) return "none";
  const value = state.value.length <= 20 ? state.value : `${state.value.slice(0, 20)}... (${state.value.length})`;
  return JSON.stringify({ ...state, value });
}
