import { findTool, type GoTool } from "../../tests/support/tools.ts";

/** What a run of etcd's benchmark tool reported. */
export interface BenchmarkReport {
  requests: number;
  requestsPerSecond: number;
  p99Ms: number;
}

/** Runs etcd's own `benchmark` against `endpoint`. Throws when any request failed. */
export async function runBenchmark(endpoint: string, args: readonly string[]): Promise<BenchmarkReport> {
  const text = await runTool("benchmark", [`--endpoints=${endpoint}`, ...args]);
  return parseBenchmark(text);
}

/** Runs `benchmark watch-latency`: from the answer to a put to its event at a watcher, 0 where the event came first. */
export async function runWatchLatency(endpoint: string, args: readonly string[]): Promise<BenchmarkReport> {
  const text = await runTool("benchmark", [`--endpoints=${endpoint}`, "watch-latency", "--precise", ...args]);
  return parseWatchLatency(text);
}

/** Reads the second of the two summaries of `benchmark watch-latency`, the one about events. */
export function parseWatchLatency(text: string): BenchmarkReport {
  const events = text.indexOf("Watch events summary:");
  if (events < 0) throw new Error(`Cannot read the benchmark tool's report: no "Watch events summary" in\n${text}`);
  return parseBenchmark(text.slice(events));
}

/** Reads the text that `benchmark` prints at the end of a run. */
export function parseBenchmark(text: string): BenchmarkReport {
  if (/Error distribution/.test(text)) throw new Error(`Requests of the benchmark tool failed:\n${text}`);
  const number = (pattern: RegExp) => {
    const match = pattern.exec(text);
    if (match === null) throw new Error(`Cannot read the benchmark tool's report: no ${pattern} in\n${text}`);
    return Number(match[1]);
  };
  const seconds = number(/Total:\s+([\d.]+) secs/);
  const requestsPerSecond = number(/Requests\/sec:\s+([\d.]+)/);
  return {
    requests: Math.round(seconds * requestsPerSecond),
    requestsPerSecond,
    p99Ms: number(/99% in ([\d.e+-]+) secs/) * 1000,
  };
}

/** Runs `loadprobe` (tools/loadprobe) against `endpoint` and returns the object that it prints. */
export async function runProbe<Result>(command: string, endpoint: string, args: readonly string[]): Promise<Result> {
  return JSON.parse(await runTool("loadprobe", [command, `-endpoint=${endpoint}`, ...args])) as Result;
}

/** A run of `loadprobe` that stops after each of its steps. Dispose of it on every path. */
export class SteppedProbe implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;
  readonly #errors: Promise<string>;

  constructor(command: string, endpoint: string, args: readonly string[]) {
    this.#child = new Deno.Command(toolPath("loadprobe"), {
      args: [command, `-endpoint=${endpoint}`, "-steps", ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
    this.#errors = new Response(this.#child.stderr).text();
  }

  /**
   * What the next step came to, when it has been made; the probe waits then.
   * @throws with what the probe wrote, when it has failed
   */
  async step<Result>(): Promise<Result> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`"loadprobe" failed:\n${await this.#errors}`);
    return JSON.parse(value) as Result;
  }

  /** Lets the probe go on. */
  async proceed(): Promise<void> {
    await this.#input.write(new TextEncoder().encode("\n"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has already ended
    }
    await this.#input.abort().catch(() => {}); // nobody reads any more
    await this.#lines.return!();
    await Promise.all([this.#child.status, this.#errors]);
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string, undefined> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

function toolPath(name: GoTool): string {
  const command = findTool(name);
  if (command === undefined) throw new Error(`Cannot measure: the tool "${name}" has not been built`);
  return command;
}

async function runTool(name: GoTool, args: readonly string[]): Promise<string> {
  const output = await new Deno.Command(toolPath(name), { args: [...args], stdin: "null" }).output();
  const decoder = new TextDecoder();
  if (!output.success) {
    throw new Error(`"${name} ${args.join(" ")}" ended with code ${output.code}:\n${decoder.decode(output.stderr)}`);
  }
  return decoder.decode(output.stdout);
}
