import { testWithTools } from "../support/tools.ts";
import { clusterChapters } from "./corpus/cluster.ts";
import { maintenanceChapters } from "./corpus/maintenance.ts";
import { rangeChapters } from "./corpus/ranges.ts";
import { txnChapters } from "./corpus/txns.ts";
import { writeChapters } from "./corpus/writes.ts";
import { describe, differences } from "./differences.ts";
import { Pair } from "./pair.ts";
import { showRequest } from "./show.ts";

const UNAVAILABLE = 14;

const chapters = [...rangeChapters, ...writeChapters, ...txnChapters, ...maintenanceChapters, ...clusterChapters];

for (const { name, steps, flags } of chapters) {
  testWithTools(`detcd answers as etcd does: ${name} (${steps.length} requests)`, {
    tools: ["etcd"],
    run: async () => {
      await using pair = await Pair.start(flags);
      const failures: string[] = [];
      for (const [number, step] of steps.entries()) {
        const answers = await pair.both(step);
        const found = differences(...answers);
        if (found.length > 0) failures.push(`  request ${number}, ${showRequest(step)}:\n${describe(found)}`);
        const [, candidate] = answers;
        if (candidate.code === UNAVAILABLE) break; // the rest would only wait for it
      }
      if (failures.length > 0) {
        throw new Error(`${failures.length} answers differ; the first are\n${failures.slice(0, 10).join("\n")}`);
      }
    },
  });
}
