import type { Random, StorageAdapter } from "../../src/ports/mod.ts";
import { WriteBatch } from "../../src/ports/mod.ts";
import type { Readers } from "../../storage_adapters/sqlite/tables.ts";

const batchKey = Uint8Array.of(1);

/** What a reader sees of a workload's rows, comparable as text. */
type State = string;

/**
 * A workload in which every batch carries its number: in the log, twice in the history and in the small state, so that a batch that is
 * half there shows. Batches also delete, replace, and spread over many pages.
 */
export class NumberedBatches {
  readonly #random: Random;
  readonly #log = new Map<number, string>();
  readonly #history = new Map<number, string>();
  /** The state after each batch; the first is the empty store. */
  readonly #states: State[] = [describe(0, this.#log, this.#history)];

  constructor(random: Random) {
    this.#random = random;
  }

  /** The number of the latest batch made. */
  get latest(): number {
    return this.#states.length - 1;
  }

  next(): WriteBatch {
    const number = this.#states.length;
    const batch = new WriteBatch();
    this.#put(batch, "log", number, 200);
    const rows = this.#random.below(6);
    for (let i = 0; i < rows; i++) {
      this.#put(batch, "history", number * 10 + i, this.#random.below(10) === 0 ? 20_000 : 400);
    }
    if (this.#random.below(3) === 0) this.#put(batch, "history", this.#random.below(number * 10), 100);
    if (this.#random.below(4) === 0) {
      const to = Math.max(0, number - 10);
      batch.deleteNumberedRange("log", 0, to);
      for (const key of this.#log.keys()) if (key < to) this.#log.delete(key);
    }
    if (this.#random.below(5) === 0) {
      const from = this.#random.below(number * 10);
      batch.deleteNumberedRange("history", from, from + 30);
      for (const key of this.#history.keys()) if (key >= from && key < from + 30) this.#history.delete(key);
    }
    return this.#end(batch);
  }

  #end(batch: WriteBatch): WriteBatch {
    const number = this.#states.length;
    batch.putNamed("meta", batchKey, new TextEncoder().encode(String(number)));
    this.#states.push(describe(number, this.#log, this.#history));
    return batch;
  }

  /** A batch that fills pages of the history with rows that lie together. */
  filling(rows: number): WriteBatch {
    const number = this.#states.length;
    const batch = new WriteBatch();
    for (let i = 0; i < rows; i++) this.#put(batch, "history", 1_000_000 * number + i, 400);
    return this.#end(batch);
  }

  /** A batch that removes every second row of the history. */
  thinningOut(): WriteBatch {
    const batch = new WriteBatch();
    for (const [at, key] of [...this.#history.keys()].sort((a, b) => a - b).entries()) {
      if (at % 2 === 0) continue;
      batch.deleteNumbered("history", key);
      this.#history.delete(key);
    }
    return this.#end(batch);
  }

  #put(batch: WriteBatch, bucket: "log" | "history", key: number, valueBytes: number): void {
    const value = new TextEncoder().encode(`${this.#states.length}:${key};`.padEnd(valueBytes, "x"));
    batch.putNumbered(bucket, key, value);
    (bucket === "log" ? this.#log : this.#history).set(key, summary(value));
  }

  /** Which batch a store's content is the state of. Throws when it is none's. */
  identify(readers: Pick<StorageAdapter, "getNamed" | "scanNumbered">): number {
    const stored = readers.getNamed("meta", batchKey);
    const number = stored === undefined ? 0 : Number(new TextDecoder().decode(stored));
    const rows = (bucket: "log" | "history") =>
      new Map(readers.scanNumbered(bucket, { limit: Infinity }).map(({ key, value }) => [key, summary(value)]));
    const state = describe(number, rows("log"), rows("history"));
    if (state !== this.#states[number]) {
      throw new Error(`not the state after batch ${number}:\n${state}\n${this.#states[number]}`);
    }
    return number;
  }
}

/** Readers of a connection, in the shape that {@link NumberedBatches.identify} takes. */
export function asStorage(readers: Readers): Pick<StorageAdapter, "getNamed" | "scanNumbered"> {
  return {
    getNamed: (bucket, key) => readers.named[bucket].get(key),
    scanNumbered: (bucket, scan) => readers.numbered[bucket].scan(scan),
  };
}

function summary(value: Uint8Array): string {
  return `${new TextDecoder().decode(value.subarray(0, 20)).replace(/x+$/, "")}+${value.length}`;
}

function describe(number: number, log: Map<number, string>, history: Map<number, string>): State {
  const rows = (bucket: Map<number, string>) =>
    [...bucket].sort(([a], [b]) => a - b).map(([key, value]) => `${key}=${value}`);
  return `${number}|${rows(log)}|${rows(history)}`;
}
