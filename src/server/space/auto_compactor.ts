import { errors, type EtcdError } from "../../base/mod.ts";
import type { Clock, Logger, Timer } from "../../ports/mod.ts";
import { durationText } from "../measure/timings.ts";

/** What history is to be kept; the meaning of etcd's `--auto-compaction-mode` and `--auto-compaction-retention`. */
export type AutoCompaction =
  /** What was written in the last `retentionMs`. */
  | { mode: "periodic"; retentionMs: number }
  /** The newest `revisions`. */
  | { mode: "revision"; revisions: number };

/** What an {@link AutoCompactor} works with. */
export interface AutoCompactorParts {
  clock: Clock;
  logger: Logger;
  /** The newest revision. */
  revision(): number;
  /** Whether this member leads: others leave it to the leader. */
  isLeader(): boolean;
  /** Proposes to compact up to `revision`; calls `done` once. */
  compact(revision: number, done: (error?: EtcdError) => void): void;
}

const hourMs = 3_600_000;
/** Revisions are noted, and a compaction that failed is tried again, so many times in an interval. */
const looksPerInterval = 10;
/** The mode "revision" looks this often. */
const revisionLookMs = 300_000;

/** Compacts the history time and again, by the rules of etcd's `etcdserver/api/v3compactor`. Begins when it is made. */
export class AutoCompactor {
  readonly #parts: AutoCompactorParts;
  readonly #rule: PeriodicRule | RevisionRule;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(setting: AutoCompaction, parts: AutoCompactorParts) {
    this.#parts = parts;
    const nowMs = parts.clock.monotonicMs();
    this.#rule = setting.mode === "periodic"
      ? new PeriodicRule(setting.retentionMs, nowMs)
      : new RevisionRule(setting.revisions);
    this.#wait();
  }

  /** Compacts no more. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #wait(): void {
    if (this.#isClosed) return;
    this.#rule.note(this.#parts.revision());
    this.#timer = this.#parts.clock.after(this.#rule.lookMs, () => this.#look());
  }

  #look(): void {
    const { clock, logger, isLeader, compact, revision: newest } = this.#parts;
    const startedMs = clock.monotonicMs();
    const revision = isLeader() ? this.#rule.due(newest(), startedMs) : undefined;
    if (revision === undefined) return this.#wait();
    const what = `auto ${this.#rule.mode} compaction`;
    const fields = { revision, ...this.#rule.fields };
    logger.info(`starting ${what}`, fields);
    compact(revision, (error) => {
      if (this.#isClosed) return;
      const nowMs = clock.monotonicMs();
      if (error === undefined || error.message === errors.compacted().message) {
        this.#rule.done(revision, nowMs);
        logger.info(`completed ${what}`, { ...fields, took: durationText(nowMs - startedMs) });
      } else {
        const retry = durationText(this.#rule.lookMs);
        logger.warn(`failed ${what}`, { ...fields, "retry-interval": retry, error: error.message });
      }
      this.#wait();
    });
  }
}

/** Compacts what is older than the retention: every retention, or every hour where that is shorter; first when a retention has passed. */
class PeriodicRule {
  readonly mode = "periodic";
  readonly fields: Record<string, string>;
  readonly lookMs: number;
  readonly #intervalMs: number;
  /** Time that must have passed since the last success. */
  #waitMs: number;
  readonly #notedMax: number;
  /** The newest revisions at the last looks, oldest first; when there are all of them, the first is from a retention and a look ago. */
  #noted: number[] = [];
  #lastRevision = 0;
  #lastSuccessMs: number;

  constructor(retentionMs: number, nowMs: number) {
    this.fields = { "compact-period": durationText(retentionMs) };
    this.#intervalMs = Math.min(retentionMs, hourMs);
    this.lookMs = this.#intervalMs / looksPerInterval;
    this.#notedMax = Math.floor(retentionMs / this.lookMs) + 1;
    this.#waitMs = retentionMs;
    this.#lastSuccessMs = nowMs;
  }

  note(revision: number): void {
    this.#noted.push(revision);
    if (this.#noted.length > this.#notedMax) this.#noted.shift();
  }

  due(_newest: number, nowMs: number): number | undefined {
    const [revision] = this.#noted;
    if (nowMs - this.#lastSuccessMs < this.#waitMs || revision === this.#lastRevision) return undefined;
    this.#waitMs = this.#intervalMs;
    return revision;
  }

  done(revision: number, nowMs: number): void {
    this.#lastRevision = revision;
    this.#lastSuccessMs = nowMs;
  }
}

/** Compacts all but the newest revisions, every five minutes. */
class RevisionRule {
  readonly mode = "revision";
  readonly fields: Record<string, number>;
  readonly lookMs = revisionLookMs;
  readonly #revisions: number;
  #lastRevision = 0;

  constructor(revisions: number) {
    this.fields = { "revision-compaction-retention": revisions };
    this.#revisions = revisions;
  }

  note(): void {}

  due(newest: number): number | undefined {
    const revision = newest - this.#revisions;
    return revision <= 0 || revision === this.#lastRevision ? undefined : revision;
  }

  done(revision: number): void {
    this.#lastRevision = revision;
  }
}
