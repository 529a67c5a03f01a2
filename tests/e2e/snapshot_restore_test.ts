import assert from "node:assert/strict";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import { latin1, type Message } from "../compat/wire.ts";
import { detcdProgram, startDetcd } from "../support/programs.ts";
import { testWithTools } from "../support/tools.ts";

const everything = { key: "\0", range_end: "\0" };

/** Runs `detcd` with a subcommand, in a directory that it may use. */
async function detcd(directory: string, args: readonly string[]) {
  const program = detcdProgram();
  const { code, stdout, stderr } = await new Deno.Command(program.command, {
    args: [...program.args(directory), ...args],
    cwd: program.cwd,
    env: { DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

async function inDirectory(body: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "detcd-restore-" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function call(caller: GrpcCaller, method: string, request: Message): Promise<Message> {
  const { code, details, messages } = await caller.call(`etcdserverpb.${method}`, request);
  assert.equal(code, 0, details);
  return messages[0];
}

/** What a client sees of the content; headers name the member, and the term is each start's own. */
async function contentOf(caller: GrpcCaller): Promise<unknown> {
  const { header: _, ...range } = await call(caller, "KV/Range", everything);
  const { header: __, ...hash } = await call(caller, "Maintenance/HashKV", {});
  const { header: ___, ...leases } = await call(caller, "Lease/LeaseLeases", {});
  return { range, hash, leases };
}

async function fill(caller: GrpcCaller): Promise<void> {
  await call(caller, "Lease/LeaseGrant", { ID: 77n, TTL: 3600n });
  for (let i = 0; i < 200; i++) {
    await call(caller, "KV/Put", { key: `k${i % 50}`, value: "v".repeat(i * 7), lease: i % 10 === 0 ? 77n : 0n });
  }
  await call(caller, "KV/DeleteRange", { key: "k7" });
  await call(caller, "KV/Compact", { revision: 100n });
}

/** A snapshot's bytes, as `etcdctl snapshot save` writes them. */
async function save(caller: GrpcCaller): Promise<Uint8Array> {
  const { code, details, messages } = await caller.call("etcdserverpb.Maintenance/Snapshot", {}, { stream: true });
  assert.equal(code, 0, details);
  return latin1(messages.map(({ blob }) => blob as string).join(""));
}

/** The file of a filled member, and what its content was. */
async function saved(file: string): Promise<unknown> {
  await using server = await startDetcd();
  using caller = new GrpcCaller(server.endpoint);
  await fill(caller);
  Deno.writeFileSync(file, await save(caller));
  return await contentOf(caller);
}

Deno.test("detcd snapshot restore makes a member that goes on from what was saved, under an identity of its own", async () => {
  await inDirectory(async (directory) => {
    const file = `${directory}/saved`;
    const before = await saved(file);
    const dataDir = `${directory}/new`;
    const restored = await detcd(directory, [
      "snapshot",
      "restore",
      file,
      `--data-dir=${dataDir}`,
      "--name=other",
      "--initial-cluster=other=http://127.0.0.1:9999",
      "--initial-advertise-peer-urls=http://127.0.0.1:9999",
      "--initial-cluster-token=elsewhere",
    ]);
    assert.equal(restored.code, 0, restored.stderr);
    assert.deepEqual([...Deno.readDirSync(dataDir)].map(({ name }) => name), ["member"]);
    await using server = await startDetcd({ dataDir, flags: ["--name=other"] });
    using caller = new GrpcCaller(server.endpoint);
    assert.deepEqual(await contentOf(caller), before);
    const { members, header } = await call(caller, "Cluster/MemberList", {});
    assert.deepEqual((members as Message[]).map(({ name }) => name), ["other"], "the old member is not in the cluster");
    assert.equal((header as Message).member_id, (members as Message[])[0].ID);
    assert.match(
      restored.stderr,
      new RegExp(`"member-id":"${BigInt((header as Message).member_id as string).toString(16)}"`),
    );
    const { header: put } = await call(caller, "KV/Put", { key: "later" });
    assert.equal((put as Message).revision, "203");
  });
});

Deno.test("detcd snapshot restore takes clients' alarms along, and leaves those of the old member's quota behind", async () => {
  await inDirectory(async (directory) => {
    const file = `${directory}/saved`;
    {
      await using server = await startDetcd({ flags: ["--quota-backend-bytes=20000"] });
      using caller = new GrpcCaller(server.endpoint);
      const refused = { code: 0, details: "" };
      for (let i = 0; refused.code === 0 && i < 20; i++) {
        Object.assign(refused, await caller.call("etcdserverpb.KV/Put", { key: `k${i}`, value: "v".repeat(1000) }));
      }
      assert.equal(refused.details, "etcdserver: mvcc: database space exceeded");
      await call(caller, "Maintenance/Alarm", { action: 1, alarm: 2, memberID: 5n });
      const { alarms } = await call(caller, "Maintenance/Alarm", {});
      assert.equal((alarms as Message[]).length, 2);
      Deno.writeFileSync(file, await save(caller));
    }
    const dataDir = `${directory}/new`;
    const restored = await detcd(directory, ["snapshot", "restore", file, `--data-dir=${dataDir}`]);
    assert.equal(restored.code, 0, restored.stderr);
    await using server = await startDetcd({ dataDir });
    using caller = new GrpcCaller(server.endpoint);
    const { alarms } = await call(caller, "Maintenance/Alarm", {});
    assert.deepEqual((alarms as Message[]).map(({ memberID, alarm }) => [memberID, alarm]), [["5", "2"]]);
    await call(caller, "Maintenance/Alarm", { action: 2, alarm: 2, memberID: 5n });
    await call(caller, "KV/Put", { key: "k" });
  });
});

Deno.test("detcd snapshot restore --bump-revision goes on higher, with everything before compacted", async () => {
  await inDirectory(async (directory) => {
    const file = `${directory}/saved`;
    await saved(file);
    const dataDir = `${directory}/new`;
    const args = ["snapshot", "restore", file, `--data-dir=${dataDir}`, "--bump-revision=1000000", "--mark-compacted"];
    const restored = await detcd(directory, args);
    assert.equal(restored.code, 0, restored.stderr);
    await using server = await startDetcd({ dataDir });
    using caller = new GrpcCaller(server.endpoint);
    const range = await call(caller, "KV/Range", everything);
    assert.equal((range.header as Message).revision, "1000202");
    assert.equal(range.count, "49");
    const old = await caller.call("etcdserverpb.KV/Range", { ...everything, revision: 1_000_201n });
    assert.equal(old.code, 11, "compacted");
    const { header } = await call(caller, "KV/Put", { key: "later" });
    assert.equal((header as Message).revision, "1000203");
  });
});

Deno.test("detcd snapshot restore refuses what it must not touch and what is damaged, and leaves nothing behind", async () => {
  await inDirectory(async (directory) => {
    const file = `${directory}/saved`;
    await saved(file);
    const bytes = Deno.readFileSync(file);
    const damaged = bytes.slice();
    damaged[1000] ^= 1;
    Deno.writeFileSync(`${directory}/damaged`, damaged);
    Deno.writeFileSync(`${directory}/short`, bytes.subarray(0, 5000));
    Deno.writeFileSync(`${directory}/unsealed`, bytes.subarray(0, bytes.length - 1));
    const bolt = new Uint8Array(4096);
    new DataView(bolt.buffer).setUint32(16, 0xed0cdaed, true);
    Deno.writeFileSync(`${directory}/etcds`, bolt);
    Deno.mkdirSync(`${directory}/full`);
    Deno.writeTextFileSync(`${directory}/full/file`, "mine");

    const refused = async (args: string[], code: number, message: RegExp) => {
      const outcome = await detcd(directory, ["snapshot", "restore", ...args]);
      assert.equal(outcome.code, code, outcome.stderr);
      assert.match(outcome.stderr, message);
      assert.throws(() => Deno.statSync(`${directory}/new`), Deno.errors.NotFound);
    };
    const dataDir = `--data-dir=${directory}/new`;
    await refused([`${directory}/damaged`, dataDir], 1, /Error: .*checksum/);
    await refused([`${directory}/short`, dataDir], 1, /Error: .*ends/);
    await refused([`${directory}/unsealed`, dataDir], 1, /Error: .*ends/);
    await refused([`${directory}/etcds`, dataDir], 1, /taken from etcd/);
    await refused([`${directory}/absent`, dataDir], 1, /Cannot open snapshot ".*absent"/);
    await refused([file, `--data-dir=${directory}/full`], 1, /data-dir ".*full" not empty/);
    await refused([file, dataDir, "--name=m7", "--initial-cluster=m8=http://a:1"], 1, /couldn't find local name "m7"/);
    await refused([dataDir], 128, /requires exactly one argument/);
    await refused([file, dataDir, "--bump-revision=7"], 128, /--mark-compacted required/);
    await refused([file, dataDir, "--mark-compacted"], 128, /--mark-compacted required/);
    await refused([file, dataDir, "--skip-hash-check=true"], 128, /--skip-hash-check is refused/);
    await refused([file, dataDir, "--wal-dir=x"], 128, /--wal-dir is refused/);
    await refused([file, dataDir, "--nonsense"], 128, /nonsense/);
    assert.equal(Deno.readTextFileSync(`${directory}/full/file`), "mine");
  });
});

testWithTools("detcd snapshot status and restore take the file that etcdctl snapshot save has written", {
  tools: ["etcdctl"],
  run: ({ etcdctl }) =>
    inDirectory(async (directory) => {
      const file = `${directory}/saved`;
      let before: unknown;
      {
        await using server = await startDetcd();
        using caller = new GrpcCaller(server.endpoint);
        await fill(caller);
        before = await contentOf(caller);
        const ctl = await new Deno.Command(etcdctl, {
          args: [`--endpoints=${server.endpoint}`, "snapshot", "save", file],
          clearEnv: true,
        }).output();
        assert.equal(ctl.code, 0, new TextDecoder().decode(ctl.stderr));
      }
      const status = await detcd(directory, ["snapshot", "status", file, "-w", "json"]);
      assert.equal(status.code, 0, status.stderr);
      const { hash, ...rest } = JSON.parse(status.stdout);
      const { size } = Deno.statSync(file);
      assert.deepEqual(rest, { revision: 202, totalKey: 49, totalSize: size, version: "3.7.0" });
      assert.ok(Number.isInteger(hash) && hash > 0);
      const restored = await detcd(directory, ["snapshot", "restore", file, `--data-dir=${directory}/new`]);
      assert.equal(restored.code, 0, restored.stderr);
      await using server = await startDetcd({ dataDir: `${directory}/new` });
      using caller = new GrpcCaller(server.endpoint);
      assert.deepEqual(await contentOf(caller), before);
    }),
});
