import assert from "node:assert/strict";
import { memory } from "../../../storage_adapters/memory/mod.ts";
import { errors, Registry } from "../../base/mod.ts";
import type { RequestOp, TxnOp } from "../../mvcc/mod.ts";
import { type StorageAdapter, WriteBatch } from "../../ports/mod.ts";
import {
  AlarmAction,
  AlarmBook,
  type AlarmOp,
  alarmsMax,
  alarmText,
  AlarmType,
  decodeAlarmOp,
  encodeAlarmOp,
} from "./alarms.ts";

const bytes = new Uint8Array(1);
const me = 2n ** 64n - 1n;
const put: RequestOp = { kind: "put", put: { key: bytes, value: bytes } };
const remove: RequestOp = { kind: "deleteRange", deleteRange: { key: bytes } };

function txn(success: RequestOp[], failure: RequestOp[] = []): { kind: "txn"; txn: TxnOp } {
  return { kind: "txn", txn: { compare: [], success, failure } };
}

function op(action: number, alarm: number, memberId = me, byQuota = false): AlarmOp {
  return { action, alarm, memberId, byQuota };
}

function book(storage: StorageAdapter = memory(), registry = new Registry()): AlarmBook {
  return new AlarmBook(storage, registry);
}

Deno.test("decodeAlarmOp() gives back what encodeAlarmOp() was given, odd numbers too", () => {
  for (const each of [op(1, 2), op(-1, -(2 ** 31), 0n), op(2, 1, me, true)]) {
    assert.deepEqual(decodeAlarmOp(encodeAlarmOp(each)), each);
  }
});

Deno.test("AlarmBook.apply() raises, lists and takes back, each alarm of each member once", () => {
  const alarms = book();
  const noSpace = { memberId: me, alarm: AlarmType.noSpace, byQuota: false };
  assert.deepEqual(alarms.apply(op(AlarmAction.activate, AlarmType.noSpace)), [noSpace]);
  assert.deepEqual(alarms.apply(op(AlarmAction.activate, AlarmType.noSpace)), [noSpace]);
  alarms.apply(op(AlarmAction.activate, 7, 0n));
  assert.deepEqual(alarms.apply(op(AlarmAction.get, AlarmType.none)).map(({ alarm }) => alarm), [1, 7]);
  assert.deepEqual(alarms.apply(op(AlarmAction.get, 7)).map(({ memberId }) => memberId), [0n]);
  assert.deepEqual(alarms.apply(op(AlarmAction.deactivate, AlarmType.noSpace, 5n)), []);
  assert.deepEqual(alarms.apply(op(AlarmAction.deactivate, AlarmType.none)), []);
  assert.deepEqual(alarms.apply(op(AlarmAction.deactivate, AlarmType.noSpace)), [noSpace]);
  assert.deepEqual(alarms.list(AlarmType.noSpace), []);
});

Deno.test("AlarmBook.apply() raises nothing for NONE and does nothing for an unknown action", () => {
  const alarms = book();
  assert.deepEqual(alarms.apply(op(AlarmAction.activate, AlarmType.none)), []);
  assert.deepEqual(alarms.apply(op(3, AlarmType.corrupt)), []);
  assert.deepEqual(alarms.list(AlarmType.none), []);
});

Deno.test("AlarmBook.apply() refuses alarms beyond its bound, and those that are raised stay", () => {
  const alarms = book();
  for (let id = 0; id < alarmsMax; id++) alarms.apply(op(AlarmAction.activate, 1, BigInt(id)));
  assert.throws(() => alarms.apply(op(AlarmAction.activate, 1)), errors.requestTooManyRequests());
  assert.equal(alarms.apply(op(AlarmAction.activate, 1, 5n)).length, 1);
  assert.equal(alarms.list(1).length, alarmsMax);
});

Deno.test("AlarmBook finds in storage what its effects have put there", () => {
  const storage = memory();
  const store = (alarms: AlarmBook) => {
    const batch = new WriteBatch();
    alarms.takeEffects(batch);
    storage.apply(batch);
  };
  const first = book(storage);
  first.apply(op(AlarmAction.activate, AlarmType.noSpace, me, true));
  first.apply(op(AlarmAction.activate, -3, 9n));
  first.apply(op(AlarmAction.activate, AlarmType.corrupt));
  store(first);
  first.apply(op(AlarmAction.deactivate, AlarmType.corrupt));
  store(first);
  const registry = new Registry();
  const second = book(storage, registry);
  assert.deepEqual(second.list(AlarmType.none), first.list(AlarmType.none));
  assert.equal(second.isByQuota(me, AlarmType.noSpace), true);
  assert.equal(second.isByQuota(9n, -3), false);
  const [family] = registry.collect();
  assert.deepEqual(
    [...family.children()].map(({ labelValues }) => labelValues.join()).sort(),
    ["9,-3", "ffffffffffffffff,NOSPACE"],
  );
});

Deno.test("AlarmBook.refusal() refuses under NOSPACE what adds data, under CORRUPT every change", () => {
  const alarms = book();
  const adding = [{ kind: "put" }, { kind: "leaseGrant" }, txn([put]), txn([], [put]), txn([txn([], [put])])];
  const others = [{ kind: "deleteRange" }, txn([remove]), txn([txn([remove])]), { kind: "compact" }, {
    kind: "leaseRevoke",
  }, { kind: "leaseExpire" }];
  const free = [{ kind: "alarm" }, { kind: "leaseRenew" }];
  for (const command of [...adding, ...others, ...free]) assert.equal(alarms.refusal(command), undefined);
  alarms.apply(op(AlarmAction.activate, AlarmType.noSpace, 77n));
  for (const command of adding) assert.deepEqual(alarms.refusal(command), errors.noSpace());
  for (const command of [...others, ...free]) assert.equal(alarms.refusal(command), undefined);
  alarms.apply(op(AlarmAction.activate, AlarmType.corrupt, 78n));
  for (const command of [...adding, ...others]) assert.deepEqual(alarms.refusal(command), errors.corrupt());
  for (const command of free) assert.equal(alarms.refusal(command), undefined);
  alarms.apply(op(AlarmAction.deactivate, AlarmType.noSpace, 77n));
  alarms.apply(op(AlarmAction.deactivate, AlarmType.corrupt, 78n));
  for (const command of adding) assert.equal(alarms.refusal(command), undefined);
});

Deno.test("alarmText() leaves out what is zero, as protobuf's text form does", () => {
  assert.equal(alarmText({ memberId: me, alarm: 1 }), "memberID:18446744073709551615  alarm:NOSPACE");
  assert.equal(alarmText({ memberId: 0n, alarm: 2 }), "alarm:CORRUPT");
  assert.equal(alarmText({ memberId: 4n, alarm: 9 }), "memberID:4  alarm:9");
});
