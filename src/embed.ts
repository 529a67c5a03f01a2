import { startApp } from "./app/mod.ts";
import { foundCluster, readArguments, type Request } from "./config/mod.ts";
import type { Logger, StorageAdapter } from "./ports/mod.ts";
import { HostClock } from "./runtime/mod.ts";

/** How {@link startServer} starts a member. */
export interface ServerOptions {
  /** Where the member keeps its data, such as `memory()`; it is closed with the server. */
  storage: StorageAdapter;
  /** The port to listen on; 0 or absent lets the system choose one. */
  port?: number;
  /** The IP address to listen on; 127.0.0.1 when absent. */
  hostname?: string;
  /**
   * More of etcd's options by the names of their flags, such as `{ "max-txn-ops": 512 }`. Addresses, data directory and logs are not
   * among them: they are given above.
   */
  flags?: Readonly<Record<string, string | number | boolean>>;
  /** Where the member logs, also which of its flags have no effect; nowhere when absent. */
  logger?: Logger;
}

/** A member that runs inside this process. */
export interface Server extends AsyncDisposable {
  /** The port that it listens on. */
  readonly port: number;
  /** What clients are given as endpoint, such as `127.0.0.1:40123`. */
  readonly endpoint: string;
  /** Resolves, with the reason, if the member cannot go on; never otherwise. */
  readonly failed: Promise<unknown>;
  /** Lets running calls end for a while, stores everything and frees all resources. */
  close(): Promise<void>;
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Starts a member inside this process, for tests and for programs that bring their own etcd. It serves gRPC and HTTP as the
 * executable does.
 *
 * ```ts ignore
 * import { memory, startServer } from "detcd";
 *
 * await using etcd = await startServer({ storage: memory(), port: 0 });
 * const client = new Etcd3({ hosts: etcd.endpoint });
 * ```
 *
 * @throws Error when an option is not valid, or the address is in use; the storage has been closed then
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { storage, hostname = "127.0.0.1", logger = silent } = options;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  let plan: ReturnType<typeof readPlan>;
  try {
    plan = readPlan(options, `http://${host}:${options.port ?? 0}`);
  } catch (error) {
    await storage.close();
    throw error;
  }
  const { config, notices } = plan;
  for (const { level, message, fields } of notices) logger[level](message, fields);
  const failed = Promise.withResolvers<unknown>();
  const clock = await HostClock.open();
  const app = await startApp({
    config,
    storage,
    clock,
    logger,
    newIdentity: () => foundCluster(config),
    onFatal: failed.resolve,
  }).catch((error) => {
    clock.close();
    throw error;
  });
  const [address] = app.clientAddresses as Deno.NetAddr[];
  let closing: Promise<void> | undefined;
  const close = () => closing ??= app.stop().finally(() => clock.close());
  return {
    port: address.port,
    endpoint: `${host}:${address.port}`,
    failed: failed.promise,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readPlan({ flags = {} }: ServerOptions, url: string): Extract<Request, { kind: "serve" }> {
  const request = readArguments(
    [
      ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
    ],
    { environment: { get: () => undefined, names: () => [] } },
  );
  if (request.kind !== "serve") throw new Error(`Cannot start a server: the flags ask for ${request.kind}`);
  return request;
}
