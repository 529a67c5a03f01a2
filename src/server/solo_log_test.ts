import assert from "node:assert/strict";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { errors, type EtcdError, Registry } from "../base/mod.ts";
import {
  entryHeaderBytes,
  type Logger,
  type Proposal,
  type StateMachine,
  type StorageAdapter,
  StorageError,
  type WriteBatch,
} from "../ports/mod.ts";
import { LogMetrics } from "./measure/metrics.ts";
import { runToEnd } from "./slices.ts";
import { SoloLog, type SoloLogOptions } from "./solo_log.ts";

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const appliedKey = new TextEncoder().encode("test/applied");

/** A command of one byte; the machine keeps the list of all that it applied. */
class TestProposal implements Proposal {
  readonly entry: Uint8Array;
  outcome: "waits" | "applied" | EtcdError = "waits";
  constructor(command: number, sizeBytes = 1) {
    this.entry = new Uint8Array(entryHeaderBytes + sizeBytes);
    this.entry[entryHeaderBytes] = command;
  }
  failed(error: EtcdError): void {
    assert.equal(this.outcome, "waits");
    this.outcome = error;
  }
}

class TestMachine implements StateMachine<TestProposal> {
  applied: number[] = [];
  /** Numbers of entries that were applied one after another. */
  readonly runs: number[] = [];
  #open = 0;
  #stored: number | undefined;
  #taken = false;
  #index = 0;
  constructor(readonly storage: StorageAdapter) {
    this.applied = [...(storage.getNamed("meta", appliedKey) ?? [])];
    this.#index = this.applied.length;
  }
  get storedIndex(): number {
    return this.#index;
  }
  apply(index: number, entry: Uint8Array, proposal: TestProposal | undefined): void {
    assert.equal(index, this.applied.length + 1);
    this.applied.push(entry[entryHeaderBytes]);
    this.#open++;
    if (proposal !== undefined) proposal.outcome = "applied";
  }
  endRun(): void {
    this.runs.push(this.#open);
    this.#open = 0;
  }
  takeEffects(batch: WriteBatch): void {
    assert.equal(this.#taken, false, "effects were taken again before those taken were stored");
    this.#taken = true;
    if (this.#stored === this.applied.length) return;
    this.#stored = this.applied.length;
    batch.putNamed("meta", appliedKey, Uint8Array.from(this.applied));
  }
  effectsStored(): void {
    this.#taken = false;
  }
}

/** Lets a test decide when, and whether, a sync ends. */
class GatedStorage {
  waiting: { resolve(): void; reject(error: Error): void }[] = [];
  readonly adapter: StorageAdapter;
  constructor(inner: StorageAdapter) {
    this.adapter = new Proxy(inner, {
      get: (target, property) => {
        if (property === "sync") {
          return () => new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }));
        }
        const value = Reflect.get(target, property);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function setUp(options: Partial<SoloLogOptions> = {}, inner: StorageAdapter = memory()) {
  const gate = new GatedStorage(inner);
  const clock = new ManualClock();
  const machine = new TestMachine(gate.adapter);
  const faults: unknown[] = [];
  const failed: TestProposal[] = [];
  const metrics = new LogMetrics(new Registry());
  const log = runToEnd(
    SoloLog.open<TestProposal>(
      {
        storage: gate.adapter,
        machine,
        clock,
        logger: quiet,
        metrics,
        onFailed: (proposal) => failed.push(proposal),
        onFault: (error) => faults.push(error),
      },
      { memberId: 7n },
      options,
    ),
  );
  return { inner, gate, clock, machine, log, faults, failed, metrics };
}

Deno.test("SoloLog.propose() applies nothing before the sync that covers it has ended", async () => {
  const { gate, clock, machine, log } = setUp();
  const first = new TestProposal(1);
  log.propose(first);
  clock.turn();
  await settle();
  assert.equal(gate.waiting.length, 1);
  assert.deepEqual(machine.applied, []);
  assert.equal(first.outcome, "waits");
  gate.waiting.shift()!.resolve();
  await settle();
  assert.deepEqual(machine.applied, [1]);
  assert.equal(first.outcome, "applied");
  assert.equal(log.appliedIndex, 1);
});

Deno.test("SoloLog measures writes, syncs and failures, and tells the machine where a run of entries ends", async () => {
  const { gate, clock, machine, log, failed, metrics } = setUp({ requestTimeoutMs: 100 });
  assert.equal(metrics.leaderChanges.value, 1);
  for (const command of [1, 2]) log.propose(new TestProposal(command));
  clock.turn();
  await settle();
  clock.advance(30);
  gate.waiting.shift()!.resolve();
  await settle();
  assert.deepEqual(machine.runs, [0, 2]);
  assert.equal(metrics.writeSeconds.count, 1);
  assert.equal(metrics.writtenBytes.value, 2 * (entryHeaderBytes + 1));
  assert.equal(metrics.syncSeconds.count, 1);
  assert.equal(metrics.syncSeconds.sum, 0.03);
  assert.equal(metrics.commitSeconds.count, 1);
  clock.advance(20); // what was applied is stored without an entry
  assert.equal(metrics.commitSeconds.count, 2);
  assert.equal(metrics.writeSeconds.count, 1);

  const late = new TestProposal(3);
  log.propose(late);
  clock.turn();
  await settle();
  clock.advance(250);
  assert.deepEqual(failed, [late]);
  assert.equal(metrics.proposalsFailed.value, 1);
  gate.waiting.shift()!.resolve();
  await settle();
});

Deno.test("SoloLog.propose() gathers what arrives during a sync into the next batch", async () => {
  const { gate, machine, log } = setUp();
  log.propose(new TestProposal(1));
  await settle();
  for (let command = 2; command <= 5; command++) log.propose(new TestProposal(command));
  await settle();
  gate.waiting.shift()!.resolve();
  await settle();
  assert.equal(gate.waiting.length, 1, "one sync for the four that waited");
  gate.waiting.shift()!.resolve();
  await settle();
  assert.deepEqual(machine.applied, [1, 2, 3, 4, 5]);
});

Deno.test("SoloLog.propose() gathers what arrives at once into one batch, without a turn of the clock", async () => {
  const { gate, machine, log } = setUp();
  for (let command = 1; command <= 3; command++) log.propose(new TestProposal(command));
  await settle();
  assert.equal(gate.waiting.length, 1);
  gate.waiting.shift()!.resolve();
  await settle();
  assert.deepEqual(machine.applied, [1, 2, 3]);
});

Deno.test("SoloLog looks for input before a batch that would be small beside the last one", async () => {
  const { gate, clock, machine, log } = setUp();
  for (let command = 1; command <= 3; command++) log.propose(new TestProposal(command));
  await settle();
  log.propose(new TestProposal(4));
  gate.waiting.shift()!.resolve();
  await settle();
  assert.deepEqual(machine.applied, [1, 2, 3], "what is durable does not wait");
  assert.equal(gate.waiting.length, 0);
  log.propose(new TestProposal(5));
  await settle();
  clock.turn();
  await settle();
  assert.equal(gate.waiting.length, 1, "one sync for both");
  gate.waiting.shift()!.resolve();
  await settle();
  assert.deepEqual(machine.applied, [1, 2, 3, 4, 5]);
});

Deno.test("SoloLog.close() while it looks for input fails what waits and stores what was applied", async () => {
  const { gate, clock, machine, log, inner } = setUp();
  for (let command = 1; command <= 2; command++) log.propose(new TestProposal(command));
  await settle();
  const waiting = new TestProposal(3);
  log.propose(waiting);
  gate.waiting.shift()!.resolve();
  await settle();
  const closed = log.close();
  assert.equal((waiting.outcome as EtcdError).message, errors.stopped().message);
  clock.turn();
  await settle();
  gate.waiting.shift()!.resolve();
  await closed;
  assert.deepEqual(machine.applied, [1, 2]);
  assert.deepEqual([...inner.getNamed("meta", appliedKey)!], [1, 2]);
});

Deno.test("SoloLog.propose() bounds a batch by entries and by bytes", async () => {
  const { gate, clock, machine, log } = setUp({ batchEntriesMax: 2, batchBytesMax: 100 });
  log.propose(new TestProposal(1));
  log.propose(new TestProposal(2));
  log.propose(new TestProposal(3, 80));
  log.propose(new TestProposal(4, 80));
  clock.turn();
  for (const expected of [[1, 2], [1, 2, 3], [1, 2, 3, 4]]) {
    await settle();
    gate.waiting.shift()!.resolve();
    await settle();
    assert.deepEqual(machine.applied, expected);
  }
});

Deno.test("SoloLog.propose() refuses what exceeds the bytes that may wait", () => {
  const { log } = setUp({ pendingBytesMax: 100 });
  log.propose(new TestProposal(1, 60));
  const second = new TestProposal(2, 60);
  log.propose(second);
  assert.deepEqual(second.outcome, errors.requestTooManyRequests());
});

Deno.test("SoloLog.open() applies again what was committed after the stored effects", async () => {
  const { inner, gate, clock, log } = setUp({ effectsLagBytesMax: 0 });
  for (const command of [1, 2, 3]) {
    log.propose(new TestProposal(command));
    clock.turn();
    await settle();
    gate.waiting.shift()!.resolve();
    await settle();
  }
  const reopened = setUp({}, inner);
  assert.deepEqual([...inner.getNamed("meta", appliedKey)!], [1, 2], "the third is only in the log");
  assert.deepEqual(reopened.machine.applied, [1, 2, 3]);
  assert.equal(reopened.log.appliedIndex, 3);
  assert.equal(reopened.log.term, 3, "a term of its own for every start");
});

Deno.test("SoloLog takes effects along that have waited since before it was opened", async () => {
  const first = setUp();
  first.log.propose(new TestProposal(1));
  await settle();
  first.gate.waiting.shift()!.resolve();
  await settle();
  assert.equal(first.inner.getNamed("meta", appliedKey), undefined, "only in the log");
  const reopened = setUp({ effectsLagBytesMax: 0 }, first.inner);
  reopened.log.propose(new TestProposal(2));
  await settle();
  assert.deepEqual([...first.inner.getNamed("meta", appliedKey)!], [1]);
});

Deno.test("SoloLog lets effects of few bytes wait in the log, and takes them along when they are more", async () => {
  const { inner, gate, clock, log } = setUp({ effectsLagBytesMax: 30 });
  const put = async (command: number) => {
    log.propose(new TestProposal(command, 12));
    clock.turn();
    await settle();
    gate.waiting.shift()!.resolve();
    await settle();
  };
  const entries = () => inner.scanNumbered("log", { limit: 10 }).map(({ key }) => key);
  await put(1);
  await put(2);
  assert.equal(inner.getNamed("meta", appliedKey), undefined, "20 bytes may wait");
  assert.deepEqual(entries(), [1, 2]);
  const reopened = setUp({}, inner);
  assert.deepEqual(reopened.machine.applied, [1, 2]);
  await put(3);
  assert.deepEqual([...inner.getNamed("meta", appliedKey)!], [1, 2], "40 bytes may not");
  assert.deepEqual(entries(), [3]);
  log.storeEffects(() => {});
  await put(4);
  assert.deepEqual([...inner.getNamed("meta", appliedKey)!], [1, 2, 3], "nor may effects that somebody waits for");
  assert.deepEqual(entries(), [4]);
});

Deno.test("SoloLog stores the effects of an idle machine and removes their entries", async () => {
  const { inner, gate, clock, log } = setUp({ idleStoreDelayMs: 20 });
  log.propose(new TestProposal(1));
  clock.turn();
  await settle();
  gate.waiting.shift()!.resolve();
  await settle();
  assert.equal(inner.scanNumbered("log", { limit: 10 }).length, 1);
  clock.advance(20);
  assert.equal(inner.scanNumbered("log", { limit: 10 }).length, 0);
  assert.deepEqual([...inner.getNamed("meta", appliedKey)!], [1]);
  assert.equal(gate.waiting.length, 0, "without a sync: the log had it");
});

Deno.test("SoloLog.storeEffects() stores without a sync, calls back, and lets proposals go on", async () => {
  const { inner, gate, clock, machine, log } = setUp();
  let stored = 0;
  log.storeEffects(() => stored++);
  clock.turn();
  await settle();
  assert.equal(stored, 1);
  assert.equal(gate.waiting.length, 0);
  log.storeEffects(() => stored++);
  log.propose(new TestProposal(1));
  clock.turn();
  await settle();
  assert.equal(stored, 2);
  gate.waiting.shift()!.resolve();
  await settle();
  assert.deepEqual(machine.applied, [1]);
  assert.equal(inner.scanNumbered("log", { limit: 10 }).length, 1);
});

Deno.test("SoloLog fails everything, and goes on failing, after storage has failed", async () => {
  const { gate, clock, machine, log, faults } = setUp();
  const [first, second, third] = [new TestProposal(1), new TestProposal(2), new TestProposal(3)];
  log.propose(first);
  clock.turn();
  await settle();
  log.propose(second);
  const cause = new StorageError("io", "Cannot sync: the disk is gone");
  gate.waiting.shift()!.reject(cause);
  await settle();
  log.propose(third);
  for (const { outcome } of [first, second, third]) assert.deepEqual(outcome, errors.stopped());
  assert.deepEqual(faults, [cause]);
  assert.deepEqual(machine.applied, []);
});

Deno.test("SoloLog tells that space has run out with etcd's error", async () => {
  const inner = memory();
  const { clock, log } = setUp({}, inner);
  inner.apply = () => {
    throw new StorageError("noSpace", "Cannot write: the disk is full");
  };
  const proposal = new TestProposal(1);
  log.propose(proposal);
  clock.turn();
  await settle();
  assert.deepEqual(proposal.outcome, errors.noSpace());
});

Deno.test("SoloLog ends the wait of proposals when storage takes too long, and still applies them", async () => {
  const { gate, clock, machine, log } = setUp({ requestTimeoutMs: 100 });
  const [first, second] = [new TestProposal(1), new TestProposal(2)];
  log.propose(first);
  clock.turn();
  await settle();
  log.propose(second);
  clock.advance(150);
  clock.advance(100);
  assert.deepEqual(first.outcome, errors.timeout());
  assert.deepEqual(second.outcome, errors.timeout());
  gate.waiting.shift()!.resolve();
  await settle();
  assert.deepEqual(machine.applied, [1]);
});

Deno.test("SoloLog.close() stores the effects, syncs, and leaves no timer", async () => {
  const { inner, gate, clock, log } = setUp();
  const [first, second] = [new TestProposal(1), new TestProposal(2)];
  log.propose(first);
  clock.turn();
  await settle();
  log.propose(second);
  const closed = log.close();
  assert.deepEqual(second.outcome, errors.stopped());
  gate.waiting.shift()!.resolve();
  await settle();
  assert.equal(first.outcome, "applied");
  gate.waiting.shift()!.resolve();
  await closed;
  assert.deepEqual([...inner.getNamed("meta", appliedKey)!], [1]);
  assert.equal(clock.timerCount, 0);
});

Deno.test("SoloLog.storeEffects() without proposals leaves the way free for those that follow", async () => {
  const { gate, clock, log } = setUp();
  let stored = 0;
  log.storeEffects(() => stored++);
  clock.turn();
  await settle();
  assert.equal(stored, 1);
  const proposal = new TestProposal(1);
  log.propose(proposal);
  clock.turn();
  await settle();
  gate.waiting.shift()!.resolve();
  await settle();
  assert.equal(proposal.outcome, "applied");
});

Deno.test("SoloLog.storeEffects() again and again with nothing to store calls back each time", async () => {
  const { clock, log, faults } = setUp();
  let stored = 0;
  for (let time = 1; time <= 3; time++) {
    log.storeEffects(() => stored++);
    clock.turn();
    await settle();
    assert.equal(stored, time);
  }
  assert.deepEqual(faults, []);
});
