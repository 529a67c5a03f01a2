import { type HistoryEvent, isInRange, type KeyState } from "./history.ts";

/** What a watch asks for. */
export interface WatchedRange {
  key: string;
  rangeEnd?: string;
  prevKv: boolean;
  noPut: boolean;
  noDelete: boolean;
}

/** An event as a watch told it. */
export interface SeenEvent {
  type: "put" | "delete";
  state: KeyState;
  /** prev_kv, when the event had one. */
  before: KeyState | undefined;
}

/** A response on a watch, in the order of arrival. `revision` is that of the header. */
export type Seen =
  | { kind: "created"; revision: number }
  | {
    kind: "events";
    revision: number;
    events: SeenEvent[];
    isFragment: boolean;
    /** The newest compaction asked for when they came: prev_kv may be missing below. */
    compactRevision: number;
  }
  | { kind: "progress"; revision: number }
  | { kind: "canceled"; compactRevision: number };

/** A watch from its creation to its end. */
export interface Segment {
  /** As asked for; 0 for "from now on". */
  startRevision: number;
  /** The newest revision of which the client knew when it asked. */
  knownRevision: number;
  seen: Seen[];
  /** Whether the client has asked to cancel it. */
  isCancelAsked: boolean;
  /** Whether it went on to the end of the test, when everything must have been seen. */
  isComplete: boolean;
}

/** All that a watcher has seen: a watch, and those that took up where it left off. */
export interface Observation {
  name: string;
  range: WatchedRange;
  segments: Segment[];
}

/** Whether a watch on `range` is to see `event`. */
export function isWanted({ type, state }: HistoryEvent | SeenEvent, range: WatchedRange): boolean {
  return isInRange(state.key, range) && !(type === "put" ? range.noPut : range.noDelete);
}

/** The revision from which on a watch would have to be asked for, so that with this segment nothing is missed. */
export function resumeRevision({ startRevision, seen }: Segment): number {
  let next = startRevision;
  for (const each of seen) {
    if (each.kind === "created" && next === 0) next = each.revision + 1;
    else if (each.kind === "progress") next = Math.max(next, each.revision + 1);
    else if (each.kind === "events" && !each.isFragment) {
      next = Math.max(next, each.events.at(-1)!.state.modRevision + 1);
    } else if (each.kind === "canceled") next = Math.max(next, each.compactRevision);
  }
  return next;
}
