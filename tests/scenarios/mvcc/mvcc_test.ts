import assert from "node:assert/strict";
import { formatScenario, parseScenario, ScenarioRunner } from "./scenario.ts";

/** With UPDATE=1 the files are rewritten with the answers given; read the difference before believing it. */
const update = Deno.env.get("UPDATE") === "1";
const folder = new URL("./testdata/", import.meta.url);

for (const { name } of Deno.readDirSync(folder)) {
  Deno.test(`keyspace scenario ${name}`, () => {
    const cases = parseScenario(Deno.readTextFileSync(new URL(name, folder)));
    const runner = new ScenarioRunner();
    for (const one of cases) {
      const answer = runner.run(one.command);
      if (update) one.expected = answer;
      else assert.equal(answer, one.expected, `${name}: ${one.command.join("\n")}`);
    }
    if (update) Deno.writeTextFileSync(new URL(name, folder), formatScenario(cases));
  });
}
