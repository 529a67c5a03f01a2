/**
 * detcd inside a program: {@link startServer} runs a member in this process, on the storage that it is given.
 *
 * @module
 */
export { type Server, type ServerOptions, startServer } from "./src/embed.ts";
export { Code, EtcdError } from "./src/base/mod.ts";
export * from "./src/ports/mod.ts";
export { memory } from "./storage_adapters/memory/mod.ts";
export { sqlite, type SqliteOptions } from "./storage_adapters/sqlite/mod.ts";
export {
  type FaultPlan,
  type FaultRule,
  faulty,
  type FaultyOperation,
  type FaultyStorage,
} from "./storage_adapters/faulty/mod.ts";
