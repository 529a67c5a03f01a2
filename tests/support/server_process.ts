import { LineLog } from "./line_log.ts";
import { freePort } from "./ports.ts";

/** A program that takes etcd's flags. */
export interface ServerProgram {
  /** For messages: "etcd", "detcd". */
  name: string;
  /** What is executed. */
  command: string;
  /** Arguments before the server's flags. They may depend on the data directory, which a sandbox may have to allow. */
  args(dataDir: string): readonly string[];
  /** Working directory of the process. */
  cwd?: string;
}

/** How a server is started. */
export interface ServerOptions {
  /** Where the data is. When absent, a new directory that is removed with the server. */
  dataDir?: string;
  /** Flags after those that are set here; of a flag given twice the last counts. `{endpoint}` in them is replaced by {@link ServerProcess.endpoint}. */
  flags?: readonly string[];
  /** Environment variables beside the inherited ones. */
  env?: Record<string, string>;
  /** How long to wait for the server to be ready. 60 s when absent. */
  readyTimeoutMs?: number;
}

/** The line that etcd writes when it serves clients; other tools wait for it, too. */
export const readyMessage = "ready to serve client requests";

const STOP_TIMEOUT_MS = 20_000;
const PORT_ATTEMPTS = 5;

/**
 * What servers say of themselves wherever they listen: the member and cluster ids are computed from these, so that two
 * servers of a comparison have the same.
 */
const identityFlags: readonly string[] = [
  "--name=default",
  "--initial-cluster-token=etcd-cluster",
  "--initial-cluster=default=http://127.0.0.1:2380",
  "--initial-advertise-peer-urls=http://127.0.0.1:2380",
  "--advertise-client-urls=http://127.0.0.1:2379",
];

/** A server in a process of its own on 127.0.0.1. Dispose of it, or stop it, on every path. */
export class ServerProcess implements AsyncDisposable {
  readonly name: string;
  readonly dataDir: string;
  /** "127.0.0.1:port" for clients. */
  readonly endpoint: string;
  /** When the process was started, in milliseconds since 1970, with a fraction. */
  readonly startedAtMs: number;
  /** What the process has written. */
  readonly log = new LineLog();
  /** How the process ended, when it has, and all its output has been read. */
  readonly exited: Promise<Deno.CommandStatus>;

  readonly #child: Deno.ChildProcess;
  readonly #ownsDataDir: boolean;
  #ended = false;

  private constructor(program: ServerProgram, options: ServerOptions, port: number) {
    this.name = program.name;
    this.endpoint = `127.0.0.1:${port}`;
    this.#ownsDataDir = options.dataDir === undefined;
    this.dataDir = options.dataDir ?? Deno.makeTempDirSync({ prefix: `${program.name}-` });
    const client = `http://${this.endpoint}`;
    const args = [
      ...program.args(this.dataDir),
      ...identityFlags,
      `--data-dir=${this.dataDir}`,
      `--listen-client-urls=${client}`,
      `--listen-peer-urls=http://127.0.0.1:${freePort()}`,
      ...(options.flags ?? []).map((flag) => flag.replaceAll("{endpoint}", this.endpoint)),
    ];
    this.startedAtMs = performance.timeOrigin + performance.now();
    this.#child = new Deno.Command(program.command, {
      args,
      cwd: program.cwd,
      env: { DENO_NO_UPDATE_CHECK: "1", ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const read = Promise.all([this.log.follow(this.#child.stdout), this.log.follow(this.#child.stderr)]);
    this.exited = read.then(() => this.#child.status).then((status) => {
      this.#ended = true;
      return status;
    });
  }

  /**
   * Starts `program` without waiting for it to be ready.
   * @throws when the program cannot be executed
   */
  static spawn(program: ServerProgram, options: ServerOptions = {}): ServerProcess {
    return new ServerProcess(program, options, freePort());
  }

  /**
   * Starts `program` and waits until it says that it is ready; tries other ports when somebody else took the first.
   * @throws with the end of its log, when it exits or does not become ready in time
   */
  static async start(program: ServerProgram, options: ServerOptions = {}): Promise<ServerProcess> {
    for (let attempt = 1;; attempt++) {
      const server = ServerProcess.spawn(program, options);
      const failure = await server.#readiness(options.readyTimeoutMs ?? 60_000);
      if (failure === undefined) return server;
      const log = server.log.text();
      await server[Symbol.asyncDispose]();
      const portTaken = /address already in use/i.test(log);
      if (!portTaken || attempt === PORT_ATTEMPTS) throw new Error(`${program.name} ${failure}. Its log:\n${log}`);
    }
  }

  /** Whether the process has ended, and all its output has been read. */
  get ended(): boolean {
    return this.#ended;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Ends the process at once, as a power cut would end it, and waits for its end. The data directory stays. */
  async kill(): Promise<void> {
    this.#signal("SIGKILL");
    await this.exited;
  }

  /**
   * Asks the process to end, by SIGTERM unless said otherwise, and waits for it. The data directory stays.
   * @throws when it does not end within 20 s; it is killed then
   */
  async terminate(signal: "SIGTERM" | "SIGINT" = "SIGTERM"): Promise<Deno.CommandStatus> {
    this.#signal(signal);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#signal("SIGKILL");
    }, STOP_TIMEOUT_MS);
    const status = await this.exited;
    clearTimeout(timer);
    if (late) {
      throw new Error(
        `${this.name} did not end within ${STOP_TIMEOUT_MS} ms of ${signal}. Its log:\n${this.log.text()}`,
      );
    }
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    if (this.#ownsDataDir) await Deno.remove(this.dataDir, { recursive: true });
  }

  #signal(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error; // it has already ended
    }
  }

  /** Resolves to undefined when ready, else to what happened. */
  async #readiness(timeoutMs: number): Promise<string | undefined> {
    const timedOut = Promise.withResolvers<"late">();
    const timer = setTimeout(() => timedOut.resolve("late"), timeoutMs);
    const line = await Promise.race([this.log.line(readyMessage), timedOut.promise]);
    clearTimeout(timer);
    if (line === "late") return `was not ready within ${timeoutMs} ms`;
    if (line !== undefined) return undefined;
    const status = await this.exited;
    return `ended with code ${status.code} before it was ready`;
  }
}
