import { memory, startServer } from "../../mod.ts";
import { startDetcd } from "../support/programs.ts";
import { type RunFacts, violations } from "./checker.ts";
import { randomRun, runFlags, type RunOutcome } from "./random_run.ts";

const WRITES = 300;
const isEtcd = Deno.env.get("DETCD_CANDIDATE") === "etcd";

/** `SEED=n` runs from that seed on; `RUNS=k` makes so many runs, 25 when absent. */
function seeds(): number[] {
  const runs = Number(Deno.env.get("RUNS") ?? (Deno.env.has("SEED") ? 1 : 25));
  const first = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 32));
  return Array.from({ length: runs }, (_, number) => (first + number) % 2 ** 32);
}

/** A server to be watched: within this process, or what DETCD_CANDIDATE names. */
async function startWatched(): Promise<AsyncDisposable & { endpoint: string }> {
  if (!Deno.env.has("DETCD_CANDIDATE")) return await startServer({ storage: memory(), flags: runFlags });
  const flags = Object.entries(runFlags).map(([name, value]) => `--${name}=${value}`);
  return await startDetcd({ flags });
}

function check({ history, observations, compactions, failures }: RunOutcome, seed: number): void {
  const facts: RunFacts = { compactions, isEtcd };
  const found = observations.flatMap((observation) => violations(history, observation, facts));
  const lines = [...failures, ...found.map(({ text }) => text)];
  if (lines.length > 0) {
    throw new Error(`SEED=${seed}: ${lines.length} faults, the first are\n${lines.slice(0, 10).join("\n")}`);
  }
}

Deno.test("what random watchers are told keeps all nine guarantees", async () => {
  let events = 0;
  let segments = 0;
  for (const seed of seeds()) {
    await using server = await startWatched();
    const outcome = await randomRun(server.endpoint, { seed, writes: WRITES, isProgressOvertaken: isEtcd });
    check(outcome, seed);
    for (const each of outcome.observations.flatMap((observation) => observation.segments)) {
      segments++;
      for (const seen of each.seen) if (seen.kind === "events") events += seen.events.length;
    }
  }
  if (events < segments) throw new Error(`${segments} watches have seen only ${events} events: the runs show nothing`);
});
