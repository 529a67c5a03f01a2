import assert from "node:assert/strict";
import { etcdVersion } from "../base/mod.ts";
import { type CommandParts, type Refusal, runCommand } from "./mod.ts";

interface Plan {
  name: string;
}

class TestRefusal extends Error {
  constructor(message: string, readonly exitCode: number) {
    super(message);
  }
}

function recorder() {
  const record = { stdout: "", stderr: "", refusals: [] as Refusal[], served: [] as string[], args: [] as string[] };
  const parts: CommandParts<Plan> = {
    readArguments(args) {
      record.args = [...args];
      if (args.includes("--bad")) throw new TestRefusal("bad flag", 2);
      if (args.includes("--wrong")) throw new TestRefusal("wrong value", 1);
      if (args.includes("--bug")) throw new TypeError("a bug");
      if (args.includes("--help")) return { kind: "help" };
      if (args.includes("--version")) return { kind: "version" };
      return { kind: "serve", name: "m1" };
    },
    serve(plan) {
      record.served.push(plan.name);
      return Promise.resolve(7);
    },
    snapshot(args) {
      record.args = [...args];
      return Promise.resolve(9);
    },
    logRefusal: (refusal) => record.refusals.push(refusal),
    stdout: (text) => record.stdout += text,
    stderr: (text) => record.stderr += text,
    usageText: "USAGE",
    helpText: () => "HELP",
    platform: { deno: "2.9.6", os: "linux", arch: "x86_64" },
  };
  return { record, parts };
}

Deno.test("runCommand() serves without a subcommand and gives the member's exit status", async () => {
  const { record, parts } = recorder();
  assert.equal(await runCommand(["--name", "m1"], parts), 7);
  assert.deepEqual(record.served, ["m1"]);
  assert.deepEqual(record.args, ["--name", "m1"]);
});

Deno.test("runCommand() prints etcd's version first, for the flag and for the subcommand", async () => {
  for (const args of [["--version"], ["version"]]) {
    const { record, parts } = recorder();
    assert.equal(await runCommand(args, parts), 0);
    const lines = record.stdout.split("\n");
    assert.equal(lines[0], `etcd Version: ${etcdVersion}`);
    assert.equal(lines[3], "Go OS/Arch: linux/amd64");
    assert.equal(lines[5], "Deno Version: 2.9.6");
    assert.equal(record.stderr, "");
  }
});

Deno.test("runCommand() prints help to standard output and usage to standard error", async () => {
  for (const args of [["--help"], ["help"]]) {
    const { record, parts } = recorder();
    assert.equal(await runCommand(args, parts), 0);
    assert.equal(record.stdout, "HELP\n");
    assert.equal(record.stderr, "USAGE\n");
  }
});

Deno.test("runCommand() shows usage for flags that cannot be read, and logs values that are refused", async () => {
  const unreadable = recorder();
  assert.equal(await runCommand(["--bad"], unreadable.parts), 2);
  assert.equal(unreadable.record.stderr, "bad flag\nUSAGE\n");
  const refused = recorder();
  assert.equal(await runCommand(["--wrong"], refused.parts), 1);
  assert.equal(refused.record.stderr, "");
  assert.deepEqual(refused.record.refusals.map((refusal) => refusal.message), ["wrong value"]);
});

Deno.test("runCommand() lets a bug through", async () => {
  await assert.rejects(runCommand(["--bug"], recorder().parts), TypeError);
});

Deno.test("runCommand() refuses etcd's proxies without reading flags", async () => {
  for (const command of ["gateway", "grpc-proxy"]) {
    const { record, parts } = recorder();
    assert.equal(await runCommand([command, "start"], parts), 1);
    assert.match(record.stderr, new RegExp(`no "${command}" command`));
    assert.deepEqual(record.args, []);
  }
});
