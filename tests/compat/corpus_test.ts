import { testWithTools } from "../support/tools.ts";
import { rangeChapters } from "./corpus/ranges.ts";
import { txnChapters } from "./corpus/txns.ts";
import { writeChapters } from "./corpus/writes.ts";
import { describe } from "./differences.ts";
import { Pair } from "./pair.ts";
import { showRequest } from "./show.ts";

for (const { name, steps, flags } of [...rangeChapters, ...writeChapters, ...txnChapters]) {
  testWithTools(`detcd answers as etcd does: ${name} (${steps.length} requests)`, {
    tools: ["etcd"],
    run: async () => {
      await using pair = await Pair.start(flags);
      const failures: string[] = [];
      for (const [number, step] of steps.entries()) {
        const found = await pair.compare(step);
        if (found.length > 0) failures.push(`  request ${number}, ${showRequest(step)}:\n${describe(found)}`);
      }
      if (failures.length > 0) {
        throw new Error(`${failures.length} answers differ; the first are\n${failures.slice(0, 10).join("\n")}`);
      }
    },
  });
}
