import assert from "node:assert/strict";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import type { Message } from "../compat/wire.ts";
import { startLocalServer } from "../support/local_server.ts";

const quotaBytes = 400_000;
const noSpace = { code: 8, details: "etcdserver: mvcc: database space exceeded" };
/** startLocalServer's member. */
const memberID = String(0x22);
const value = "v".repeat(1000);

class Client implements Disposable {
  readonly #caller: GrpcCaller;
  constructor(readonly endpoint: string) {
    this.#caller = new GrpcCaller(endpoint);
  }
  async call(method: string, request: Message = {}): Promise<Message> {
    const { code, details, messages } = await this.#caller.call(`etcdserverpb.${method}`, request);
    assert.equal(code, 0, `${method}: ${details}`);
    return messages[0];
  }
  async refusal(method: string, request: Message): Promise<{ code: number; details: string }> {
    const { code, details } = await this.#caller.call(`etcdserverpb.${method}`, request);
    return { code, details };
  }
  /** Puts keys until the first is refused; says how many were not. */
  async fill(prefix: string): Promise<number> {
    for (let count = 0; count < 10_000; count++) {
      const refusal = await this.refusal("KV/Put", { key: `${prefix}${count}`, value });
      if (refusal.code === 0) continue;
      assert.deepEqual(refusal, noSpace);
      return count;
    }
    throw new Error("no put was refused");
  }
  async alarms(): Promise<unknown> {
    return (await this.call("Maintenance/Alarm")).alarms;
  }
  async errors(): Promise<unknown> {
    return (await this.call("Maintenance/Status")).errors;
  }
  async health(): Promise<unknown> {
    return await (await fetch(`http://${this.endpoint}/health`)).json();
  }
  /** Deletes everything and compacts to now. */
  async clear(): Promise<void> {
    const { header } = await this.call("KV/DeleteRange", { key: "\0", range_end: "\0" });
    await this.call("KV/Compact", { revision: (header as Message).revision, physical: true });
  }
  [Symbol.dispose](): void {
    this.#caller[Symbol.dispose]();
  }
}

const raised = [{ memberID, alarm: "1" }];

Deno.test("a member that is filled to its quota goes on after deletes and a compaction, without more", async () => {
  await using server = await startLocalServer([`--quota-backend-bytes=${quotaBytes}`]);
  using client = new Client(server.endpoint);
  for (let round = 0; round < 3; round++) {
    const count = await client.fill(`round${round}/`);
    assert.ok(count > 300 && count < 400, `${count} puts of 1000 bytes fit into ${quotaBytes} bytes`);
    assert.deepEqual(await client.alarms(), raised);
    assert.deepEqual(await client.health(), { health: "false", reason: "ALARM NOSPACE" });
    const [alarm, warning, ...more] = await client.errors() as string[];
    assert.equal(alarm, `memberID:${memberID}  alarm:NOSPACE`);
    assert.match(warning, /^etcdserver: database space is at 99% of the quota of 400000 bytes$/);
    assert.deepEqual(more, []);

    const op = { request_put: { key: "small", value: "" } };
    assert.deepEqual(await client.refusal("KV/Put", { key: "small" }), noSpace);
    assert.deepEqual(await client.refusal("KV/Txn", { failure: [op] }), noSpace);
    assert.equal((await client.call("KV/Range", { key: `round${round}/0` })).count, "1");
    assert.deepEqual(await client.refusal("Lease/LeaseGrant", { TTL: 100 }), noSpace);
    if (round > 0) await client.call("Lease/LeaseRevoke", { ID: round });
    await client.call("KV/Txn", { success: [{ request_delete_range: { key: `round${round}/0` } }] });

    await client.clear();
    await client.call("Lease/LeaseGrant", { TTL: 1000, ID: round + 1 });
    await client.call("KV/Put", { key: "small", value: "", lease: round + 1 });
    assert.equal(await client.alarms(), undefined);
    assert.equal(await client.errors(), undefined);
    assert.deepEqual(await client.health(), { health: "true", reason: "" });
  }
  const warnings = server.logger.lines.filter(({ message }) => message.startsWith("database space is near the quota"));
  assert.equal(warnings.length, 3);
});

Deno.test("history that a compaction has not removed counts against the quota", async () => {
  await using server = await startLocalServer([`--quota-backend-bytes=${quotaBytes}`]);
  using client = new Client(server.endpoint);
  const refused = () => client.refusal("KV/Put", { key: "same", value });
  let count = 0;
  while ((await refused()).code === 0) count++;
  assert.ok(count > 300 && count < 400, `${count} versions of 1000 bytes`);
  await client.call("KV/Compact", { revision: String(count + 1), physical: true });
  assert.equal((await refused()).code, 0);
});

Deno.test("leases count against the quota, and their end frees what they took", async () => {
  await using server = await startLocalServer(["--quota-backend-bytes=6400"]);
  using client = new Client(server.endpoint);
  let count = 0;
  while (count < 200 && (await client.refusal("Lease/LeaseGrant", { ID: count + 1, TTL: 1000 })).code === 0) count++;
  assert.equal(count, 99, "64 bytes each, and the last is not below the quota");
  assert.deepEqual(await client.alarms(), raised);
  for (let id = 1; id <= 20; id++) await client.call("Lease/LeaseRevoke", { ID: id });
  assert.equal(await client.alarms(), undefined);
  await client.call("Lease/LeaseGrant", { ID: 1, TTL: 1000 });
});

Deno.test("--quota-alarm-manual-disarm keeps the alarm until a client disarms it", async () => {
  await using server = await startLocalServer([`--quota-backend-bytes=${quotaBytes}`, "--quota-alarm-manual-disarm"]);
  using client = new Client(server.endpoint);
  await client.fill("k");
  await client.clear();
  assert.deepEqual(await client.refusal("KV/Put", { key: "small" }), noSpace);
  assert.deepEqual(await client.alarms(), raised);
  await client.call("Maintenance/Alarm", { action: 2, alarm: 1, memberID });
  await client.call("KV/Put", { key: "small" });
});

Deno.test("--quota-backend-bytes=-1 refuses nothing", async () => {
  await using server = await startLocalServer(["--quota-backend-bytes=-1"]);
  using client = new Client(server.endpoint);
  for (let i = 0; i < 500; i++) await client.call("KV/Put", { key: `k${i}`, value });
  assert.equal((await client.call("Maintenance/Status")).dbSizeQuota, "-1");
});

Deno.test("puts that come at once do not pass the quota together", async () => {
  await using server = await startLocalServer([`--quota-backend-bytes=${quotaBytes}`]);
  using client = new Client(server.endpoint);
  const outcomes = await Promise.all(
    Array.from({ length: 1000 }, (_, i) => client.refusal("KV/Put", { key: `k${i}`, value })),
  );
  const done = outcomes.filter(({ code }) => code === 0).length;
  assert.ok(done > 200 && done < 400, `${done} puts of 1000 bytes fit into ${quotaBytes} bytes`);
  for (const { code, details } of outcomes) if (code !== 0) assert.deepEqual({ code, details }, noSpace);
  assert.deepEqual(await client.alarms(), raised);
});
