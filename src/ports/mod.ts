export * from "./clock.ts";
export * from "./consensus.ts";
export * from "./logger.ts";
export * from "./random.ts";
export * from "./storage.ts";
export * from "./visit_named.ts";
