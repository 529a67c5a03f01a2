import { describe, differences } from "../differences.ts";
import { Pair } from "../pair.ts";
import { Contest } from "./contest.ts";

/**
 * Holds a contest on etcd and on detcd at the same time.
 * @throws where it fails on one, or where what they answered differs
 */
export async function compareContests(
  play: (contest: Contest) => Promise<void>,
  { flags }: { flags?: readonly string[] } = {},
): Promise<void> {
  await using pair = await Pair.start(flags);
  const played = await Promise.allSettled([pair.etcd, pair.candidate].map(async ({ endpoint, name }) => {
    await using contest = new Contest(endpoint);
    await play(contest).catch((error) => {
      throw new Error(`The contest failed on ${name}`, { cause: error });
    });
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
