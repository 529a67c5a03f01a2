import assert from "node:assert/strict";
import { cpuSeconds, processTree, processUsage, statusNumber } from "./process_usage.ts";

Deno.test("cpuSeconds() finds its fields behind a name with spaces and brackets", () => {
  assert.equal(cpuSeconds("77 (a b) c) S 1 77 77 0 -1 4194560 100 0 0 0 250 150 30 20 20 0 9 0 5 6 7"), 4.5);
});

Deno.test("statusNumber() reads a field and refuses a missing one", () => {
  assert.equal(statusNumber("VmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n", "VmRSS"), 1024);
  assert.throws(() => statusNumber("Name:\tx\n", "VmRSS"), /no "VmRSS"/);
});

const onLinux = { ignore: Deno.build.os !== "linux" };

Deno.test("processUsage() reads this process", onLinux, () => {
  const usage = processUsage(Deno.pid);
  assert.ok(usage.cpuSeconds > 0);
  assert.ok(usage.residentBytes > 1 << 20 && usage.peakBytes >= usage.residentBytes);
  assert.ok(usage.threads >= 1);
});

Deno.test("processTree() has a process's children, until they end", onLinux, async () => {
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "null" }).spawn();
  assert.ok(processTree(Deno.pid).includes(child.pid));
  await child.stdin.close();
  await child.status;
  assert.deepEqual(processTree(Deno.pid), [Deno.pid]);
});
