import type { EndpointUrl } from "../config/mod.ts";
import { GrpcServer } from "../grpc/mod.ts";
import { type ListenAddress, Listener, plainAdapter, type RequestHandler, type StopOptions } from "../runtime/mod.ts";
import { type AppParts, componentLogger } from "./parts.ts";

/** The addresses at which a member is reached. */
export class Endpoints {
  readonly #parts: AppParts;
  readonly #listeners: Listener[] = [];
  readonly #servers: GrpcServer[] = [];

  constructor(parts: AppParts) {
    this.#parts = parts;
  }

  /**
   * Serves a gRPC server and, when given, HTTP/1.1 requests beside it. Returns the addresses, in the order of the URLs.
   * @throws ListenError when an address cannot be listened on
   */
  serve(server: GrpcServer, handleRequest: RequestHandler | undefined, urls: readonly EndpointUrl[]): Deno.Addr[] {
    const { clock, config: { reusePort } } = this.#parts;
    const listener = new Listener({ server, clock, logger: this.#logger, handleRequest });
    this.#servers.push(server);
    this.#listeners.push(listener);
    return urls.map((url) => listener.listen(listenAddress(url), { reusePort }));
  }

  /** Serves HTTP alone, over HTTP/1.1 and HTTP/2. */
  serveRoute(route: RequestHandler, urls: readonly EndpointUrl[]): void {
    const handlePlain = plainAdapter(route, this.#logger);
    this.serve(new GrpcServer({ clock: this.#parts.clock, logger: this.#logger, handlePlain }), route, urls);
  }

  /** Takes no new calls, lets running ones end for a while, and frees the addresses. */
  async close(options: StopOptions): Promise<void> {
    await Promise.all(this.#listeners.map((listener) => listener.stop(options)));
    for (const server of this.#servers) server.close();
  }

  get #logger() {
    return componentLogger(this.#parts, "listener");
  }
}

function listenAddress(url: EndpointUrl): ListenAddress {
  if (url.scheme === "unix") return { transport: "unix", path: url.socketPath };
  return { transport: "tcp", hostname: url.host, port: Number(url.port) };
}
