import assert from "node:assert/strict";
import { candidateProgram, etcdProgram, startDetcd, startEtcd } from "../support/programs.ts";
import { freePort } from "../support/ports.ts";
import type { ServerProgram } from "../support/server_process.ts";
import { testWithTools } from "../support/tools.ts";
import { GrpcCaller } from "./grpc_caller.ts";
import type { Message } from "./wire.ts";

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end, which flags that are refused bring on.
 * @throws when it has not ended after 20 s
 */
async function run({ command, args, cwd }: ServerProgram, flags: string[], env = {}): Promise<Outcome> {
  const dataDir = Deno.makeTempDirSync();
  try {
    const signal = AbortSignal.timeout(20_000);
    const output = await new Deno.Command(command, {
      signal,
      args: [...args(dataDir), ...ownPlace(dataDir), ...flags],
      cwd,
      env,
      stdin: "null",
    }).output();
    const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
    return { code: output.code, stdout, stderr };
  } finally {
    Deno.removeSync(dataDir, { recursive: true });
  }
}

/** So that a server which wrongly accepts its flags disturbs nobody. */
function ownPlace(dataDir: string): string[] {
  const url = () => `http://127.0.0.1:${freePort()}`;
  const client = url();
  return [
    `--data-dir=${dataDir}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${url()}`,
  ];
}

testWithTools("--version prints a first line like etcd's, of the same minor version, and succeeds", {
  tools: ["etcd"],
  run: async () => {
    const [etcd, detcd] = await Promise.all(
      [etcdProgram()!, candidateProgram()].map((each) => run(each, ["--version"])),
    );
    const first = (outcome: Outcome) => /^etcd Version: (\d+\.\d+)\.\d+\n/.exec(outcome.stdout)?.[1];
    assert.notEqual(first(etcd), undefined);
    assert.equal(first(detcd), first(etcd));
    assert.equal(detcd.code, etcd.code);
  },
});

for (
  const flags of [["--no-such-flag"], ["--no-such-flag=1"], ["-no-such-flag"], ["--max-txn-ops=x"], ["--max-txn-ops"]]
) {
  testWithTools(`${flags.join(" ")} is refused as etcd refuses it`, {
    tools: ["etcd"],
    run: async () => {
      const [etcd, detcd] = await Promise.all([etcdProgram()!, candidateProgram()].map((each) => run(each, flags)));
      assert.notEqual(etcd.code, 0);
      assert.equal(detcd.code, etcd.code, detcd.stderr);
      const name = flags[0].replace(/^-+/, "").split("=")[0];
      assert.match(detcd.stdout + detcd.stderr, new RegExp(name));
    },
  });
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} ends the server with code 0, and what was put is there after the next start`, async () => {
    const dataDir = Deno.makeTempDirSync();
    try {
      await using first = await startDetcd({ dataDir });
      {
        using caller = new GrpcCaller(first.endpoint);
        assert.equal((await caller.call("etcdserverpb.KV/Put", { key: "a", value: "b" })).code, 0);
      }
      const { code } = await first.terminate(signal);
      assert.equal(code, 0, first.log.text());
      await using second = await startDetcd({ dataDir });
      using caller = new GrpcCaller(second.endpoint);
      const { messages } = await caller.call("etcdserverpb.KV/Range", { key: "a" });
      assert.equal(messages[0].count, "1");
    } finally {
      Deno.removeSync(dataDir, { recursive: true });
    }
  });
}

testWithTools("a flag given twice counts the last time, and a value may stand apart", {
  tools: ["etcd"],
  run: async () => {
    const flags = ["--max-txn-ops=1", "--max-txn-ops", "2"];
    await using etcd = await startEtcd({ flags });
    await using detcd = await startDetcd({ flags });
    for (const server of [etcd, detcd]) {
      using caller = new GrpcCaller(server.endpoint);
      assert.equal((await caller.call("etcdserverpb.KV/Txn", { success: puts(2) })).code, 0, server.name);
      assert.equal((await caller.call("etcdserverpb.KV/Txn", { success: puts(3) })).code, 3, server.name);
    }
  },
});

const limitedByEnvironment = { ETCD_MAX_TXN_OPS: "1" };

testWithTools("an environment variable gives what a flag would", {
  tools: ["etcd"],
  run: async () => {
    for (const start of [startEtcd, startDetcd]) {
      await using server = await start({ env: limitedByEnvironment });
      using caller = new GrpcCaller(server.endpoint);
      const answer = await caller.call("etcdserverpb.KV/Txn", { success: puts(2) });
      assert.equal(answer.code, 3, server.name);
    }
  },
});

testWithTools("an environment variable beside the flag of the same name is refused", {
  tools: ["etcd"],
  run: async () => {
    const outcomes = [etcdProgram()!, candidateProgram()].map((each) =>
      run(each, ["--max-txn-ops=2"], limitedByEnvironment)
    );
    const [etcd, detcd] = await Promise.all(outcomes);
    assert.notEqual(etcd.code, 0);
    assert.equal(detcd.code, etcd.code, detcd.stderr);
    assert.match(detcd.stdout + detcd.stderr, /ETCD_MAX_TXN_OPS/);
  },
});

function puts(count: number): Message[] {
  return Array.from({ length: count }, (_, i) => ({ request_put: { key: `k${i}`, value: "" } }));
}
