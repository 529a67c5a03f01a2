import { assert } from "../base/mod.ts";
import type { Attachment, Lease } from "./lease.ts";

/** Which key belongs to which lease, both ways. A key belongs to one lease at most. */
export class KeyBook<Key extends string> {
  readonly #attachments = new Map<Key, Attachment>();

  /** The lease of a key. */
  leaseOf(key: Key): Lease | undefined {
    return this.#attachments.size === 0 ? undefined : this.#attachments.get(key)?.lease;
  }

  /** Gives a key that has no lease to one. */
  attach(lease: Lease, key: Key): void {
    assert(!this.#attachments.has(key), "a key was attached to a second lease");
    const first = lease.attachments;
    const attachment: Attachment = { key, lease, previous: undefined, next: first };
    if (first !== undefined) first.previous = attachment;
    lease.attachments = attachment;
    lease.keyCount++;
    this.#attachments.set(key, attachment);
  }

  /** Undoes {@link attach}. */
  detach(lease: Lease, key: Key): void {
    const attachment = this.#attachments.get(key);
    assert(attachment?.lease === lease, "a key was detached from a lease that it is not attached to");
    this.#attachments.delete(key);
    const { previous, next } = attachment;
    if (previous !== undefined) previous.next = next;
    else lease.attachments = next;
    if (next !== undefined) next.previous = previous;
    lease.keyCount--;
  }

  /** The keys of a lease, in their order. */
  keysOf(lease: Lease): Key[] {
    const keys: Key[] = [];
    for (let at = lease.attachments; at !== undefined; at = at.next) keys.push(at.key as Key);
    return keys.sort();
  }
}
