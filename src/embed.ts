import { startApp } from "./app.ts";
import { readArguments } from "./config/mod.ts";
import { clusterId, memberId } from "./membership/mod.ts";
import type { Logger, StorageAdapter } from "./ports/mod.ts";
import { HostClock } from "./runtime/mod.ts";

/** How {@link startServer} starts a member. */
export interface ServerOptions {
  /** Where the member keeps its data, such as `memory()`; it is closed with the server. */
  storage: StorageAdapter;
  /** The port to listen on; 0 or absent lets the system choose one. */
  port?: number;
  /** The address to listen on; 127.0.0.1 when absent. */
  hostname?: string;
  /**
   * More of etcd's options by the names of their flags, such as `{ "max-txn-ops": 512 }`. Addresses, data directory and logs are not
   * among them: they are given above.
   */
  flags?: Readonly<Record<string, string | number | boolean>>;
  /** Where the member logs; nowhere when absent. */
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
 * @throws Error when an option is not valid, or the address is in use
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { storage, port = 0, hostname = "127.0.0.1", logger = silent } = options;
  const flags = Object.entries(options.flags ?? {}).map(([name, value]) => `--${name}=${value}`);
  const request = readArguments(
    [...flags, `--listen-client-urls=http://${hostname}:${port}`, `--advertise-client-urls=http://${hostname}:${port}`],
    { environment: { get: () => undefined, names: () => [] } },
  );
  if (request.kind !== "serve") throw new Error(`Cannot start a server: the flags ask for ${request.kind}`);
  const { config } = request;
  const failed = Promise.withResolvers<unknown>();
  const clock = await HostClock.open();
  const app = await startApp({
    config,
    storage,
    clock,
    logger,
    newIdentity: () => {
      const urls = config.initialAdvertisePeerUrls.map((url) => url.text);
      const id = memberId(urls, { clusterToken: config.initialClusterToken });
      return Promise.resolve({ memberId: id, clusterId: clusterId([id]) });
    },
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
    endpoint: `${hostname}:${address.port}`,
    failed: failed.promise,
    close,
    [Symbol.asyncDispose]: close,
  };
}
