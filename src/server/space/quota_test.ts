import assert from "node:assert/strict";
import { memory } from "../../../storage_adapters/memory/mod.ts";
import { errors, type EtcdError, Registry } from "../../base/mod.ts";
import type { RequestOp } from "../../mvcc/mod.ts";
import { AlarmAction, AlarmBook, type AlarmOp, AlarmType } from "./alarms.ts";
import type { ClientCommand, Command } from "../command.ts";
import { commandCost, Quota, type QuotaOptions } from "./quota.ts";

const memberId = 0x31n;

function putOf(valueBytes: number): Extract<Command, { kind: "put" }> {
  return { kind: "put", put: { key: new Uint8Array(4), value: new Uint8Array(valueBytes) } };
}

/** A quota whose alarm commands are applied when the test says so. */
class TestQuota {
  used = 0;
  readonly warnings: string[] = [];
  readonly alarms = new AlarmBook(memory(), new Registry());
  readonly registry = new Registry();
  readonly quota: Quota;
  #agreed: (() => void)[] = [];

  constructor(options: QuotaOptions) {
    const { alarms, registry } = this;
    this.quota = new Quota({
      memberId,
      alarms,
      registry,
      logger: { debug() {}, info() {}, error() {}, warn: (message) => this.warnings.push(message) },
      usedBytes: () => this.used,
      proposeAlarm: (op, settled) =>
        this.#agreed.push(() => {
          alarms.apply(op);
          settled();
        }),
    }, options);
    this.quota.open();
  }

  get isRaised(): boolean {
    return this.alarms.has(memberId, AlarmType.noSpace);
  }

  get proposed(): number {
    return this.#agreed.length;
  }

  /** Applies the alarm commands that were proposed. */
  agree(): void {
    for (const apply of this.#agreed.splice(0)) apply();
  }

  /** Raises or takes back an alarm as a client does. */
  request(op: Partial<AlarmOp>): void {
    this.alarms.apply({ action: AlarmAction.activate, memberId, alarm: AlarmType.noSpace, byQuota: false, ...op });
  }

  /** Whether it is admitted, or the error that it heard. */
  admit(command: Command = putOf(100)): { admitted: boolean; failed?: EtcdError } {
    const outcome: { admitted: boolean; failed?: EtcdError } = { admitted: false };
    const waiting: ClientCommand = {
      command,
      entry: new Uint8Array(0),
      arrivalMs: 0,
      answer() {},
      failed: (error) => outcome.failed = error,
    };
    outcome.admitted = this.quota.admits(waiting);
    return outcome;
  }
}

Deno.test("commandCost() is etcd's: 256 and its bytes for a put, 64 for a lease, a txn's dearer branch", () => {
  const put = (bytes: number): RequestOp => putOf(bytes);
  const txn = (success: RequestOp[], failure: RequestOp[]) => ({
    kind: "txn" as const,
    txn: { compare: [], success, failure },
  });
  assert.equal(commandCost(putOf(100)), 360);
  assert.equal(commandCost({ kind: "leaseGrant" }), 64);
  assert.equal(commandCost({ kind: "leaseRevoke" }), 0);
  assert.equal(commandCost({ kind: "deleteRange", deleteRange: { key: new Uint8Array(9) } } as Command), 0);
  assert.equal(commandCost(txn([put(0), put(0)], [put(600)])), 860);
  assert.equal(commandCost(txn([txn([put(0)], [put(1)])], [])), 261);
  assert.equal(commandCost(txn([{ kind: "deleteRange", deleteRange: { key: new Uint8Array(9) } }], [])), 0);
});

