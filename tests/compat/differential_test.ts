import { testWithTools } from "../support/tools.ts";
import { everything, range, type Step } from "./corpus/step.ts";
import { describe, differences } from "./differences.ts";
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
        const [etcd] = await check(pair, step, `SEED=${seed}, request ${number}`);
        generator.learn(etcd);
      }
      await checkHistory(pair, generator, `SEED=${seed}, at the end`);
    },
  });
}

async function check(pair: Pair, step: Step, where: string) {
  const answers = await pair.both(step);
  const found = differences(...answers);
  if (found.length > 0) throw new Error(`${where}: ${showRequest(step)} is answered differently:\n${describe(found)}`);
  return answers;
}

/** Everything must be equal at every revision that can still be read. */
async function checkHistory(pair: Pair, { compacted, newest }: RequestGenerator, where: string): Promise<void> {
  await check(pair, everything, where);
  for (let revision = Math.max(1, compacted - 1); revision <= newest + 1; revision += 7) {
    await check(pair, range({ key: "\0", range_end: "\0", revision }), where);
  }
}
