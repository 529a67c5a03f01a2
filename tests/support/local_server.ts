import { memory } from "../../storage_adapters/memory/mod.ts";
import { type App, type ComponentLogger, startApp } from "../../src/app/mod.ts";
import { readArguments } from "../../src/config/mod.ts";
import type { StorageAdapter } from "../../src/ports/mod.ts";
import { systemClock } from "../../src/runtime/mod.ts";
import { MemoryLogger } from "./health_double.ts";

/** A logger that keeps what it and its components are told, each line with its component. */
export class MemoryComponentLogger extends MemoryLogger implements ComponentLogger {
  component(component: string): MemoryLogger {
    const { lines } = this;
    const logger = new MemoryLogger();
    logger.lines.push = (...added) => lines.push(...added.map((line) => ({ ...line, component })));
    return logger;
  }
}

/** A member within the test's process, on real sockets, with its data in memory. */
export interface LocalServer extends AsyncDisposable {
  app: App;
  logger: MemoryComponentLogger;
  /** "host:port" of the first client address. */
  endpoint: string;
}

/** Starts one with etcd's flags; without `--listen-client-urls` it listens on a port of the system's choice. */
export async function startLocalServer(
  flags: readonly string[] = [],
  { storage = memory() }: { storage?: StorageAdapter } = {},
): Promise<LocalServer> {
  const request = readArguments([
    "--listen-client-urls=http://127.0.0.1:0",
    "--advertise-client-urls=http://127.0.0.1:2379",
    ...flags,
  ], { environment: { get: () => undefined, names: () => undefined } });
  if (request.kind !== "serve") throw new Error(`the flags ask for ${request.kind}`);
  const logger = new MemoryComponentLogger();
  const app = await startApp({
    config: request.config,
    storage,
    clock: systemClock,
    logger,
    newIdentity: () => Promise.resolve({ clusterId: 0x11n, memberId: 0x22n }),
    onFatal: (error) => {
      throw error;
    },
  });
  const [address] = app.clientAddresses;
  if (address.transport !== "tcp") throw new Error("the first client address is not a TCP port");
  const endpoint = `${address.hostname}:${address.port}`;
  return { app, logger, endpoint, [Symbol.asyncDispose]: () => app.stop() };
}
