import { testWithTools } from "../../support/tools.ts";
import { describe, differences } from "../differences.ts";
import { Pair } from "../pair.ts";
import { Contest } from "./contest.ts";
import { electionScripts } from "./election_scripts.ts";
import { lockScripts, type Script } from "./lock_scripts.ts";

for (const [kind, scripts] of [["locks", lockScripts], ["elections", electionScripts]] as const) {
  for (const script of scripts) {
    testWithTools(`detcd's ${kind} are as etcd's: ${script.name}`, {
      tools: ["etcd"],
      run: () => compare(script),
    });
  }
}

async function compare({ flags, play }: Script): Promise<void> {
  await using pair = await Pair.start(flags);
  const played = await Promise.allSettled([pair.etcd, pair.candidate].map(async ({ endpoint }) => {
    await using contest = new Contest(endpoint);
    await play(contest);
    return contest.lines;
  }));
  const [etcd, candidate] = played.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
  const failures = etcd.flatMap(({ what, answer }, index) => {
    const found = differences(answer, candidate[index].answer);
    return found.length === 0 ? [] : [`  ${index}, ${what}:\n${describe(found)}`];
  });
  if (failures.length > 0) {
    throw new Error(`${failures.length} answers differ; the first are\n${failures.slice(0, 10).join("\n")}`);
  }
}
