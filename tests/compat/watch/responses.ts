import type { Message } from "../wire.ts";

/** The id that stands for no single watch: progress of the whole stream, and watches that were refused. */
export const NO_WATCH = "-1";

/** The watch of a response; "0" when it has no such field, as proto3 writes it. */
export function watchId(response: Message): string {
  return (response.watch_id as string | undefined) ?? "0";
}

/** The events of a response. */
export function events(response: Message): Message[] {
  return (response.events as Message[] | undefined) ?? [];
}

/** The revision in a response's header. */
export function headerRevision(response: Message): number {
  return Number((response.header as Message | undefined)?.revision ?? 0);
}

/** The revision of an event. */
export function eventRevision(event: Message): number {
  return Number((event.kv as Message).mod_revision);
}

/** Whether a response tells only how far the watch, or the stream, has come. */
export function isProgress(response: Message): boolean {
  return response.created === undefined && response.canceled === undefined && events(response).length === 0;
}

/** What the keys of markers begin with; see {@link withoutMarkers}. */
export const MARKER = "~marker";

/** Leaves out the watches on markers, and what other watches have seen of them: nobody waits until all have. */
export function withoutMarkers(responses: readonly Message[], markerId: bigint): Message[] {
  return responses.filter((response) => watchId(response) !== String(markerId)).flatMap((response) => {
    const others = events(response).filter((event) => !((event.kv as Message).key as string).startsWith(MARKER));
    if (others.length === events(response).length) return [response];
    return others.length === 0 ? [] : [{ ...response, events: others }];
  });
}

/** How responses are compared; see {@link normalized}. */
export type Batching =
  /** Response by response, header revisions included. */
  | "exact"
  /** Events by revision: how many revisions a response has is the server's own business. */
  | "free";

/**
 * What a stream has told, by watch, as lists that must be equal for two servers. Progress stands apart under "progress", each
 * revision once: how often it is told depends on time. The order between watches is nobody's business.
 */
export function normalized(responses: readonly Message[], batching: Batching): Map<string, Message[]> {
  const byWatch = new Map<string, Message[]>();
  const listOf = (name: string) => {
    const list = byWatch.get(name) ?? [];
    byWatch.set(name, list);
    return list;
  };
  for (const response of responses) {
    if (isProgress(response)) {
      const list = listOf(`progress of ${watchId(response)}`);
      if (headerRevision(list.at(-1) ?? {}) !== headerRevision(response)) list.push(response);
    } else if (batching === "exact" || events(response).length === 0) listOf(watchId(response)).push(response);
    else addByRevision(listOf(watchId(response)), response);
  }
  return byWatch;
}

/** Adds one entry for each revision; says so where the events of a revision come in two responses that are no fragments. */
function addByRevision(list: Message[], response: Message): void {
  const { header: _, fragment, ...rest } = response;
  const newest = headerRevision(response);
  const before = list.at(-1);
  const mayGoOn = before?.fragment === true;
  if (before !== undefined) delete before.fragment;
  for (const event of events(response)) {
    const revision = eventRevision(event);
    const last = list.at(-1);
    if (last !== undefined && last.revision === revision) {
      (last.events as Message[]).push(event);
      if (last === before && !mayGoOn) last.split = true;
    } else list.push({ ...rest, revision, events: [event], ...(newest < revision ? { headerBehind: newest } : {}) });
  }
  if (fragment === true) list.at(-1)!.fragment = true;
}
