import { nextTurn, rest } from "../next_turn.ts";

/** After signs of other work it is taken to go on for this long. */
const gentleMs = 100;
/** A turn of the event loop that takes longer has had something to do. */
const quietTurnMs = 0.1;
const restMs = 5;

/**
 * How fast long work on a store may go: in large slices when nobody else is at work, in small ones with rests between them otherwise. What others
 * do shows in the batches that they apply, and in how long the event loop takes to come back.
 */
export class Pace {
  readonly #batchesApplied: () => number;
  #batchesSeen: number;
  #gentleUntilMs = 0;
  #writtenUntilMs = 0;

  /** `batchesApplied` counts what clients write. */
  constructor({ batchesApplied }: { batchesApplied: () => number }) {
    this.#batchesApplied = batchesApplied;
    this.#batchesSeen = batchesApplied();
  }

  /** Whether others are at work. */
  get isGentle(): boolean {
    return performance.now() < this.#gentleUntilMs;
  }

  /** Whether others write. */
  get isWrittenTo(): boolean {
    this.#look(performance.now());
    return performance.now() < this.#writtenUntilMs;
  }

  /** How long a slice may hold up the event loop. */
  get sliceMs(): number {
    return this.isGentle ? 0.5 : 2;
  }

  /** Pages that a slice may write: a client's sync may have to wait until they are on the device. */
  get slicePagesMax(): number {
    return this.isGentle ? 32 : 1024;
  }

  /** With so many bytes in the log they are moved on, which holds up the event loop, too; undefined for as many as usual. */
  get roundBytesMin(): number | undefined {
    return this.isGentle ? 512 * 1024 : undefined;
  }

  /** Lets others work. */
  async rest(): Promise<void> {
    if (this.isGentle) await rest(restMs);
    const startedMs = performance.now();
    await nextTurn();
    const endedMs = performance.now();
    if (endedMs - startedMs > quietTurnMs) this.#gentleUntilMs = endedMs + gentleMs;
    this.#look(endedMs);
  }

  #look(nowMs: number): void {
    const batches = this.#batchesApplied();
    if (batches === this.#batchesSeen) return;
    this.#batchesSeen = batches;
    this.#gentleUntilMs = this.#writtenUntilMs = nowMs + gentleMs;
  }
}