Deno.test("Quota takes 0 for 2 GiB and a negative number for none", () => {
  const none = new TestQuota({ quotaBackendBytes: -5 });
  none.used = 1e15;
  assert.equal(none.admit().admitted, true);
  assert.equal(none.quota.configuredBytes, -5);
  assert.equal(none.quota.warning, undefined);
  const standard = new TestQuota({ quotaBackendBytes: 0 });
  assert.equal(standard.quota.limitBytes, 2 ** 31);
  standard.used = 2 ** 31 - 361;
  assert.equal(standard.admit().admitted, true);
  const value = (test: TestQuota) => {
    const family = test.registry.collect().find(({ name }) => name === "etcd_server_quota_backend_bytes")!;
    return ([...family.children()][0].metric as { value: number }).value;
  };
  assert.equal(value(none), -5);
  assert.equal(value(standard), 2 ** 31);
});

Deno.test("Quota.admits() refuses what would reach the quota, once the alarm is raised", () => {
  const test = new TestQuota({ quotaBackendBytes: 1000 });
  test.used = 640;
  const first = test.admit();
  assert.deepEqual(first, { admitted: false });
  assert.deepEqual(test.admit(), { admitted: false, failed: errors.noSpace() });
  assert.equal(test.proposed, 1);
  test.agree();
  assert.deepEqual(first.failed, errors.noSpace());
  assert.equal(test.isRaised, true);
  assert.deepEqual(test.admit(), { admitted: false, failed: errors.noSpace() });
  assert.equal(test.proposed, 0);
  assert.equal(test.admit({ kind: "compact", compact: { revision: 1, physical: false } }).admitted, true);
  test.used = 639;
  assert.equal(test.admit().admitted, true);
});

Deno.test("Quota.admits() counts what is under way until it is settled", () => {
  const test = new TestQuota({ quotaBackendBytes: 1000 });
  assert.equal(test.admit().admitted, true);
  assert.equal(test.admit().admitted, true);
  assert.equal(test.admit().admitted, false);
  test.quota.settle(putOf(100));
  assert.equal(test.admit().admitted, true);
});

Deno.test("Quota.look() takes back its own alarm below 90%, once", () => {
  const test = new TestQuota({ quotaBackendBytes: 1000 });
  test.used = 999;
  test.admit();
  test.agree();
  test.used = 900;
  test.quota.look();
  assert.equal(test.proposed, 0);
  test.used = 899;
  test.quota.look();
  test.quota.look();
  assert.equal(test.proposed, 1);
  test.agree();
  assert.equal(test.isRaised, false);
  test.quota.look();
  assert.equal(test.proposed, 0);
});

Deno.test("Quota.look() leaves alone what an operator has raised, and every alarm that is to be disarmed by hand", () => {
  const raised = new TestQuota({ quotaBackendBytes: 1000 });
  raised.request({});
  raised.quota.look();
  assert.equal(raised.proposed, 0);
  const manual = new TestQuota({ quotaBackendBytes: 1000, manualDisarm: true });
  manual.used = 999;
  manual.admit();
  manual.agree();
  manual.used = 0;
  manual.quota.look();
  assert.equal(manual.proposed, 0);
  assert.equal(manual.isRaised, true);
});

Deno.test("Quota raises the alarm again when a client has disarmed it without making room", () => {
  const test = new TestQuota({ quotaBackendBytes: 1000 });
  test.used = 999;
  test.admit();
  test.agree();
  test.request({ action: AlarmAction.deactivate });
  assert.equal(test.isRaised, false);
  test.admit();
  test.agree();
  assert.equal(test.isRaised, true);
});

Deno.test("Quota.look() warns once for each time that use reaches 80%", () => {
  const test = new TestQuota({ quotaBackendBytes: 1000 });
  const look = (used: number) => {
    test.used = used;
    test.quota.look();
    return [test.warnings.length, test.quota.warning];
  };
  const text = (percent: number) => `etcdserver: database space is at ${percent}% of the quota of 1000 bytes`;
  assert.deepEqual(look(799), [0, undefined]);
  assert.deepEqual(look(800), [1, text(80)]);
  assert.deepEqual(look(950), [1, text(95)]);
  assert.deepEqual(look(500), [1, undefined]);
  assert.deepEqual(look(1200), [2, text(120)]);
});
