import { testWithTools } from "../support/tools.ts";
import type { Chapter } from "./corpus/step.ts";
import { describe, differences } from "./differences.ts";
import type { Answer } from "./grpc_caller.ts";

const UNAVAILABLE = 14;

/** etcd and the candidate, which are given the same steps. */
export interface Players<Step> extends AsyncDisposable {
  both(step: Step): Promise<[etcd: Answer, candidate: Answer]>;
}

/** A test for each chapter: the candidate answers every step as etcd does. */
export function testChapters<Step>(
  chapters: readonly Chapter<Step>[],
  { start, show }: { start(flags?: readonly string[]): Promise<Players<Step>>; show(step: Step): string },
): void {
  for (const { name, steps, flags } of chapters) {
    testWithTools(`detcd answers as etcd does: ${name} (${steps.length} requests)`, {
      tools: ["etcd"],
      run: async () => {
        await using players = await start(flags);
        const failures: string[] = [];
        for (const [number, step] of steps.entries()) {
          const [etcd, candidate] = await players.both(step);
          const found = differences(etcd, candidate);
          if (found.length > 0) failures.push(`  request ${number}, ${show(step)}:\n${describe(found)}`);
          // The rest would only wait for it.
          if (candidate.code === UNAVAILABLE && etcd.code !== UNAVAILABLE) break;
        }
        if (failures.length > 0) {
          throw new Error(`${failures.length} answers differ; the first are\n${failures.slice(0, 10).join("\n")}`);
        }
      },
    });
  }
}
