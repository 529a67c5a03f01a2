import { errors, type EtcdError, type Family, type Gauge, type Registry } from "../../base/mod.ts";
import { formatId } from "../../membership/mod.ts";
import type { TxnOp } from "../../mvcc/mod.ts";
import type { StorageAdapter, WriteBatch } from "../../ports/mod.ts";

/** `etcdserverpb.AlarmType`. Requests may name other numbers too, which are kept as they are. */
export const AlarmType = { none: 0, noSpace: 1, corrupt: 2 } as const;

/** `etcdserverpb.AlarmRequest.AlarmAction`. */
export const AlarmAction = { get: 0, activate: 1, deactivate: 2 } as const;

/** An alarm of one member, as `etcdserverpb.AlarmMember`. */
export interface AlarmMember {
  /** Any unsigned 64-bit number: also of a member that does not exist, as in etcd. */
  readonly memberId: bigint;
  /** One of {@link AlarmType}, or any other signed 32-bit number. */
  readonly alarm: number;
}

/** What an `Alarm` request asks for. */
export interface AlarmOp extends AlarmMember {
  /** One of {@link AlarmAction}. */
  readonly action: number;
  /** Whether the member's own quota asks for it, and will take it back. */
  readonly byQuota: boolean;
}

/** The answer to an {@link AlarmOp}. */
export interface AlarmResult {
  /** The newest revision. */
  revision: number;
  /** What was found, raised or taken back. */
  alarms: readonly AlarmMember[];
}

/** Alarms that can be raised at the same time. Clients may raise any, so there must be an end. */
export const alarmsMax = 1024;

const opBytes = 17;

/** An alarm command as it stands in an entry, behind its code. The form is stored: it never changes. */
export function encodeAlarmOp(op: AlarmOp): Uint8Array {
  const bytes = new Uint8Array(opBytes);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, op.action);
  view.setInt32(4, op.alarm);
  view.setBigUint64(8, op.memberId);
  view.setUint8(16, op.byQuota ? 1 : 0);
  return bytes;
}

/** Reads what {@link encodeAlarmOp} has written. */
export function decodeAlarmOp(bytes: Uint8Array): AlarmOp {
  const view = new DataView(bytes.buffer, bytes.byteOffset, opBytes);
  return {
    action: view.getInt32(0),
    alarm: view.getInt32(4),
    memberId: view.getBigUint64(8),
    byQuota: view.getUint8(16) === 1,
  };
}

/** An alarm type as etcd writes it. */
export function alarmName(alarm: number): string {
  return ["NONE", "NOSPACE", "CORRUPT"][alarm] ?? String(alarm);
}

/** An alarm as etcd words it in `StatusResponse.errors`: protobuf's text form, which leaves out what is zero. */
export function alarmText({ memberId, alarm }: AlarmMember): string {
  return [
    ...(memberId === 0n ? [] : [`memberID:${memberId}`]),
    ...(alarm === AlarmType.none ? [] : [`alarm:${alarmName(alarm)}`]),
  ].join("  ");
}

/** Commands of these kinds are refused while NOSPACE is raised, beside transactions that put. */
const cappedKinds: ReadonlySet<string> = new Set(["put", "leaseGrant"]);
/** Commands of these kinds are refused while CORRUPT is raised. */
const corruptKinds: ReadonlySet<string> = new Set([
  "put",
  "deleteRange",
  "txn",
  "compact",
  "leaseGrant",
  "leaseRevoke",
  "leaseExpire",
]);

interface Raised extends AlarmMember {
  readonly byQuota: boolean;
}

/** What an {@link AlarmBook} asks to know of a command. */
type AnyCommand = { kind: string; txn?: TxnOp };

/**
 * The cluster's alarms: applied from the log, stored in the bucket "alarm". What they forbid is what etcd's capped and corrupt appliers
 * forbid (`etcdserver/apply`).
 */
export class AlarmBook {
  /** In the order of their rows' keys. */
  #raised: readonly Raised[];
  #noSpace = false;
  #corrupt = false;
  /** Rows that differ from storage; undefined where one is gone. */
  readonly #changes = new Map<string, Raised | undefined>();
  readonly #gauges: Family<Gauge>;

