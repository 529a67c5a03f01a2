export { compactionProposer } from "./auto_compaction.ts";
export { clusterHandlers, type ClusterOptions } from "./cluster.ts";
export { healthHandlers, type ServingState } from "./health.ts";
export { kvHandlers, type KvOptions } from "./kv.ts";
export { maintenanceHandlers, type MaintenanceOptions } from "./maintenance.ts";
export { decodeCommand } from "./kv_decode.ts";
export { leaseHandlers } from "./lease.ts";
export { slowRequestLog, type SlowRequestOptions } from "./slow_requests.ts";
export { type WatchOptions, WatchService } from "./watch.ts";
