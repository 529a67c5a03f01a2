import type { RangeQuery } from "../../mvcc/mod.ts";
import { SortOrder, SortTarget } from "../../mvcc/mod.ts";

const slash = 0x2f;

/**
 * The keys below a name, one for each who contends for it: the name, a slash, and the contender's lease in hexadecimal, as etcd's Go client lays
 * them out. Who created the oldest of them has the lock, or is the leader.
 */
export class KeyPrefix {
  /** The name and the slash. */
  readonly bytes: Uint8Array;
  /** Behind the last key. */
  readonly end: Uint8Array;

  /** Copies `name`, which may be any bytes. */
  constructor(name: Uint8Array) {
    this.bytes = new Uint8Array(name.length + 1);
    this.bytes.set(name);
    this.bytes[name.length] = slash;
    this.end = this.bytes.slice();
    this.end[name.length] = slash + 1;
  }

  /** The key of who contends with `lease`; a negative id is written as Go does, with a minus. */
  key(lease: bigint): Uint8Array {
    const suffix = new TextEncoder().encode(lease.toString(16));
    const key = new Uint8Array(this.bytes.length + suffix.length);
    key.set(this.bytes);
    key.set(suffix, this.bytes.length);
    return key;
  }

  /** Asks for the key that was created first. */
  oldest(): RangeQuery & { rangeEnd: Uint8Array } {
    return { ...this.#all(), sortOrder: SortOrder.Ascend };
  }

  /** Asks for the key that was created last of those created at `createRevisionMax`, which is above 0, or before. */
  youngest(createRevisionMax: number): RangeQuery {
    return { ...this.#all(), sortOrder: SortOrder.Descend, maxCreateRevision: createRevisionMax };
  }

  #all() {
    return { key: this.bytes, rangeEnd: this.end, sortTarget: SortTarget.Create, limit: 1 };
  }
}
