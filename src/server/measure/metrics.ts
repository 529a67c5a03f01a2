import {
  type Counter,
  exponentialBounds,
  type Family,
  type Gauge,
  type Histogram,
  type Registry,
} from "../../base/mod.ts";

/** etcd's bounds for times of the disk and of whole requests: 1 ms to 8.2 s. */
const slowBounds = exponentialBounds(0.001, { factor: 2, count: 14 });
/** etcd's bounds for times of single steps: 0.1 ms to 52 s. */
const stepBounds = exponentialBounds(0.0001, { factor: 2, count: 20 });

/** A histogram of a family, made when it is first needed: as in etcd, label values that have not occurred are not shown. */
export class LazyHistogram {
  readonly #family: Family<Histogram>;
  readonly #labelValues: readonly string[];
  #histogram: Histogram | undefined;

  /** `labelValues` in the order of the family's label names. */
  constructor(family: Family<Histogram>, ...labelValues: string[]) {
    this.#family = family;
    this.#labelValues = labelValues;
  }

  /** The histogram. */
  get value(): Histogram {
    return this.#histogram ??= this.#family.labels(...this.#labelValues);
  }
}

/**
 * What the log of a member measures, under the names of etcd's write-ahead log and backend. Log and data are one database here and
 * change in one atomic write: its time is both that of writing the log, when there are new entries in it, and that of committing to
 * the backend; the time of the sync that follows is that of the log's fsync.
 */
export class LogMetrics {
  readonly writeSeconds: Histogram;
  readonly writtenBytes: Gauge;
  readonly syncSeconds: Histogram;
  readonly commitSeconds: Histogram;
  readonly proposalsFailed: Counter;
  readonly leaderChanges: Counter;

  /** Registers them. */
  constructor(registry: Registry) {
    this.writeSeconds = registry.histogram("etcd_disk_wal_write_duration_seconds", {
      help: "The latency distributions of write called by WAL.",
      bounds: slowBounds,
    });
    this.writtenBytes = registry.gauge("etcd_disk_wal_write_bytes_total", {
      help: "Total number of bytes written in WAL.",
    });
    this.syncSeconds = registry.histogram("etcd_disk_wal_fsync_duration_seconds", {
      help: "The latency distributions of fsync called by WAL.",
      bounds: slowBounds,
    });
    this.commitSeconds = registry.histogram("etcd_disk_backend_commit_duration_seconds", {
      help: "The latency distributions of commit called by backend.",
      bounds: slowBounds,
    });
    this.proposalsFailed = registry.counter("etcd_server_proposals_failed_total", {
      help: "The total number of failed proposals seen.",
    });
    this.leaderChanges = registry.counter("etcd_server_leader_changes_seen_total", {
      help: "The number of leader changes seen.",
    });
  }
}

/** What a compaction measures. */
export class CompactionMetrics {
  /** A step's time in the index, and the time until what it has removed is out of storage. */
  readonly indexPauseMs: Histogram;
  readonly storagePauseMs: Histogram;
  readonly totalMs: Histogram;
  readonly lastSeconds: Gauge;

  /** Registers them. */
  constructor(registry: Registry) {
    this.indexPauseMs = registry.histogram("etcd_debugging_mvcc_index_compaction_pause_duration_milliseconds", {
      help: "Bucketed histogram of index compaction pause duration.",
      bounds: exponentialBounds(0.5, { factor: 2, count: 14 }),
    });
    this.storagePauseMs = registry.histogram("etcd_debugging_mvcc_db_compaction_pause_duration_milliseconds", {
      help: "Bucketed histogram of db compaction pause duration.",
      bounds: exponentialBounds(1, { factor: 2, count: 13 }),
    });
    this.totalMs = registry.histogram("etcd_debugging_mvcc_db_compaction_total_duration_milliseconds", {
      help: "Bucketed histogram of db compaction total duration.",
      bounds: exponentialBounds(100, { factor: 2, count: 14 }),
    });
    this.lastSeconds = registry.gauge("etcd_debugging_mvcc_db_compaction_last", {
      help: "The unix time of the last db compaction. Resets to 0 on start.",
    });
  }
}

/** What a member measures of requests. */
export class RequestMetrics {
  readonly applySeconds: Family<Histogram>;
  readonly rangeSeconds: Family<Histogram>;
  readonly requestSeconds: Family<Histogram>;
  readonly slowApplies: Counter;
  readonly readIndexesFailed: Counter;
  readonly slowReadIndexes: Counter;

  /** Registers them. */
  constructor(registry: Registry) {
    this.applySeconds = registry.histograms("etcd_server_apply_duration_seconds", {
      help: "The latency distributions of v2 apply called by backend.",
      bounds: stepBounds,
      labelNames: ["version", "op", "success"],
    });
    this.rangeSeconds = registry.histograms("etcd_server_range_duration_seconds", {
      help: "The latency distributions of txn.Range",
      bounds: stepBounds,
      labelNames: ["success"],
    });
    this.requestSeconds = registry.histograms("etcd_server_request_duration_seconds", {
      help: "Response latency distribution in seconds for each type.",
      bounds: slowBounds,
      labelNames: ["type", "success"],
    });
    this.slowApplies = registry.counter("etcd_server_slow_apply_total", {
      help: "The total number of slow apply requests (likely overloaded from slow disk).",
    });
    this.readIndexesFailed = registry.counter("etcd_server_read_indexes_failed_total", {
      help: "The total number of failed read indexes seen.",
    });
    this.slowReadIndexes = registry.counter("etcd_server_slow_read_indexes_total", {
      help: "The total number of pending read indexes not in sync with leader's or timed out read index requests.",
    });
  }
}
