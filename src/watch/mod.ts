export { WatchHub, type WatchHubParts } from "./hub.ts";
export type { WatchBatch, Watcher, WatchSink, WatchSpec } from "./types.ts";
