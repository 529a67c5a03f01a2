import { assert } from "../base/mod.ts";
import type { Clock, Timer } from "../ports/mod.ts";

/** Something with a deadline. The fields belong to {@link Deadlines} while it is in there. */
export interface DeadlineEntry {
  /** When it ends, on the monotonic clock. */
  deadlineMs: number;
  /** Neighbours in the slot's list; both null when it is in none. */
  deadlineNext: DeadlineEntry | null;
  deadlinePrevious: DeadlineEntry | null;
  /** Called once when the deadline has passed, after the entry has left the structure. */
  onDeadline(): void;
}

const slotCount = 512;

/** Deadlines are met this much late at most, timer jitter aside. */
const slotMs = 10;

/**
 * The deadlines of all calls of a server: a hashed timing wheel, so that adding and removing cost a few pointer writes, and
 * one timer, set for the next slot that holds anything. A call that ends in time never touches a timer.
 */
export class Deadlines {
  readonly #clock: Clock;
  /** Heads of circular lists; a slot holds the deadlines of every round of the wheel. */
  readonly #slots: DeadlineEntry[] = [];
  #size = 0;
  #timer: Timer | undefined;
  /** The slot number (not reduced to the wheel) that the timer is set for. Infinity without a timer. */
  #timerSlot = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    for (let i = 0; i < slotCount; i++) {
      const head = { deadlineMs: 0, onDeadline() {} } as unknown as DeadlineEntry;
      head.deadlineNext = head.deadlinePrevious = head;
      this.#slots.push(head);
    }
  }

  /** How many deadlines are being kept. */
  get size(): number {
    return this.#size;
  }

  /** Keeps `entry` until it is removed or its deadline has passed. */
  add(entry: DeadlineEntry): void {
    assert(entry.deadlineNext === null, "a deadline is added once");
    const slot = Math.ceil(entry.deadlineMs / slotMs);
    const head = this.#slots[slot % slotCount];
    const last = head.deadlinePrevious!;
    entry.deadlinePrevious = last;
    entry.deadlineNext = head;
    last.deadlineNext = entry;
    head.deadlinePrevious = entry;
    this.#size++;
    if (slot < this.#timerSlot) this.#setTimer(slot);
  }

  /** Lets go of `entry`; does nothing when it is not kept. */
  remove(entry: DeadlineEntry): void {
    if (entry.deadlineNext === null) return;
    entry.deadlinePrevious!.deadlineNext = entry.deadlineNext;
    entry.deadlineNext.deadlinePrevious = entry.deadlinePrevious;
    entry.deadlineNext = entry.deadlinePrevious = null;
    this.#size--;
  }

  /** Forgets the timer; entries that are still there get no call any more. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerSlot = -Infinity;
  }

  #setTimer(slot: number): void {
    this.#timer?.cancel();
    const nowMs = this.#clock.monotonicMs();
    // One round at most, because hosts' timers overflow; what is due later is found again then.
    this.#timerSlot = Math.min(slot, Math.floor(nowMs / slotMs) + slotCount - 1);
    this.#timer = this.#clock.after(Math.max(0, this.#timerSlot * slotMs - nowMs), () => this.#expire());
  }

  #expire(): void {
    const nowMs = this.#clock.monotonicMs();
    const dueSlot = Math.floor(nowMs / slotMs);
    const firstSlot = Math.max(this.#timerSlot, dueSlot - slotCount + 1);
    const due: DeadlineEntry[] = [];
    for (let slot = firstSlot; slot <= dueSlot; slot++) this.#collect(this.#slots[slot % slotCount], nowMs, due);
    this.#timer = undefined;
    this.#timerSlot = Infinity;
    const next = this.#nextSlot(dueSlot + 1);
    if (next !== undefined) this.#setTimer(next);
    for (const entry of due) entry.onDeadline();
  }

  #collect(head: DeadlineEntry, nowMs: number, due: DeadlineEntry[]): void {
    for (let entry = head.deadlineNext!; entry !== head;) {
      const next = entry.deadlineNext!;
      if (entry.deadlineMs <= nowMs) {
        this.remove(entry);
        due.push(entry);
      }
      entry = next;
    }
  }

  /** The first slot from `from` on that holds an entry of any round; a whole round is looked at at most. */
  #nextSlot(from: number): number | undefined {
    if (this.#size === 0) return undefined;
    for (let slot = from; slot < from + slotCount; slot++) {
      const head = this.#slots[slot % slotCount];
      if (head.deadlineNext !== head) return slot;
    }
    return undefined;
  }
}
