import { testWithTools } from "../../support/tools.ts";
import { electionScripts } from "./election_scripts.ts";
import { lockScripts } from "./lock_scripts.ts";
import { compareContests } from "./transcripts.ts";

for (const [kind, scripts] of [["locks", lockScripts], ["elections", electionScripts]] as const) {
  for (const { name, play, flags } of scripts) {
    testWithTools(`detcd's ${kind} are as etcd's: ${name}`, {
      tools: ["etcd"],
      run: () => compareContests(play, { flags }),
    });
  }
}
