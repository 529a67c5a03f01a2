import type { ServerProcess } from "../../../tests/support/server_process.ts";
import type { BenchRun, FilledData } from "../bench_run.ts";
import { runProbe } from "../load_tools.ts";
import type { Side } from "../model.ts";
import { processUsage } from "../process_usage.ts";

/** How long a server is left alone before its memory is read. */
export const SETTLE_MS = 5_000;

const REVISED_KEYS = 10_000;

/** Waits; for a program that measures another there is no event to wait for. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The data directory of `side` with a million keys of 32 B + 256 B, written by single puts, once in a run. */
export function filledData(bench: BenchRun, side: Side): Promise<FilledData> {
  return bench.filled("million keys", side, (server) => fill(server, [`-writes=${bench.settings.million}`]));
}

/** The same with a million revisions of 10,000 keys. */
export function filledRevisions(bench: BenchRun, side: Side): Promise<FilledData> {
  const args = [`-writes=${bench.settings.million}`, `-keys=${REVISED_KEYS}`];
  return bench.filled("million revisions", side, (server) => fill(server, args));
}

/** Starts `side` on its million keys. */
export async function startFilled(bench: BenchRun, side: Side): Promise<ServerProcess> {
  const { dataDir } = await filledData(bench, side);
  return await bench.start(side, dataDir);
}

async function fill(server: ServerProcess, args: string[]): Promise<FilledData> {
  await runProbe("fill", server.endpoint, [...args, "-key-bytes=32", "-value-bytes=256"]);
  await pause(SETTLE_MS);
  return { dataDir: server.dataDir, residentBytes: processUsage(server.pid).residentBytes };
}
