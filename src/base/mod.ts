export * from "./assert.ts";
export * from "./bytes.ts";
export * from "./errors.ts";
export * from "./metrics.ts";
export * from "./version.ts";
