import { compact, deleteRange, put, range, rangeStream, type Step, txn } from "./corpus/step.ts";
import type { Answer } from "./grpc_caller.ts";
import type { Message } from "./wire.ts";

/** Not more than 12: etcd sorts more with an algorithm that puts equal ones into no particular order. */
export const KEYS: readonly string[] = ["a", "a\0", "aa", "ab", "b", "b/1", "b/2", "b/\xff", "c", "d", "\0", "\xff"];
const VALUES = ["", "v", "w", "value", "\0\xff"];
const NESTING_MAX = 3;

/** Requests of all kinds, from a seed, with revisions near those that exist. */
export class RequestGenerator {
  /** The newest revision that an answer has told. */
  newest = 1;
  /** The revision of the last compaction that succeeded. */
  compacted = 0;
  #state: number;
  #asked = 0;
  /**
   * Inside a txn, whether it deletes. It then has no ignore_value and ignore_lease: etcd 3.7.1 crashes, and goes on crashing
   * after each restart, when such a put finds the key that the same txn has deleted.
   */
  #txnDeletes: boolean | undefined;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The next request. */
  next(): Step {
    this.#asked = 0;
    const kind = this.#below(100);
    if (kind < 30) return put(this.#put());
    if (kind < 42) return deleteRange(this.#delete());
    if (kind < 65) return range(this.#range());
    if (kind < 70) return rangeStream(this.#streamedRange());
    if (kind < 97) {
      this.#txnDeletes = this.#chance(50);
      const request = this.#txn(0);
      this.#txnDeletes = undefined;
      return txn(request);
    }
    this.#asked = this.#chance(5) ? this.newest + 1 : this.compacted + this.#below(this.newest - this.compacted + 1);
    return compact({ revision: this.#asked, physical: this.#chance(50) });
  }

  /** Takes note of the revisions in etcd's answer to the last request. */
  learn({ code, messages: [message] }: Answer): void {
    if (code !== 0) return;
    const header = message?.header as Message | undefined;
    if (header?.revision !== undefined) this.newest = Math.max(this.newest, Number(header.revision));
    if (this.#asked > 0) this.compacted = this.#asked;
  }

  #put(): Message {
    const request: Message = { key: this.#key() };
    const mayIgnore = this.#txnDeletes !== true;
    if (mayIgnore && this.#chance(8)) request.ignore_value = true;
    else request.value = this.#pick(VALUES);
    if (mayIgnore && this.#chance(8)) request.ignore_lease = true;
    if (this.#chance(25)) request.prev_kv = true;
    if (this.#chance(2)) request.lease = 1 + this.#below(3);
    return request;
  }

  #delete(): Message {
    const request: Message = { key: this.#key() };
    if (this.#chance(30)) request.range_end = this.#end();
    if (this.#chance(30)) request.prev_kv = true;
    return request;
  }

  #range(): Message {
    const request: Message = { key: this.#key() };
    if (this.#chance(75)) request.range_end = this.#end();
    if (this.#chance(35)) request.revision = this.#revision();
    if (this.#chance(30)) request.limit = 1 + this.#below(5);
    if (this.#chance(25)) request.sort_order = this.#below(3);
    if (this.#chance(25)) request.sort_target = this.#below(5);
    if (this.#chance(15)) request.keys_only = true;
    if (this.#chance(15)) request.count_only = true;
    if (this.#chance(15)) request.serializable = true;
    for (const bound of ["min_mod_revision", "max_mod_revision", "min_create_revision", "max_create_revision"]) {
      if (this.#chance(8)) request[bound] = this.#revision();
    }
    return request;
  }

  /** Without a sort target that has no order: etcd 3.7.1 then repeats keys. */
  #streamedRange(): Message {
    const { sort_target, ...request } = this.#range();
    return request.sort_order === undefined || request.sort_order === 0 ? request : { ...request, sort_target };
  }

  #txn(depth: number): Message {
    return {
      compare: this.#some(3, () => this.#compare()),
      success: this.#some(4, () => this.#operation(depth)),
      failure: this.#some(4, () => this.#operation(depth)),
    };
  }

  #operation(depth: number): Message {
    const kind = this.#below(depth < NESTING_MAX ? 10 : 8);
    if (kind < 3) return { request_put: this.#put() };
    if (kind < 5 && this.#txnDeletes === true) return { request_delete_range: this.#delete() };
    if (kind < 8) return { request_range: this.#range() };
    return { request_txn: this.#txn(depth + 1) };
  }

  #compare(): Message {
    const compare: Message = { key: this.#key(), result: this.#below(4) };
    if (this.#chance(20)) compare.range_end = this.#end();
    switch (this.#below(5)) {
      case 0:
        return { ...compare, target: 0, version: this.#below(5) };
      case 1:
        return { ...compare, target: 1, create_revision: this.#chance(30) ? 0 : this.#revision() };
      case 2:
        return { ...compare, target: 2, mod_revision: this.#chance(30) ? 0 : this.#revision() };
      case 3:
        return { ...compare, target: 3, value: this.#pick(VALUES) };
      default:
        return { ...compare, target: 4, lease: this.#below(2) };
    }
  }

  /** A key; now and then none. */
  #key(): string {
    return this.#chance(1) ? "" : this.#pick(KEYS);
  }

  #end(): string {
    return this.#chance(40) ? "\0" : this.#pick(KEYS) + (this.#chance(30) ? "\0" : "");
  }

  /** Mostly one that can be read, sometimes one that is compacted or in the future. */
  #revision(): number {
    if (this.#chance(5)) return this.newest + 1 + this.#below(3);
    if (this.#chance(10)) return this.#below(this.newest + 1);
    return this.compacted + this.#below(this.newest - this.compacted + 1);
  }

  #some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#below(most + 1) }, make);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)];
  }

  #chance(percent: number): boolean {
    return this.#below(100) < percent;
  }

  /** Mulberry32: a whole number below `bound`. */
  #below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * bound);
  }
}
