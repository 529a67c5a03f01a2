import assert from "node:assert/strict";
import { testWithTools } from "../support/tools.ts";
import { comparable, runCtl, words } from "./etcdctl_runner.ts";
import { Pair } from "./pair.ts";
import { ctlFormats, ctlScripts } from "./etcdctl_scripts.ts";

Deno.test("words() keeps quoted words together, and empty ones", () => {
  assert.deepEqual(words('put "a b" "" c=1'), ["put", "a b", "", "c=1"]);
});

for (const { name, commands, flags } of ctlScripts) {
  for (const format of ctlFormats) {
    testWithTools(`etcdctl ${name} --write-out=${format} prints with detcd what it prints with etcd`, {
      tools: ["etcd", "etcdctl"],
      run: async ({ etcdctl }) => {
        await using pair = await Pair.start(flags);
        const failures: string[] = [];
        for (const [number, command] of commands.entries()) {
          const [expected, found] = await Promise.all(
            [pair.etcd, pair.candidate].map(async ({ endpoint }) =>
              comparable(await runCtl(etcdctl, { endpoint, format, command }), { format, line: command.line, endpoint })
            ),
          );
          if (found !== expected) {
            failures.push(
              `command ${number}: etcdctl ${command.line}\n${
                command.stdin ?? ""
              }=== etcd\n${expected}=== detcd\n${found}`,
            );
          }
        }
        if (failures.length > 0) {
          throw new Error(`${failures.length} outcomes differ; the first are\n${failures.slice(0, 5).join("\n\n")}`);
        }
      },
    });
  }
}
