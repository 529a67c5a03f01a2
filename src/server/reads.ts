import { errors, EtcdError } from "../base/mod.ts";
import type { KeySpace, LongRangeResult, RangeChunk, RangeQuery, RangeResult, TxnOp, TxnResult } from "../mvcc/mod.ts";
import type { Consensus } from "../ports/mod.ts";
import type { ClientCommand } from "./command.ts";
import type { MemberHealth } from "./health.ts";
import { ReadTimings, type TimingOptions } from "./measure/timings.ts";
import { runInSlices, streamInSlices } from "./slices.ts";

/** Who waits for a read. Either method is called once, perhaps before the read's method returns. */
export interface Reader<Result> {
  /** When its request came, on the monotonic clock. */
  readonly arrivalMs: number;
  finished(result: Result): void;
  failed(error: EtcdError): void;
  /** Asked between slices of long reads: true gives the read up, and then neither method is called. */
  isGone(): boolean;
}

/** Who takes a read's results piece by piece. */
export interface StreamReader<Piece> extends Reader<void> {
  /** Takes a piece; false asks to wait until the function that {@link MemberReads.rangeStream} returned is called. */
  take(piece: Piece): boolean;
}

/** The answer to a range over few or over many keys. */
export type AnyRange = RangeResult | LongRangeResult;

/** Ranges over at most this many keys are read in one go. */
const shortRangeKeysMax = 256;

/** What {@link MemberReads} works with. */
export interface MemberReadsParts {
  keyspace: KeySpace;
  consensus: Pick<Consensus<ClientCommand>, "readIndex">;
  health: MemberHealth;
  timing: TimingOptions;
}

/** Reads of a member's keyspace: short ones at once, long ones in slices; linearizable ones when the log says that they may. */
export class MemberReads {
  readonly #parts: MemberReadsParts;
  readonly #timings: ReadTimings;

  constructor(parts: MemberReadsParts) {
    this.#parts = parts;
    this.#timings = new ReadTimings(parts.timing);
  }

  /** Reads a range: of the state that includes all that was acknowledged before, or of this member's own. */
  range(query: RangeQuery, { serializable }: { serializable: boolean }, reader: Reader<AnyRange>): void {
    if (serializable) this.#range(query, reader);
    else this.#whenReady(reader, () => this.#range(query, reader));
  }

  /**
   * Reads a range piece by piece, each near `chunkBytes`, at one revision. Call the function that is returned when the reader,
   * having refused more, wants more.
   */
  rangeStream(
    query: RangeQuery,
    options: { serializable: boolean; chunkBytes: number },
    reader: StreamReader<RangeChunk>,
  ): () => void {
    let resume = () => {};
    const begin = () => {
      resume = streamInSlices(this.#parts.keyspace.rangeStream(query, { chunkBytes: options.chunkBytes }), {
        clock: this.#parts.timing.clock,
        take: (chunk) => chunk === undefined || reader.take(chunk),
        finished: () => reader.finished(),
        failed: (error) => this.#failRead(error, reader),
        isGone: () => reader.isGone(),
      });
    };
    if (options.serializable) begin();
    else this.#whenReady(reader, begin);
    return () => resume();
  }

  /** Carries out a transaction that only reads. */
  txn(txn: TxnOp, { serializable }: { serializable: boolean }, reader: Reader<TxnResult>): void {
    const read = () => this.#readTxn(txn, reader);
    if (serializable) read();
    else this.#whenReady(reader, read);
  }

  /** Resolves when a linearizable read could be made. */
  probe(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { fault } = this.#parts.health;
      if (fault !== undefined) reject(fault);
      else this.#readIndex((error) => error === undefined ? resolve() : reject(error));
    });
  }

  #whenReady(reader: Reader<never>, read: () => void): void {
    this.#readIndex((error) => error === undefined ? read() : reader.failed(error));
  }

  #readIndex(ready: (error?: EtcdError) => void): void {
    this.#parts.consensus.readIndex((error) => {
      if (error !== undefined) this.#parts.timing.metrics.readIndexesFailed.increment();
      ready(error);
    });
  }

  #range(query: RangeQuery, reader: Reader<AnyRange>): void {
    if (this.#isShort(query)) return this.#rangeNow(query, reader);
    const end = this.#timings.beginLong(query, reader.arrivalMs);
    runInSlices(this.#parts.keyspace.rangeSlices(query), {
      clock: this.#parts.timing.clock,
      finished: (result) => {
        end(result.records.length);
        reader.finished(result);
      },
      failed: (error) => {
        end(-1);
        this.#failRead(error, reader);
      },
      isGone: () => reader.isGone(),
    });
  }

  #isShort(query: RangeQuery): boolean {
    const { rangeEnd } = query;
    if (rangeEnd === undefined || rangeEnd.length === 0) return true;
    if ((query.revision ?? 0) > 0) return false;
    return this.#parts.keyspace.countNewest(query.key, rangeEnd) <= shortRangeKeysMax;
  }

  #rangeNow(query: RangeQuery, reader: Reader<AnyRange>): void {
    this.#timings.begin();
    let result: RangeResult;
    try {
      result = this.#parts.keyspace.range(query);
    } catch (error) {
      this.#timings.endRange(query, reader.arrivalMs, -1);
      return this.#failRead(error, reader);
    }
    this.#timings.endRange(query, reader.arrivalMs, result.kvs.length);
    reader.finished(result);
  }

  #readTxn(txn: TxnOp, reader: Reader<TxnResult>): void {
    this.#timings.begin();
    let result: TxnResult;
    try {
      result = this.#parts.keyspace.txn(txn);
    } catch (error) {
      this.#timings.endTxn(txn, reader.arrivalMs, -1);
      return this.#failRead(error, reader);
    }
    this.#timings.endTxn(txn, reader.arrivalMs, result.responses.length);
    reader.finished(result);
  }

  #failRead(error: unknown, reader: Reader<never>): void {
    if (error instanceof EtcdError) return reader.failed(error);
    reader.failed(errors.corrupt());
    this.#parts.health.report(error);
  }
}
