import assert from "node:assert/strict";
import { faulty } from "../../storage_adapters/faulty/mod.ts";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { seededRandom } from "../../tests/support/seeded_random.ts";
import { errors, type EtcdError } from "../base/mod.ts";
import type { RangeChunk, RangeQuery, RangeResult } from "../mvcc/mod.ts";
import { decodeKeyValue } from "../mvcc/mod.ts";
import { entryHeaderBytes, type Logger, type StorageAdapter, StorageError } from "../ports/mod.ts";
import {
  type ClientCommand,
  type Command,
  CommandCode,
  type CommandResult,
  EntryMaker,
  requestOffset,
} from "./command.ts";
import { Member } from "./member.ts";
import { runToEnd } from "./slices.ts";

const identity = { clusterId: 0xc1n, memberId: 0x31n };
const text = (value: string) => new TextEncoder().encode(value);

/** Commands go through the log as JSON here: how they are encoded is the API's affair. */
function encode(command: Command): Uint8Array {
  const json = JSON.stringify(command, (_, value) => value instanceof Uint8Array ? { bytes: [...value] } : value);
  return new EntryMaker().make(CommandCode[command.kind], text(json));
}

function decode(_code: CommandCode, entry: Uint8Array): Command {
  return JSON.parse(
    new TextDecoder().decode(entry.subarray(requestOffset)),
    (_, value) => Array.isArray(value?.bytes) ? Uint8Array.from(value.bytes) : value,
  );
}

class TestCommand implements ClientCommand {
  readonly arrivalMs = 0;
  readonly entry: Uint8Array;
  outcome: CommandResult | EtcdError | undefined;
  constructor(readonly command: Command) {
    this.entry = encode(command);
  }
  answer(result: CommandResult): void {
    this.outcome = result;
  }
  failed(error: EtcdError): void {
    this.outcome = error;
  }
}

/** A member on a clock that moves when the test says so. */
class TestMember {
  readonly clock = new ManualClock();
  readonly fatal: unknown[] = [];
  readonly logged: string[] = [];
  readonly member: Member;
  constructor(storage: StorageAdapter = memory()) {
    const note = (message: string) => void this.logged.push(message);
    const logger: Logger = { debug() {}, info() {}, warn: note, error: note };
    this.member = runToEnd(
      Member.open({
        storage,
        clock: this.clock,
        logger,
        random: seededRandom(1),
        identity,
        decode,
        onFatal: (error) => this.fatal.push(error),
      }),
    );
  }

  /** Lets turns and promises run until `done`. */
  async until(done: () => boolean): Promise<void> {
    for (let turn = 0; !done(); turn++) {
      assert.ok(turn < 1000, "nothing happens any more");
      this.clock.turn();
      await Promise.resolve();
    }
  }

  async run(command: Command): Promise<CommandResult | EtcdError> {
    const waiting = new TestCommand(command);
    this.member.propose(waiting);
    await this.until(() => waiting.outcome !== undefined);
    return waiting.outcome!;
  }

  put(key: string, value: string): Promise<CommandResult | EtcdError> {
    return this.run({ kind: "put", put: { key: text(key), value: text(value) } });
  }

  async range(query: RangeQuery, serializable = false): Promise<RangeResult | EtcdError> {
    let outcome: RangeResult | EtcdError | undefined;
    this.member.reads.range(query, { serializable }, {
      arrivalMs: 0,
      finished: (result) => {
        const { count, more, revision } = result;
        outcome = "kvs" in result ? result : { kvs: [...result.records], count, more, revision };
      },
      failed: (error) => outcome = error,
      isGone: () => false,
    });
    await this.until(() => outcome !== undefined);
    return outcome!;
  }
}

function keysOf(kvs: readonly Uint8Array[]): string[] {
  return kvs.map((kv) => new TextDecoder().decode(decodeKeyValue(kv).key));
}

