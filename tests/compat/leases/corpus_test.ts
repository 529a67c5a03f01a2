import { testWithTools } from "../../support/tools.ts";
import { describe, differences } from "../differences.ts";
import { showRequest } from "../show.ts";
import { leaseChapters } from "./corpus.ts";
import { LeasePair } from "./lease_pair.ts";
import type { LeaseStep } from "./steps.ts";

function show(step: LeaseStep): string {
  if (!("keepAlive" in step)) return showRequest(step);
  return step.keepAlive.map((request) => showRequest({ method: "Lease/LeaseKeepAlive", request })).join(", ").slice(
    0,
    600,
  );
}

for (const { name, steps, flags } of leaseChapters) {
  testWithTools(`detcd answers as etcd does: ${name} (${steps.length} requests)`, {
    tools: ["etcd"],
    run: async () => {
      await using pair = await LeasePair.start(flags);
      const failures: string[] = [];
      for (const [number, step] of steps.entries()) {
        const found = differences(...await pair.both(step));
        if (found.length > 0) failures.push(`  request ${number}, ${show(step)}:\n${describe(found)}`);
      }
      if (failures.length > 0) {
        throw new Error(`${failures.length} answers differ; the first are\n${failures.slice(0, 10).join("\n")}`);
      }
    },
  });
}
