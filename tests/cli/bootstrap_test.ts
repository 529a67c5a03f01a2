import assert from "node:assert/strict";
import { checkBootstrap, ConfigError, readArguments } from "../../src/config/mod.ts";
import { testWithTools } from "../support/tools.ts";
import { RealEtcd } from "./real_etcd.ts";

/** Flags of a member without data that etcd does not start with, though each of them is right by itself. */
const refused = [
  ["--name=b"].concat("--initial-cluster=a=http://127.0.0.1:12380"),
  ["--initial-cluster=default=http://127.0.0.1:12380"],
  ["--initial-advertise-peer-urls=http://127.0.0.1:12380"],
  ["--initial-cluster="],
  ["--initial-cluster=default"],
  ["--initial-cluster=default=http://127.0.0.1"],
  [
    "--initial-cluster=a=http://127.0.0.1:1,b=http://127.0.0.1:1",
    "--name=a",
    "--initial-advertise-peer-urls=http://127.0.0.1:1",
  ],
  [
    "--initial-cluster=default=http://127.0.0.1:1",
    "--initial-advertise-peer-urls=http://127.0.0.1:1,http://127.0.0.1:2",
  ],
  ["--auto-compaction-retention=often"],
  ["--auto-compaction-retention=-1"],
  ["--listen-client-urls=https://127.0.0.1:0"],
  ["--listen-client-urls=http://127.0.0.1:1", "--listen-client-http-urls=http://127.0.0.1:1"],
  ["--listen-metrics-urls=https://127.0.0.1:0"],
];

/** Flags that a member without data starts with. */
const accepted = [
  ["--name=m1"],
  ["--name=m1", "--initial-advertise-peer-urls=http://127.0.0.1:12381,http://127.0.0.1:12380"],
  [
    "--initial-cluster=default=http://127.0.0.1:2,,default=http://127.0.0.1:1",
    "--initial-advertise-peer-urls=http://127.0.0.1:1,http://127.0.0.1:2",
  ],
  ["--auto-compaction-mode=revision", "--auto-compaction-retention=5m"],
];

async function isAccepted(flags: string[]): Promise<boolean> {
  const environment = { get: () => undefined, names: () => [] };
  const listeners = ["--listen-client-urls=http://127.0.0.1:0", "--advertise-client-urls=http://127.0.0.1:2379"];
  try {
    const request = readArguments([...listeners, ...flags], { environment });
    assert.ok(request.kind === "serve");
    await checkBootstrap(request.config);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    assert.equal(error.exitCode, 1);
    return false;
  }
}

Deno.test("readArguments() and checkBootstrap() refuse what etcd does not start with", async () => {
  for (const flags of refused) assert.equal(await isAccepted(flags), false, flags.join(" "));
  for (const flags of accepted) assert.equal(await isAccepted(flags), true, flags.join(" "));
});

testWithTools("etcd starts with the same flags, and with no others", {
  tools: ["etcd"],
  async run({ etcd }) {
    for (const flags of refused) {
      await assert.rejects(
        async () => {
          await using _started = await RealEtcd.start(etcd, flags);
        },
        /etcd ended before it served/,
        flags.join(" "),
      );
    }
    for (const flags of accepted) {
      await using started = await RealEtcd.start(etcd, flags);
      assert.match(started.clientUrl, /^http:/);
    }
  },
});