Deno.test("EntryMaker.make() leaves room for the header and copies the request, of any size and beside others", () => {
  const maker = new EntryMaker();
  const requests = [7, 0, 9000, 300, 8000, 8183, 8184].flatMap((bytes) => Array(20).fill(bytes) as number[])
    .map((bytes, i) => new Uint8Array(bytes).fill(i));
  const entries = requests.map((request) => {
    const given = request.slice();
    const entry = maker.make(CommandCode.txn, given);
    given.fill(255);
    return entry;
  });
  for (const entry of entries) entry.fill(254, 0, entryHeaderBytes);
  for (const [i, entry] of entries.entries()) {
    assert.equal(entry[entryHeaderBytes], CommandCode.txn);
    assert.deepEqual(entry.subarray(requestOffset), requests[i]);
  }
});

Deno.test("Member.propose() applies commands in order and answers with their results", async () => {
  const test = new TestMember();
  assert.deepEqual(await test.put("a", "1"), { revision: 2, prevKv: undefined });
  const all = await Promise.all(["b", "c", "d"].map((key) => test.put(key, "1")));
  assert.deepEqual(all.map((result) => (result as { revision: number }).revision), [3, 4, 5]);
  const range = await test.range({ key: text("a"), rangeEnd: text("z") }) as RangeResult;
  assert.deepEqual(keysOf(range.kvs), ["a", "b", "c", "d"]);
});

Deno.test("Member.propose() answers a refused command with its error and goes on", async () => {
  const test = new TestMember();
  const refused = await test.run({ kind: "put", put: { key: text("a"), value: text(""), ignoreValue: true } });
  assert.deepEqual(refused, errors.keyNotFound());
  assert.deepEqual(await test.put("a", "1"), { revision: 2, prevKv: undefined });
  assert.equal(test.member.consensus.appliedIndex, 2);
});

Deno.test("Member.open() finds everything that was answered, stored or only logged", async () => {
  const storage = memory();
  const first = new TestMember(storage);
  for (let i = 0; i < 20; i++) await first.put(`key${i % 7}`, `value${i}`);
  await first.run({ kind: "deleteRange", deleteRange: { key: text("key1") } });
  const second = new TestMember(storage);
  assert.equal(second.member.keyspace.revision, 22);
  const query = { key: text("key"), rangeEnd: text("kez") };
  assert.deepEqual(await second.range(query), await first.range(query));
  assert.equal(second.member.consensus.appliedIndex, first.member.consensus.appliedIndex);
});

Deno.test("Member compacts in the background and answers a physical compaction when it is done", async () => {
  const storage = memory();
  const test = new TestMember(storage);
  for (let i = 0; i < 50; i++) await test.put("key", `value${i}`);
  const result = await test.run({ kind: "compact", compact: { revision: 51, physical: true } });
  assert.deepEqual(result, { revision: 51 });
  assert.equal(test.member.keyspace.isCompactionPending, false);
  assert.equal(storage.scanNumbered("history", { limit: 100 }).length, 1);
  const old = await test.run({ kind: "compact", compact: { revision: 50, physical: true } });
  assert.deepEqual(old, errors.compacted());
  assert.deepEqual(await test.range({ key: text("key"), revision: 50 }), errors.compacted());
});

Deno.test("Member answers a physical compaction when its removals are durable", async () => {
  const storage = memory();
  const calls: string[] = [];
  const { apply, sync } = storage;
  storage.apply = (batch) => {
    calls.push("apply");
    apply.call(storage, batch);
  };
  storage.sync = () => {
    calls.push("sync");
    return sync.call(storage);
  };
  const test = new TestMember(storage);
  for (let i = 0; i < 5; i++) await test.put("key", `value${i}`);
  await test.run({ kind: "compact", compact: { revision: 6, physical: true } });
  assert.equal(storage.scanNumbered("history", { limit: 100 }).length, 1);
  assert.equal(calls.at(-1), "sync");
});

Deno.test("Member.open() goes on with a compaction that a stop has interrupted", async () => {
  const storage = memory();
  const first = new TestMember(storage);
  for (let i = 0; i < 50; i++) await first.put("key", `value${i}`);
  await first.run({ kind: "compact", compact: { revision: 51, physical: false } });
  const second = new TestMember(storage);
  assert.equal(second.member.keyspace.isCompactionPending, true);
  await second.until(() => storage.scanNumbered("history", { limit: 100 }).length === 1);
});

