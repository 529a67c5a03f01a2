import assert from "node:assert/strict";
import { checkBootstrap, type Config, type HostResolver, readArguments } from "./mod.ts";

function configOf(...args: string[]): Config {
  const request = readArguments(args, { environment: { get: () => undefined, names: () => [] } });
  assert.ok(request.kind === "serve");
  return request.config;
}

const resolve: HostResolver = (host) =>
  host === "peer.example" ? Promise.resolve(["10.0.0.1"]) : Promise.reject(new Error("no such host"));

Deno.test("checkBootstrap() gives the founding members", async () => {
  const cluster = await checkBootstrap(configOf(
    "--name=b",
    "--initial-cluster=a=http://10.0.0.1:2380,b=http://10.0.0.2:2380",
    "--initial-advertise-peer-urls=http://10.0.0.2:2380",
  ));
  assert.deepEqual([...cluster.keys()], ["a", "b"]);
  assert.deepEqual([...(await checkBootstrap(configOf("--name=m1"))).keys()], ["m1"]);
});

Deno.test("checkBootstrap() compares hosts by their addresses where the texts differ", async () => {
  const config = configOf(
    "--name=a",
    "--initial-cluster=a=http://peer.example:2380",
    "--initial-advertise-peer-urls=http://10.0.0.1:2380",
  );
  await checkBootstrap(config, { resolve });
  await assert.rejects(checkBootstrap(config), /missing from --initial-advertise-peer-urls/);
});

Deno.test("checkBootstrap() refuses what etcd refuses", async () => {
  const refusals: [RegExp, string[]][] = [
    [/couldn't find local name "c"/, ["--name=c", "--initial-cluster=a=http://x:1"]],
    [/couldn't find local name "default"/, ["--initial-cluster="]],
    [/error setting up initial cluster/, ["--initial-cluster=default=nonsense"]],
    [/--initial-cluster has default=http:\/\/localhost:2380 but missing/, [
      "--initial-advertise-peer-urls=http://10.0.0.1:2380",
    ]],
    [/--initial-advertise-peer-urls has http:\/\/x:2 but missing/, [
      "--initial-cluster=default=http://x:1",
      "--initial-advertise-peer-urls=http://x:1,http://x:2",
    ]],
    [/duplicate url/, [
      "--initial-cluster=default=http://x:1,b=http://x:1",
      "--initial-advertise-peer-urls=http://x:1",
    ]],
  ];
  for (const [reason, flags] of refusals) await assert.rejects(checkBootstrap(configOf(...flags), { resolve }), reason);
});

Deno.test("checkBootstrap() of a joining member leaves its advertised URLs to the cluster", async () => {
  await checkBootstrap(configOf(
    "--name=a",
    "--initial-cluster-state=existing",
    "--initial-cluster=a=http://x:1",
    "--initial-advertise-peer-urls=http://x:2",
  ));
});
