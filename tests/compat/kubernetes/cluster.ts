import { seededRandom } from "../../support/seeded_random.ts";
import type { Random } from "../../../src/ports/mod.ts";
import { compact, range, type Step } from "../corpus/step.ts";
import type { Answer } from "../grpc_caller.ts";
import type { Message } from "../wire.ts";
import {
  claimCompaction,
  countObjects,
  createObject,
  deleteObject,
  grant,
  listPage,
  PAGE_KEYS,
  updateObject,
} from "./requests.ts";

/** Prefixes of resources. */
export const resources = ["pods", "leases", "events"].map((name) => `/registry/${name}/`);
const EVENTS = resources[2];
const VALUE_MAX = 3000;
const EVENT_TTL_SECONDS = 3660;
const LEASE_REUSE_MAX = 5;

interface LiveObject {
  key: string;
  revision: number;
  /** The revision before that; 0 when there was none. */
  earlier: number;
}

interface List {
  prefix: string;
  from: string;
  revision: number;
  /** What the page before has left. */
  left: number | undefined;
}

/** A request, and what its answer is for. */
interface Planned {
  step: Step;
  learned(answer: Answer): void;
}

/** Requests as kube-apiserver makes them, from a seed, each of which follows from the answers before. */
export class RandomCluster {
  /** The newest revision that an answer has told. */
  newest = 1;
  /** Pages that were refused because their revision had been compacted. */
  listsExpired = 0;
  /** Updates that were refused because the object had changed. */
  conflicts = 0;
  compactions = 0;
  readonly #random: Random;
  readonly #objects = new Map<string, LiveObject>();
  #created = 0;
  #lease = 1000n;
  #leaseUses = LEASE_REUSE_MAX;
  #list: List | undefined;
  #compactVersion = 0;
  #compactTo = 0;
  #then: Planned | undefined;
  #learn: (answer: Answer) => void = () => {};

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** The next request. */
  next(): Step {
    this.#learn = () => {};
    if (this.#then !== undefined) {
      const then = this.#then;
      this.#then = undefined;
      return this.#now(then);
    }
    const kind = this.#random.below(100);
    if (kind < 20 || this.#objects.size < 2 * PAGE_KEYS) return this.#create();
    if (kind < 45) return this.#update("newest");
    if (kind < 52) return this.#update("stale");
    if (kind < 62) return this.#delete();
    if (kind < 70) return range({ key: this.#any().key });
    if (kind < 90) return this.#page();
    if (kind < 95) return countObjects(this.#resource());
    return this.#claim();
  }

  /** Takes note of etcd's answer to the last request. */
  learn(answer: Answer): void {
    const revision = headerRevisionOf(answer);
    if (revision !== undefined) this.newest = Math.max(this.newest, revision);
    this.#learn(answer);
  }

  #create(): Step {
    const prefix = this.#resource();
    const key = `${prefix}ns-${this.#random.below(3)}/object-${this.#random.below(1000)}-${this.#created++}`;
    const learned = (answer: Answer) => {
      this.#objects.set(key, { key, revision: headerRevisionOf(answer)!, earlier: 0 });
    };
    if (prefix !== EVENTS) return this.#now({ step: createObject(key, this.#value()), learned });
    if (++this.#leaseUses < LEASE_REUSE_MAX) {
      return this.#now({ step: createObject(key, this.#value(), this.#lease), learned });
    }
    this.#leaseUses = 0;
    this.#lease++;
    this.#then = { step: createObject(key, this.#value(), this.#lease), learned };
    return grant(this.#lease, EVENT_TTL_SECONDS);
  }

  #update(which: "newest" | "stale"): Step {
    const object = this.#any();
    if (which === "stale" && object.earlier > 0) {
      this.conflicts++;
      return updateObject(object.key, "stale", object.earlier);
    }
    this.#learn = (answer) => {
      object.earlier = object.revision;
      object.revision = headerRevisionOf(answer)!;
    };
    return updateObject(object.key, this.#value(), object.revision);
  }

  #delete(): Step {
    const { key, revision } = this.#any();
    this.#objects.delete(key);
    return deleteObject(key, revision);
  }

  /** The next page of the list that is under way, or the first of a new one. */
  #page(): Step {
    const prefix = this.#resource();
    const list = this.#list ??= { prefix, from: prefix, revision: 0, left: undefined };
    this.#learn = (answer) => this.#turnPage(list, answer);
    return listPage(list.prefix, list.from, list.revision);
  }

  #turnPage(list: List, { code, messages: [message] }: Answer): void {
    if (code !== 0) {
      this.listsExpired++;
      this.#list = undefined;
      return;
    }
    const keys = (message.kvs as Message[] | undefined) ?? [];
    const left = Number(message.count ?? 0) - keys.length;
    if (list.left !== undefined && list.left !== left + keys.length) {
      throw new Error(`A page from ${list.from} counts ${left + keys.length} keys, after one that left ${list.left}`);
    }
    if (message.more !== true) {
      this.#list = undefined;
      return;
    }
    list.left = left;
    list.revision ||= Number((message.header as Message).revision);
    list.from = `${keys.at(-1)!.key}\0`;
  }

  /** As one of two API servers whose knowledge of the version may be out of date. */
  #claim(): Step {
    const isBehind = this.#compactVersion > 0 && this.#random.below(4) === 0;
    const to = this.#compactTo;
    this.#learn = (answer) => {
      this.#compactTo = headerRevisionOf(answer)!;
      if (isBehind) return;
      this.#compactVersion++;
      if (to === 0) return;
      this.compactions++;
      this.#then = { step: compact({ revision: to }), learned: () => {} };
    };
    return claimCompaction(this.#compactVersion - (isBehind ? 1 : 0), to);
  }

  #now({ step, learned }: Planned): Step {
    this.#learn = learned;
    return step;
  }

  #any(): LiveObject {
    const objects = [...this.#objects.values()];
    return objects[this.#random.below(objects.length)];
  }

  #resource(): string {
    return resources[this.#random.below(resources.length)];
  }

  #value(): string {
    return String.fromCharCode(97 + this.#random.below(26)).repeat(1 + this.#random.below(VALUE_MAX));
  }
}

/** The revision in an answer's header; undefined when the call failed. */
export function headerRevisionOf({ messages: [message] }: Answer): number | undefined {
  const header = message?.header as Message | undefined;
  return header?.revision === undefined ? undefined : Number(header.revision);
}
