export type { AccessRules } from "./access.ts";
export { expositionType, renderMetrics } from "./exposition.ts";
export { createHttpHandlers, type HttpHandlers, type HttpParts } from "./handler.ts";
export type { HealthParts } from "./health.ts";
export type { AlarmName, HealthSource, Versions } from "./health_source.ts";
export { registerProcessMetrics } from "./process_metrics.ts";
export type { Route } from "./route.ts";
