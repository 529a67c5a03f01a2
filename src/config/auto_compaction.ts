import type { AutoCompaction } from "../server/mod.ts";
import { ConfigError } from "./config_error.ts";
import { parseDurationMs, ValueError } from "./go_values.ts";
import type { OptionValues } from "./options/table.ts";

const hourMs = 3_600_000;
const nanosecondsPerMs = 1e6;

/**
 * What `--auto-compaction-mode` and `--auto-compaction-retention` ask for; undefined where the retention is 0. As in etcd a bare number is
 * in hours or revisions, and a duration in the mode "revision" is a number of revisions, its nanoseconds. Throws {@link ConfigError}
 * for anything else, and for negative durations, which etcd takes and then compacts without a pause.
 */
export function autoCompaction(
  values: Readonly<Pick<OptionValues, "auto-compaction-mode" | "auto-compaction-retention">>,
): AutoCompaction | undefined {
  const isRevision = values["auto-compaction-mode"] === "revision";
  const retention = values["auto-compaction-retention"] || "0";
  const bare = /^\+?[0-9]+$/.test(retention) ? Number(retention) : NaN;
  const amount = Number.isSafeInteger(bare)
    ? bare * (isRevision ? 1 : hourMs)
    : durationOf(retention) * (isRevision ? nanosecondsPerMs : 1);
  if (amount === 0) return undefined;
  return isRevision ? { mode: "revision", revisions: amount } : { mode: "periodic", retentionMs: amount };
}

function durationOf(retention: string): number {
  const refused = (why: string) =>
    new ConfigError(`invalid value "${retention}" for --auto-compaction-retention: ${why}`, { exitCode: 1 });
  let durationMs: number;
  try {
    durationMs = parseDurationMs(retention);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw refused(error.message);
  }
  if (durationMs < 0) throw refused("must not be negative");
  return durationMs;
}
