import assert from "node:assert/strict";
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

/** How often what the runs are to show has occurred. */
class Occurrences {
  readonly #counts = new Map<string, number>();

  add({ observations }: RunOutcome): void {
    for (const { segments } of observations) {
      if (segments.length > 1) this.#count("watch that takes up another");
      for (const each of segments.flatMap(({ seen }) => seen)) {
        if (each.kind === "canceled") this.#count(each.compactRevision > 0 ? "end by compaction" : "cancel");
        else if (each.kind === "events" && each.isFragment) this.#count("fragment");
        else this.#count(each.kind);
      }
    }
  }

  /** What has not occurred. */
  missing(): string[] {
    const wanted = ["watch that takes up another", "end by compaction", "cancel", "fragment", "events", "progress"];
    return wanted.filter((kind) => !this.#counts.has(kind));
  }

  #count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }
}

Deno.test("what random watchers are told keeps all nine guarantees", async () => {
  const occurrences = new Occurrences();
  const all = seeds();
  for (const seed of all) {
    await using server = await startWatched();
    const outcome = await randomRun(server.endpoint, { seed, writes: WRITES, isProgressOvertaken: isEtcd });
    check(outcome, seed);
    occurrences.add(outcome);
  }
  if (all.length >= 10) assert.deepEqual(occurrences.missing(), []);
});
