import type { Lease } from "./lease.ts";

/**
 * Leases by their ends, a binary heap. A renewal does not move a lease: it is looked at when it would have ended before, and then put
 * at its true place, so that renewing costs nothing here.
 */
export class ExpiryQueue {
  readonly #heap: Lease[] = [];

  /** Leases in it. */
  get size(): number {
    return this.#heap.length;
  }

  /** A time before which no lease ends; Infinity when it is empty. */
  get nextMs(): number {
    return this.#heap.length === 0 ? Infinity : this.#heap[0].queuedMs;
  }

  /** Puts a lease in that is not, to be looked at from `queuedMs` on. */
  add(lease: Lease, queuedMs: number): void {
    lease.queuedMs = queuedMs;
    this.#heap.push(lease);
    this.#up(lease, this.#heap.length - 1);
  }

  /** Takes a lease out that is in it. */
  remove(lease: Lease): void {
    const at = lease.queuedAt;
    const last = this.#heap.pop()!;
    lease.queuedAt = -1;
    if (last === lease) return;
    if (last.queuedMs < lease.queuedMs) this.#up(last, at);
    else this.#down(last, at);
  }

  /** The lease to look at first; undefined when it is empty. */
  get first(): Lease | undefined {
    return this.#heap[0];
  }

  /** Has the first lease looked at later. */
  putOffFirst(queuedMs: number): void {
    const first = this.#heap[0];
    first.queuedMs = queuedMs;
    this.#down(first, 0);
  }

  #up(lease: Lease, at: number): void {
    const heap = this.#heap;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent].queuedMs <= lease.queuedMs) break;
      this.#place(heap[parent], at);
      at = parent;
    }
    this.#place(lease, at);
  }

  #down(lease: Lease, at: number): void {
    const heap = this.#heap;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1].queuedMs < heap[child].queuedMs) child++;
      if (heap[child].queuedMs >= lease.queuedMs) break;
      this.#place(heap[child], at);
      at = child;
    }
    this.#place(lease, at);
  }

  #place(lease: Lease, at: number): void {
    this.#heap[at] = lease;
    lease.queuedAt = at;
  }
}
