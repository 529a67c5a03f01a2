export { type Lease, LeaseState, ttlSecondsMax } from "./lease.ts";
export { LeaseMetrics } from "./metrics.ts";
export { type LeaseListener, Lessor, type LessorOptions, type Renewal } from "./lessor.ts";
