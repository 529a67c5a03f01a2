import { testWithTools } from "../support/tools.ts";
import { everything, range, type Step } from "./corpus/step.ts";
import { describe, differences } from "./differences.ts";
import type { Answer } from "./grpc_caller.ts";
import { Pair } from "./pair.ts";
import { RequestGenerator } from "./random_requests.ts";
import { showRequest } from "./show.ts";

const OPERATIONS = 1000;

/** `SEED=n` runs one sequence again; otherwise four new ones. `RUNS=n` runs as many. */
function seeds(): number[] {
  const seed = Deno.env.get("SEED");
  if (seed !== undefined) return [Number(seed)];
  const runs = Number(Deno.env.get("RUNS") ?? 4);
  return Array.from({ length: runs }, () => Math.floor(Math.random() * 2 ** 32));
}

for (const seed of seeds()) {
  testWithTools(`detcd answers a random sequence of ${OPERATIONS} requests as etcd does (SEED=${seed})`, {
    tools: ["etcd"],
    run: async () => {
      await using pair = await Pair.start();
      const generator = new RequestGenerator(seed);
      for (let number = 0; number < OPERATIONS; number++) {
        const step = generator.next();
        const where = `SEED=${seed}, request ${number}`;
        const answers = await pair.both(step);
        if (await hasCrashed(pair, answers)) {
          console.log(`${where}: ${showRequest(step)} has crashed etcd; up to there all answers were equal`);
          if (number < OPERATIONS / 20) throw new Error(`${where}: etcd has crashed too early to compare anything`);
          return;
        }
        compare(answers, step, where);
        generator.learn(answers[0]);
      }
      await checkHistory(pair, generator, `SEED=${seed}, at the end`);
    },
  });
}

/** gRPC's status of a call whose connection was lost. */
const UNAVAILABLE = 14;

/** Whether etcd, and not the candidate, has ended over a request: a fault of etcd's own that leaves nothing to compare with. */
async function hasCrashed(pair: Pair, [etcd, candidate]: readonly Answer[]): Promise<boolean> {
  if (etcd.code !== UNAVAILABLE || candidate.code === UNAVAILABLE) return false;
  await pair.etcd.exited;
  return /"level":"(fatal|panic)"|^panic:/m.test(pair.etcd.log.text());
}

function compare(answers: readonly [Answer, Answer], step: Step, where: string): void {
  const found = differences(...answers);
  if (found.length > 0) throw new Error(`${where}: ${showRequest(step)} is answered differently:\n${describe(found)}`);
}

async function check(pair: Pair, step: Step, where: string): Promise<void> {
  compare(await pair.both(step), step, where);
}

/** Everything must be equal at every revision that can still be read. */
async function checkHistory(pair: Pair, { compacted, newest }: RequestGenerator, where: string): Promise<void> {
  await check(pair, everything, where);
  for (let revision = Math.max(1, compacted - 1); revision <= newest + 1; revision += 7) {
    await check(pair, range({ key: "\0", range_end: "\0", revision }), where);
  }
}