Deno.test("MemberReads.rangeStream() rests while the reader takes no more", async () => {
  const test = new TestMember();
  for (let i = 0; i < 100; i++) await test.put(`key${String(i).padStart(3, "0")}`, "x".repeat(100));
  const chunks: RangeChunk[] = [];
  let finished = false;
  const resume = test.member.reads.rangeStream(
    { key: text("key"), rangeEnd: text("kez") },
    { serializable: false, chunkBytes: 1000 },
    {
      arrivalMs: 0,
      take: (chunk) => chunks.push(chunk) !== 2,
      finished: () => finished = true,
      failed: (error) => assert.fail(error),
      isGone: () => false,
    },
  );
  await test.until(() => chunks.length === 2);
  for (let turn = 0; turn < 5; turn++) test.clock.turn();
  assert.equal(chunks.length, 2);
  resume();
  await test.until(() => finished);
  assert.equal(chunks.flatMap((chunk) => [...chunk.records]).length, 100);
  assert.equal(chunks.at(-1)?.last?.count, 100);
});

Deno.test("Member refuses writes, still reads, and says so when storage fails", async () => {
  const random = seededRandom(1);
  const storage = faulty(memory(), { random, errors: [{ operation: "apply", fault: "noSpace", atCall: 2 }] });
  const test = new TestMember(storage);
  let changes = 0;
  const stop = test.member.health.onChange(() => changes++);
  await test.put("a", "1");
  assert.deepEqual(await test.put("b", "1"), errors.noSpace());
  assert.deepEqual(await test.put("c", "1"), errors.noSpace());
  const range = await test.range({ key: text("a"), rangeEnd: text("z") }) as RangeResult;
  assert.deepEqual(keysOf(range.kvs), ["a"]);
  assert.equal(test.member.health.isServing, false);
  assert.equal(changes, 1);
  assert.ok(test.logged.some((line) => line.includes("storage has failed")), test.logged.join());
  assert.deepEqual(test.fatal, [], "reads go on");
  await assert.rejects(test.member.reads.probe());
  stop();
});

const info = { id: 9n, name: "m", peerUrls: [], clientUrls: [], isLearner: false };

Deno.test("Member.storeEffects() makes durable what was changed beside the log", async () => {
  const storage = faulty(memory(), { random: seededRandom(1) });
  const test = new TestMember(storage);
  test.member.members.put(info);
  let stored = false;
  test.member.storeEffects().then(() => stored = true);
  await test.until(() => stored);
  storage.crash();
  const again = new TestMember(await storage.restart());
  assert.deepEqual(again.member.members.list(), [info]);
});

Deno.test("Member.storeEffects() fails when storage does, before, while or after it is written to", async () => {
  for (const operation of ["apply", "sync"] as const) {
    const storage = faulty(memory(), { random: seededRandom(1), errors: [{ operation, fault: "io", atCall: 1 }] });
    const test = new TestMember(storage);
    for (let round = 0; round < 2; round++) {
      let failure: unknown;
      test.member.members.put(info);
      test.member.storeEffects().catch((error) => failure = error);
      await test.until(() => failure !== undefined);
      assert.deepEqual(failure, errors.stopped());
      assert.equal(test.member.health.isServing, false);
    }
  }
});

Deno.test("Member ends when a stored row is damaged, and never answers with it", async () => {
  const storage = memory();
  const first = new TestMember(storage);
  await first.put("a", "1");
  await first.member.close();
  const test = new TestMember(storage);
  const corrupt = new StorageError("corrupt", 'Cannot read row 1 of "history": its checksum is wrong');
  storage.getNumberedMany = storage.getNumbered = () => {
    throw corrupt;
  };
  assert.deepEqual(await test.range({ key: text("a") }), errors.corrupt());
  assert.deepEqual(test.fatal, [corrupt]);
});

Deno.test("Member.close() fails what still waits and stops serving", async () => {
  const test = new TestMember();
  const waiting = new TestCommand({ kind: "put", put: { key: text("a"), value: text("1") } });
  test.member.propose(waiting);
  await test.member.close();
  assert.deepEqual(waiting.outcome, errors.stopped());
  assert.equal(test.member.health.isServing, false);
  assert.equal(test.clock.timerCount, 0);
});
