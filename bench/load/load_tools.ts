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
    p99Ms: number(/99% in ([\d.]+) secs/) * 1000,
  };
}

/** Runs `loadprobe` (tools/loadprobe) against `endpoint` and returns the object that it prints. */
export async function runProbe<Result>(command: string, endpoint: string, args: readonly string[]): Promise<Result> {
  return JSON.parse(await runTool("loadprobe", [command, `-endpoint=${endpoint}`, ...args])) as Result;
}

async function runTool(name: GoTool, args: readonly string[]): Promise<string> {
  const command = findTool(name);
  if (command === undefined) throw new Error(`Cannot measure: the tool "${name}" has not been built`);
  const output = await new Deno.Command(command, { args: [...args], stdin: "null" }).output();
  const decoder = new TextDecoder();
  if (!output.success) {
    throw new Error(`"${name} ${args.join(" ")}" ended with code ${output.code}:\n${decoder.decode(output.stderr)}`);
  }
  return decoder.decode(output.stdout);
}
