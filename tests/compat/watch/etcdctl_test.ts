import { testWithTools } from "../../support/tools.ts";
import { comparable } from "../etcdctl_runner.ts";
import { type CtlWatchScript, runCtlWatch } from "./etcdctl.ts";
import { responseWatchScripts, simpleWatchScripts } from "./corpus/etcdctl_scripts.ts";
import { Pair } from "../pair.ts";

for (const [formats, scripts] of [[["simple"], simpleWatchScripts], [["json"], responseWatchScripts]] as const) {
  for (const format of formats) {
    for (const script of scripts) {
      testWithTools(`etcdctl watch --write-out=${format} prints with detcd what it prints with etcd: ${script.name}`, {
        tools: ["etcd", "etcdctl"],
        run: async ({ etcdctl }) => await compareOutputs(etcdctl, { format, script }),
      });
    }
  }
}

async function compareOutputs(
  etcdctl: string,
  { format, script }: { format: string; script: CtlWatchScript },
): Promise<void> {
  await using pair = await Pair.start(script.flags);
  const [etcd, candidate] = await Promise.allSettled(
    [pair.etcd, pair.candidate].map(async ({ endpoint }) => {
      const outcome = await runCtlWatch(etcdctl, { endpoint, format, script });
      return withoutRepetition(comparable(outcome, { format, line: script.line, endpoint }));
    }),
  );
  if (etcd.status === "rejected") throw new Error(`with etcd: ${etcd.reason.message}`);
  if (candidate.status === "rejected") throw new Error(`with detcd: ${candidate.reason.message}`);
  if (etcd.value !== candidate.value) {
    throw new Error(`the outcomes differ\n=== etcd\n${etcd.value}\n=== detcd\n${candidate.value}`);
  }
}

/** How often progress is told depends on time. */
function withoutRepetition(text: string): string {
  return text.replace(/(progress notify: \d+\n)\1+/g, "$1");
}