  /** The alarms that are in storage. */
  constructor(storage: StorageAdapter, registry: Registry) {
    this.#raised = storage.scanNamed("alarm", { limit: alarmsMax }).map(readRow).sort(byKey);
    this.#gauges = registry.gauges("etcd_debugging_server_alarms", {
      help:
        "Alarms for every member in cluster. 1 for 'server_id' label with current ID. 2 for 'alarm_type' label with type of this alarm",
      labelNames: ["server_id", "alarm_type"],
    });
    for (const raised of this.#raised) this.#gauge(raised).set(1);
    this.#note();
  }

  /** Whether this alarm is raised. */
  has(memberId: bigint, alarm: number): boolean {
    return this.#find({ memberId, alarm }) !== undefined;
  }

  /** Whether this alarm is raised, and was by the member's quota rather than by a client. */
  isByQuota(memberId: bigint, alarm: number): boolean {
    return this.#find({ memberId, alarm })?.byQuota === true;
  }

  /** All alarms of a type, or of all types for `AlarmType.none`; by type and member. */
  list(alarm: number): readonly AlarmMember[] {
    return alarm === AlarmType.none ? this.#raised : this.#raised.filter((each) => each.alarm === alarm);
  }

  /** The error that a raised alarm answers a command with; undefined where none forbids it. */
  refusal(command: AnyCommand): EtcdError | undefined {
    if (this.#corrupt && corruptKinds.has(command.kind)) return errors.corrupt();
    if (!this.#noSpace) return undefined;
    if (cappedKinds.has(command.kind)) return errors.noSpace();
    return command.txn !== undefined && puts(command.txn) ? errors.noSpace() : undefined;
  }

  /**
   * Carries out an alarm command. An action that is not known changes nothing.
   *
   * @throws EtcdError `requestTooManyRequests` for an alarm beyond {@link alarmsMax}
   */
  apply(op: AlarmOp): readonly AlarmMember[] {
    const found = this.#find(op);
    switch (op.action) {
      case AlarmAction.get:
        return this.list(op.alarm);
      case AlarmAction.activate: {
        if (op.alarm === AlarmType.none) return [];
        const raised = found ?? { memberId: op.memberId, alarm: op.alarm, byQuota: op.byQuota };
        if (found === undefined && this.#raised.length >= alarmsMax) throw errors.requestTooManyRequests();
        if (found === undefined) this.#change(raised, raised);
        this.#gauge(op).set(1);
        return [raised];
      }
      case AlarmAction.deactivate:
        if (found === undefined) return [];
        this.#change(found, undefined);
        this.#gauge(op).set(0);
        return [found];
      default:
        return [];
    }
  }

  /** Puts what has changed since the last call into a batch. */
  takeEffects(batch: WriteBatch): void {
    for (const [key, raised] of this.#changes) {
      const bytes = Uint8Array.fromHex(key);
      if (raised === undefined) batch.deleteNamed("alarm", bytes);
      else batch.putNamed("alarm", bytes, Uint8Array.of(raised.byQuota ? 1 : 0));
    }
    this.#changes.clear();
  }

  #find({ memberId, alarm }: AlarmMember): Raised | undefined {
    return this.#raised.find((each) => each.memberId === memberId && each.alarm === alarm);
  }

  #gauge({ memberId, alarm }: AlarmMember): Gauge {
    return this.#gauges.labels(formatId(memberId), alarmName(alarm));
  }

  #change(which: AlarmMember, raised: Raised | undefined): void {
    const others = this.#raised.filter((each) => each.memberId !== which.memberId || each.alarm !== which.alarm);
    this.#raised = raised === undefined ? others : [...others, raised].sort(byKey);
    this.#changes.set(rowKey(which).toHex(), raised);
    this.#note();
  }

  #note(): void {
    this.#noSpace = this.#raised.some(({ alarm }) => alarm === AlarmType.noSpace);
    this.#corrupt = this.#raised.some(({ alarm }) => alarm === AlarmType.corrupt);
  }
}

/** Whether a transaction has a put in any branch; those count even where its conditions choose the other one, as in etcd. */
function puts(txn: TxnOp): boolean {
  return [txn.success, txn.failure].some((ops) =>
    ops.some((op) => op.kind === "put" || op.kind === "txn" && puts(op.txn))
  );
}

function rowKey({ memberId, alarm }: AlarmMember): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, alarm);
  view.setBigUint64(4, memberId);
  return bytes;
}

function readRow({ key, value }: { key: Uint8Array; value: Uint8Array }): Raised {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  return { alarm: view.getInt32(0), memberId: view.getBigUint64(4), byQuota: value[0] === 1 };
}

function byKey(a: AlarmMember, b: AlarmMember): number {
  if (a.alarm !== b.alarm) return a.alarm - b.alarm;
  return a.memberId < b.memberId ? -1 : 1;
}
