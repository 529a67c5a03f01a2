export { WatchHub, type WatchHubParts } from "./hub.ts";
export { type WatchCounts, WatchMetrics } from "./metrics.ts";
export type { WatchBatch, Watcher, WatchSink, WatchSpec } from "./types.ts";
