import type { RangeQuery, TxnOp } from "../../mvcc/mod.ts";
import type { Clock, Logger } from "../../ports/mod.ts";
import type { Command } from "../command.ts";
import { GroupTimer, type SlowWork, type TimedOutcome } from "./group_timer.ts";
import { LazyHistogram, type RequestMetrics } from "./metrics.ts";
import { commandText, rangeText, readTxnText } from "./request_text.ts";

/** What both timings work with. */
export interface TimingOptions {
  clock: Clock;
  logger: Logger;
  metrics: RequestMetrics;
  /** Work that takes longer is logged; etcd's `--warning-apply-duration`. */
  warningApplyMs: number;
}

/** A duration as Go prints it, near enough for people. */
export function durationText(durationMs: number): string {
  if (durationMs >= 1000) return `${Number((durationMs / 1000).toFixed(9))}s`;
  return durationMs >= 1 ? `${Number(durationMs.toFixed(6))}ms` : `${Number((durationMs * 1000).toFixed(3))}µs`;
}

function warnOfSlow(
  options: TimingOptions,
  slow: { tookMs: number; prefix: string; request: string; response: string },
): void {
  options.metrics.slowApplies.increment();
  options.logger.warn("apply request took too long", {
    took: durationText(slow.tookMs),
    "expected-duration": durationText(options.warningApplyMs),
    prefix: slow.prefix,
    request: slow.request,
    response: slow.response,
  });
}

/** etcd's names of the commands, in its metrics' labels. Leases that end are revoked, and what outlives a restart is a checkpoint. */
const operationNames: Record<Command["kind"], string> = {
  put: "Put",
  deleteRange: "DeleteRange",
  txn: "Txn",
  compact: "Compaction",
  alarm: "Alarm",
  leaseGrant: "LeaseGrant",
  leaseRevoke: "LeaseRevoke",
  leaseRenew: "LeaseCheckpoint",
  leaseExpire: "LeaseRevoke",
};

/**
 * Times commands that are applied one after another: each alone, but puts, which are the many and small ones, in groups. A put's
 * time in a group includes its answer's encoding.
 */
export class ApplyTimings {
  readonly #timer: GroupTimer<Command>;
  readonly #outcomes: TimedOutcome[] = [];
  readonly #numbers: Record<Command["kind"], number>;
  readonly #clock: Clock;

  constructor(options: TimingOptions) {
    const { metrics, clock } = options;
    this.#clock = clock;
    const numbers: Partial<Record<Command["kind"], number>> = {};
    for (const [kind, name] of Object.entries(operationNames)) {
      numbers[kind as Command["kind"]] = this.#outcomes.length;
      for (const success of ["true", "false"]) {
        this.#outcomes.push({
          work: new LazyHistogram(metrics.applySeconds, "v3", name, success),
          request: new LazyHistogram(metrics.requestSeconds, name, success),
        });
      }
    }
    this.#numbers = numbers as Record<Command["kind"], number>;
    this.#timer = new GroupTimer<Command>({
      clock,
      outcomes: this.#outcomes,
      slowTime: "work",
      slowAfterMs: options.warningApplyMs,
      onSlow: ({ what, pieces, tookMs }: SlowWork<Command>) => {
        const others = pieces === 1 ? "" : ` and ${pieces - 1} more puts`;
        warnOfSlow(options, { tookMs, prefix: "", request: commandText(what) + others, response: "" });
      },
    });
  }

  /** A command is about to be applied. */
  begin(command: Command): void {
    if (command.kind !== "put") this.#timer.close();
    this.#timer.begin();
  }

  /** A command has been applied, or refused. `arrivalMs` is when its request came; NaN where nobody waits for it. */
  end(command: Command, arrivalMs: number, succeeded: boolean): void {
    const outcome = this.#numbers[command.kind] + (succeeded ? 0 : 1);
    this.#timer.add(outcome, arrivalMs, command, 0);
    if (command.kind !== "put") this.#timer.close();
  }

  /** No command follows at once. */
  endRun(): void {
    this.#timer.close();
  }

  /** A request has failed before its command was applied. */
  failed(command: Command, arrivalMs: number): void {
    const { request } = this.#outcomes[this.#numbers[command.kind] + 1];
    request.value.observe((this.#clock.monotonicMs() - arrivalMs) / 1000);
  }
}

/** What is read. */
export type Read = { kind: "range"; range: RangeQuery } | { kind: "txn"; txn: TxnOp };

/** Numbers of outcomes. */
const rangeOutcome = 0;
const txnOutcome = 2;

/** Times reads: short ones that come together in groups, which include their answers' encoding; long ones each alone. */
export class ReadTimings {
  readonly #options: TimingOptions;
  readonly #outcomes: TimedOutcome[];
  readonly #timer: GroupTimer<RangeQuery | TxnOp>;
  readonly #endTurn = () => this.#timer.close();

  constructor(options: TimingOptions) {
    const { metrics } = options;
    this.#options = options;
    this.#outcomes = ["true", "false"].map((success) => ({
      work: new LazyHistogram(metrics.rangeSeconds, success),
      request: new LazyHistogram(metrics.requestSeconds, "Range", success),
    }));
    for (const success of ["true", "false"]) {
      this.#outcomes.push({ request: new LazyHistogram(metrics.requestSeconds, "ReadonlyTxn", success) });
    }
    this.#timer = new GroupTimer({
      clock: options.clock,
      outcomes: this.#outcomes,
      slowTime: "request",
      slowAfterMs: options.warningApplyMs,
      onSlow: ({ what, size, tookMs }) => this.#warn(what, size, tookMs),
    });
  }

  /** A short read is about to be made, within this turn. */
  begin(): void {
    if (this.#timer.isOpen) return;
    this.#timer.begin();
    Promise.resolve().then(this.#endTurn);
  }

  /** The read since {@link begin} is a Range with `count` keys in its answer, -1 if it failed. */
  endRange(query: RangeQuery, arrivalMs: number, count: number): void {
    this.#timer.add(count < 0 ? rangeOutcome + 1 : rangeOutcome, arrivalMs, query, count);
  }

  /** The read since {@link begin} is a transaction with `count` responses in its answer, -1 if it failed. */
  endTxn(txn: TxnOp, arrivalMs: number, count: number): void {
    this.#timer.add(count < 0 ? txnOutcome + 1 : txnOutcome, arrivalMs, txn, count);
  }

  /** A long Range begins; call the result with the number of keys in the answer, -1 if it failed. */
  beginLong(query: RangeQuery, arrivalMs: number): (count: number) => void {
    const { clock, warningApplyMs } = this.#options;
    const startMs = clock.monotonicMs();
    return (count) => {
      const endMs = clock.monotonicMs();
      const { work, request } = this.#outcomes[count < 0 ? rangeOutcome + 1 : rangeOutcome];
      work?.value.observe((endMs - startMs) / 1000);
      request.value.observe((endMs - arrivalMs) / 1000);
      if (endMs - arrivalMs > warningApplyMs) this.#warn(query, count, endMs - arrivalMs);
    };
  }

  #warn(what: RangeQuery | TxnOp, count: number, tookMs: number): void {
    const isTxn = "compare" in what;
    warnOfSlow(this.#options, {
      tookMs,
      prefix: isTxn ? "read-only txn " : "read-only range ",
      request: isTxn ? readTxnText(what) : rangeText(what),
      response: count < 0 ? "" : `${isTxn ? "response_count" : "range_response_count"}:${count}`,
    });
  }
}
