/** A real etcd that serves on 127.0.0.1. Dispose of it on every path. */
export class RealEtcd implements AsyncDisposable {
  /** Address of the client port. */
  readonly clientUrl: string;
  /** Address of the port for metrics alone. */
  readonly metricsUrl: string;
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;
  readonly #dataDir: string;

  private constructor(
    parts: { clientUrl: string; metricsUrl: string; child: Deno.ChildProcess; read: Promise<void>; dataDir: string },
  ) {
    this.clientUrl = parts.clientUrl;
    this.metricsUrl = parts.metricsUrl;
    this.#child = parts.child;
    this.#read = parts.read;
    this.#dataDir = parts.dataDir;
  }

  /** Starts etcd with further flags and waits until it serves. Throws with its log when it ends before. */
  static async start(command: string, flags: readonly string[] = []): Promise<RealEtcd> {
    const dataDir = await Deno.makeTempDir();
    const metricsUrl = `http://127.0.0.1:${freePort()}`;
    const child = new Deno.Command(command, {
      args: [
        `--data-dir=${dataDir}`,
        "--listen-client-urls=http://127.0.0.1:0",
        "--advertise-client-urls=http://127.0.0.1:2379",
        "--listen-peer-urls=http://127.0.0.1:0",
        `--listen-metrics-urls=${metricsUrl}`,
        ...flags,
      ],
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const serving = Promise.withResolvers<string>();
    const read = followLog(child.stderr, serving);
    try {
      return new RealEtcd({ clientUrl: `http://${await serving.promise}`, metricsUrl, child, read, dataDir });
    } catch (error) {
      await Deno.remove(dataDir, { recursive: true });
      await child.status;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#read;
    await Deno.remove(this.#dataDir, { recursive: true });
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Reads a log to its end; gives the address of the client port as soon as it is named. */
async function followLog(
  stream: ReadableStream<Uint8Array>,
  serving: PromiseWithResolvers<string>,
): Promise<void> {
  let log = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    log += text;
    const address = /"msg":"serving client traffic[^\n]*"address":"([^"]+)"/.exec(log);
    if (address !== null) serving.resolve(address[1]);
  }
  serving.reject(new Error(`etcd ended before it served. Its log:\n${log}`));
}
