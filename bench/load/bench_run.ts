import { ServerProcess, type ServerProgram } from "../../tests/support/server_process.ts";
import type { Sample, Samples, Side } from "./model.ts";
import { processUsage } from "./process_usage.ts";
import { sides } from "./model.ts";

/** How much is measured. */
export interface BenchSettings {
  /** Rounds per side. */
  rounds: number;
  /** What a round aims to take. */
  roundSeconds: number;
  /** Keys, or revisions, of the rows that speak of a million. */
  million: number;
}

/** A data directory that holds much, with what the server occupied right after it was written. */
export interface FilledData {
  dataDir: string;
  residentBytes: number;
}

/** What rows are given: programs, settings, directories. */
export class BenchRun {
  readonly #filled = new Map<string, Promise<FilledData>>();

  constructor(
    readonly programs: Readonly<Record<Side, ServerProgram>>,
    readonly settings: BenchSettings,
    /** Where data directories are made; one file system for both sides. */
    readonly dataRoot: string,
    /** Shows progress. */
    readonly note: (text: string) => void,
  ) {}

  /** A new data directory. */
  dataDir(): string {
    return Deno.makeTempDirSync({ dir: this.dataRoot });
  }

  /** Starts the server of `side` on `dataDir`, or on a new directory, and waits until it is ready. */
  start(side: Side, dataDir: string = this.dataDir()): Promise<ServerProcess> {
    return ServerProcess.start(this.programs[side], { dataDir, flags: benchFlags, readyTimeoutMs: 300_000 });
  }

  /** Starts the server of `side` on `dataDir` without waiting. */
  spawn(side: Side, dataDir: string): ServerProcess {
    return ServerProcess.spawn(this.programs[side], { dataDir, flags: benchFlags });
  }

  /** The data directory called `name` that `fill` makes once for each side, for all rows that need it. */
  filled(name: string, side: Side, fill: (server: ServerProcess) => Promise<FilledData>): Promise<FilledData> {
    const key = `${name} ${side}`;
    let filled = this.#filled.get(key);
    if (filled === undefined) {
      filled = this.#fill(key, side, fill);
      this.#filled.set(key, filled);
    }
    return filled;
  }

  /** A copy of a data directory, made with `cp`, and synced so that its writing does not fall into a measurement. */
  async copy(dataDir: string): Promise<string> {
    const copied = this.dataDir();
    for (const [command, ...args] of [["cp", "-r", `${dataDir}/.`, copied], ["sync", "-f", copied]]) {
      const { success, stderr } = await new Deno.Command(command, { args }).output();
      if (!success) throw new Error(`Cannot copy "${dataDir}": ${new TextDecoder().decode(stderr)}`);
    }
    return copied;
  }

  /** Measures etcd and the candidate in turns, `rounds` times, each with a state of its own that is open throughout. */
  async alternate<State extends AsyncDisposable>(
    open: (side: Side) => Promise<State>,
    sample: (state: State, side: Side) => Promise<Sample>,
    rounds: number = this.settings.rounds,
  ): Promise<Samples> {
    await using etcd = await open("etcd");
    await using candidate = await open("candidate");
    const states = { etcd, candidate };
    const samples: Samples = { etcd: [], candidate: [] };
    for (let round = 1; round <= rounds; round++) {
      for (const side of sides) {
        const taken = await sample(states[side], side);
        samples[side].push(taken);
        const figures = Object.entries(taken).map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
        this.note(`  ${round}/${rounds} ${side}: ${figures.join(", ")}`);
      }
    }
    return samples;
  }

  async #fill(key: string, side: Side, fill: (server: ServerProcess) => Promise<FilledData>): Promise<FilledData> {
    this.note(`  filling: ${key}`);
    await using server = await this.start(side);
    const filled = await fill(server);
    await server.terminate();
    return filled;
  }
}

/** Room for every row's data. */
const benchFlags: readonly string[] = ["--quota-backend-bytes=8589934592"];

/** Does `work` and returns the CPU seconds that `server` spent meanwhile, beside the work's result. */
export async function cpuOf<Result>(
  server: ServerProcess,
  work: () => Promise<Result>,
): Promise<{ result: Result; cpuSeconds: number }> {
  const before = processUsage(server.pid).cpuSeconds;
  const result = await work();
  return { result, cpuSeconds: processUsage(server.pid).cpuSeconds - before };
}

/** An {@link AsyncDisposable} that holds nothing, for rows that start a server in each round. */
export const nothingOpen: AsyncDisposable = { [Symbol.asyncDispose]: () => Promise.resolve() };

/** Bytes in a MiB. */
export const MiB = 1 << 20;
