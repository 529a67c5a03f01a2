export { compactionProposer } from "./auto_compaction.ts";
export { healthHandlers, type ServingState } from "./health.ts";
export { kvHandlers, type KvOptions } from "./kv.ts";
export { decodeCommand } from "./kv_decode.ts";
export { leaseHandlers } from "./lease.ts";
export { slowRequestLog, type SlowRequestOptions } from "./slow_requests.ts";
export { type WatchOptions, WatchService } from "./watch.ts";
