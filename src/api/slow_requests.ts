import type { SlowCall } from "../grpc/mod.ts";
import type { RangeQuery, TxnOp } from "../mvcc/mod.ts";
import type { Clock, Logger } from "../ports/mod.ts";
import { type Command, commandText, durationText, rangeText, readTxnText } from "../server/mod.ts";

/** What this layer's handlers put into a call's `subject`. */
export type CallSubject = Command | TxnOp | RangeQuery;

/** The text of a request for the log. */
function subjectText(subject: CallSubject | undefined): string {
  if (subject === undefined) return "";
  if ("kind" in subject) return commandText(subject);
  return "compare" in subject ? readTxnText(subject) : rangeText(subject);
}

/** What {@link slowRequestLog} works with. */
export interface SlowRequestOptions {
  logger: Logger;
  clock: Clock;
  /** Requests that take longer are logged as warnings; etcd's `--warning-unary-request-duration`. */
  warningMs: number;
  /** Log every request, for debugging, as etcd does at the log level "debug". */
  all: boolean;
}

/** Logs unary requests that took long, with etcd's message and fields. */
export function slowRequestLog(options: SlowRequestOptions): { afterMs: number; report(call: SlowCall): void } {
  const { logger, clock, warningMs, all } = options;
  return {
    afterMs: all ? -Infinity : warningMs,
    report: (call) => {
      const fields = {
        "start time": new Date(clock.wallMs() - call.tookMs).toISOString(),
        "time spent": durationText(call.tookMs),
        remote: call.peer,
        "response type": call.path,
        "request size": call.requestBytes,
        "response size": call.responseBytes,
        "request content": subjectText(call.subject as CallSubject | undefined),
      };
      if (all) logger.debug("request stats", fields);
      else logger.warn("request stats", fields);
    },
  };
}
