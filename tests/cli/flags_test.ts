import assert from "node:assert/strict";
import { ConfigError, readArguments } from "../../src/config/mod.ts";
import { type FlagCase, flagCases, type Outcome } from "./flag_cases.ts";
import { testWithTools } from "../support/tools.ts";

function describe({ args, env }: FlagCase): string {
  return [...Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`), "etcd", ...args].join(" ");
}

function ownOutcome({ args, env = {} }: FlagCase): Outcome {
  const environment = { get: (name: string) => env[name], names: () => Object.keys(env) };
  try {
    const request = readArguments(args, { environment });
    return request.kind === "serve" ? "accepted" : request.kind;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.exitCode === 2 ? "unreadable" : "refused";
  }
}

/** Runs etcd on a data directory that is a file: with flags that it accepts, it fails there, before it listens. */
async function etcdOutcome(
  { args, env = {} }: FlagCase,
  { etcd, file }: { etcd: string; file: string },
): Promise<Outcome> {
  const { code, stdout, stderr } = await new Deno.Command(etcd, {
    args: [`--data-dir=${file}`, "--log-outputs=stderr", ...args],
    env: { PATH: Deno.env.get("PATH") ?? "", ...env },
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  const output = decoder.decode(stdout) + decoder.decode(stderr);
  if (code === 0) return output.includes("etcd Version:") ? "version" : "help";
  if (code === 2) return "unreadable";
  assert.equal(code, 1, output);
  const list = output.includes("failed to list data directory") || /not a directory/.test(output);
  return list ? "accepted" : "refused";
}

Deno.test("readArguments() accepts and refuses what etcd does, with etcd's exit status", () => {
  for (const each of flagCases) assert.equal(ownOutcome(each), each.outcome, describe(each));
});

testWithTools("flagCases are what etcd says of them", {
  tools: ["etcd"],
  async run({ etcd }) {
    const file = await Deno.makeTempFile();
    try {
      const waiting = [...flagCases];
      const differences: string[] = [];
      const work = async () => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          const outcome = await etcdOutcome(next, { etcd, file });
          if (outcome !== next.outcome) differences.push(`${describe(next)}: ${outcome}, not ${next.outcome}`);
        }
      };
      await Promise.all([work(), work(), work(), work()]);
      assert.deepEqual(differences, []);
    } finally {
      await Deno.remove(file);
    }
  },
});
