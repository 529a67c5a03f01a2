import assert from "node:assert/strict";
import type { Step } from "../corpus/step.ts";
import { describe, differences } from "../differences.ts";
import type { Answer } from "../grpc_caller.ts";
import { Pair } from "../pair.ts";
import { showRequest } from "../show.ts";
import { events, headerRevision, isProgress, NO_WATCH, normalized, watchId } from "../watch/responses.ts";
import { WatchStream } from "../watch/stream.ts";
import type { Message } from "../wire.ts";
import { prefixEnd } from "./requests.ts";

const ASK_AGAIN_MS = 150;
const ASKED_MAX = 100;

/** etcd and the candidate, each with a stream of watches. What the two say is compared. */
export class WatchedPair implements AsyncDisposable {
  readonly #streams: readonly [WatchStream, WatchStream];

  private constructor(readonly pair: Pair, readonly where: string) {
    this.#streams = [new WatchStream(pair.etcd.endpoint), new WatchStream(pair.candidate.endpoint)];
  }

  /** Starts both with `flags`; `where` stands in failures. */
  static async start(where: string, flags: readonly string[] = []): Promise<WatchedPair> {
    return new WatchedPair(await Pair.start(flags), where);
  }

  /**
   * Makes a request to both and compares the answers.
   * @returns etcd's answer
   */
  async call(step: Step): Promise<Answer> {
    const [etcd, candidate] = await this.pair.both(step);
    const found = differences(etcd, candidate);
    if (found.length > 0) {
      throw new Error(`${this.where}: ${showRequest(step)} is answered differently:\n${describe(found)}`);
    }
    return etcd;
  }

  /** Watches a prefix from a revision on, as a watch cache does after its list, and waits until that is confirmed. */
  async watch(id: number, prefix: string, startRevision: number): Promise<void> {
    const request = { key: prefix, range_end: prefixEnd(prefix), start_revision: startRevision, watch_id: id };
    this.send({ create_request: { ...request, prev_kv: true, progress_notify: true } });
    await this.each(
      (stream) => stream.responses.some((each) => watchId(each) === String(id) && each.created === true),
      {
        what: `watch ${id}`,
      },
    );
  }

  /** Sends a request on both streams. */
  send(request: Message): void {
    for (const stream of this.#streams) stream.send(request);
  }

  /** Waits until `isMet` for both streams. */
  async each(isMet: (stream: WatchStream) => boolean, { what }: { what: string }): Promise<void> {
    await Promise.all(this.#streams.map((stream) => stream.until(() => isMet(stream), `${what} (${this.where})`)));
  }

  /** Asks both for progress until they say that they have told everything up to `revision`. */
  async progress(revision: number): Promise<void> {
    await Promise.all(this.#streams.map(async (stream, side) => {
      const from = stream.responses.length;
      const isTold = () =>
        stream.responses.slice(from).some((each) =>
          watchId(each) === NO_WATCH && isProgress(each) && headerRevision(each) >= revision
        );
      for (let asked = 1; asked <= ASKED_MAX; asked++) {
        stream.send({ progress_request: {} }); // etcd forgets one that comes while a watch is behind
        if (await stream.untilOrTimeout(isTold, ASK_AGAIN_MS)) return;
      }
      throw new Error(`${this.where}: ${side === 0 ? "etcd" : "the candidate"} told no progress up to ${revision}`);
    }));
  }

  /**
   * Compares all that was said of watches, progress apart, and checks the order in which each side said it.
   * @returns the number of events
   */
  compareWatches(): number {
    const [etcd, candidate] = this.#streams.map(({ responses }) => {
      checkOrder(responses, this.where);
      return normalized(responses.filter((response) => !isProgress(response)), "free");
    });
    assert.deepEqual([...candidate.keys()].sort(), [...etcd.keys()].sort(), this.where);
    for (const [id, told] of etcd) {
      const found = differences(asAnswer(told), asAnswer(candidate.get(id)!));
      if (found.length > 0) throw new Error(`${this.where}: watch ${id} was told differently:\n${describe(found)}`);
    }
    return this.#streams[0].responses.reduce((sum, response) => sum + events(response).length, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stream of this.#streams) await stream[Symbol.asyncDispose]();
    await this.pair[Symbol.asyncDispose]();
  }
}

/** Nothing may come of a revision that the stream, or the watch, has already said to have told. */
function checkOrder(responses: readonly Message[], where: string): void {
  let toldToAll = 0;
  const told = new Map<string, number>();
  for (const response of responses) {
    const id = watchId(response);
    if (isProgress(response)) {
      if (id === NO_WATCH) toldToAll = headerRevision(response);
      else told.set(id, headerRevision(response));
    }
    for (const event of events(response)) {
      const revision = Number((event.kv as Message).mod_revision);
      const before = Math.max(toldToAll, told.get(id) ?? 0);
      assert(revision > before, `${where}: watch ${id} was told revision ${revision} after everything up to ${before}`);
    }
  }
}

function asAnswer(messages: Message[]): Answer {
  return { code: 0, details: "", messages };
}
