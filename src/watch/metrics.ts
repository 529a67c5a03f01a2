import { exponentialBounds, type Gauge, type Histogram, type Registry } from "../base/mod.ts";

/** etcd's bounds for its send loop: 1 ms to 8.2 s. */
const loopBounds = exponentialBounds(0.001, { factor: 2, count: 14 });

/** What is shown of watchers, besides what is counted here. */
export interface WatchCounts {
  /** Watchers that have not ended. */
  readonly watchers: number;
  /** Those of them that have not been given everything. */
  readonly slowWatchers: number;
  /** Events that were handed over, of all watchers together. */
  readonly eventsTaken: number;
}

/**
 * What watching measures, under etcd's names. There is no queue of events, and so no `pending_events_total`. Where etcd measures each response to
 * a watcher, this measures how long it takes to hand a run's events to all of them.
 */
export class WatchMetrics {
  /** Streams that are open; counted by who opens them. */
  readonly streams: Gauge;
  readonly publishSeconds: Histogram;
  readonly publishSecondsPerEvent: Histogram;
  /** Times of handling one request, and of a stream's progress notifications; measured by who does it. */
  readonly controlSeconds: Histogram;
  readonly progressSeconds: Histogram;

  /** Registers them. */
  constructor(registry: Registry, counts: () => WatchCounts) {
    this.streams = registry.gauge("etcd_debugging_mvcc_watch_stream_total", {
      help: "Total number of watch streams.",
    });
    const watchers = registry.gauge("etcd_debugging_mvcc_watcher_total", { help: "Total number of watchers." });
    const slowWatchers = registry.gauge("etcd_debugging_mvcc_slow_watcher_total", {
      help: "Total number of unsynced slow watchers.",
    });
    const events = registry.counter("etcd_debugging_mvcc_events_total", {
      help: "Total number of events sent by this member.",
    });
    const loop = "etcd_debugging_server_watch_send_loop";
    this.publishSeconds = registry.histogram(`${loop}_watch_stream_duration_seconds`, {
      help: "The total duration in seconds of running through the send loop watch stream response all events.",
      bounds: loopBounds,
    });
    this.publishSecondsPerEvent = registry.histogram(`${loop}_watch_stream_duration_per_event_seconds`, {
      help: "The average duration in seconds of running through the send loop watch stream response, per event.",
      bounds: loopBounds,
    });
    this.controlSeconds = registry.histogram(`${loop}_control_stream_duration_seconds`, {
      help: "The total duration in seconds of running through the send loop control stream response.",
      bounds: loopBounds,
    });
    this.progressSeconds = registry.histogram(`${loop}_progress_duration_seconds`, {
      help: "The total duration in seconds of running through the progress loop control stream response.",
      bounds: loopBounds,
    });
    registry.onCollect(() => {
      const now = counts();
      watchers.set(now.watchers);
      slowWatchers.set(now.slowWatchers);
      events.value = now.eventsTaken;
    });
  }
}
