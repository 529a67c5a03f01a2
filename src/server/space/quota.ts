import { errors, type Registry } from "../../base/mod.ts";
import type { RequestOp, TxnOp } from "../../mvcc/mod.ts";
import type { Logger } from "../../ports/mod.ts";
import { AlarmAction, type AlarmBook, type AlarmOp, AlarmType } from "./alarms.ts";
import type { ClientCommand, Command } from "../command.ts";

/** etcd's quota where none is given: 2 GiB. */
export const defaultQuotaBytes = 2 ** 31;

/** From this part of the quota on the member warns. */
const warningShare = 0.8;
/** Below this part of the quota an alarm that the quota has raised is taken back. */
const clearingShare = 0.9;

/** etcd's estimate of what a key takes beside its bytes (its `server/storage/quota.go`). */
const keyOverheadBytes = 256;
/** etcd's estimate of what a lease takes. */
export const leaseOverheadBytes = 64;

/** Bytes that a command is expected to add, as etcd estimates them; 0 for one that the quota does not concern. */
export function commandCost(command: { kind: string; put?: KeyAndValue; txn?: TxnOp }): number {
  if (command.put !== undefined) return putCost(command.put);
  if (command.txn !== undefined) return txnCost(command.txn);
  return command.kind === "leaseGrant" ? leaseOverheadBytes : 0;
}

type KeyAndValue = { key: Uint8Array; value: Uint8Array };

function putCost({ key, value }: KeyAndValue): number {
  return keyOverheadBytes + key.length + value.length;
}

/** That of the dearer branch. */
function txnCost({ success, failure }: TxnOp): number {
  return Math.max(opsCost(success), opsCost(failure));
}

function opsCost(ops: readonly RequestOp[]): number {
  let cost = 0;
  for (const op of ops) {
    if (op.kind === "put") cost += putCost(op.put);
    else if (op.kind === "txn") cost += txnCost(op.txn);
  }
  return cost;
}

/** What a {@link Quota} works with. */
export interface QuotaParts {
  memberId: bigint;
  alarms: AlarmBook;
  logger: Logger;
  registry: Registry;
  /** Bytes that count: all history that has not been removed, and the small state. */
  usedBytes(): number;
  /** Has an alarm command agreed on; calls `settled` when it has been applied, or has failed. */
  proposeAlarm(op: AlarmOp, settled: () => void): void;
}

/** Settings of a {@link Quota}. */
export interface QuotaOptions {
  /** etcd's `--quota-backend-bytes`: 0 for 2 GiB, negative for no quota. Default 0. */
  quotaBackendBytes?: number;
  /** Whether a raised alarm waits for an operator, as in etcd. */
  manualDisarm?: boolean;
}

/**
 * Keeps a member's live bytes below a quota. A request that would not fit raises NOSPACE through the log and is refused; when use
 * has fallen far enough the quota takes back an alarm that it has raised itself.
 */
export class Quota {
  /** Infinity for none. */
  readonly limitBytes: number;
  /** What was configured, as etcd's status tells it: negative for none. */
  readonly configuredBytes: number;
  readonly #parts: QuotaParts;
  readonly #manualDisarm: boolean;
  /** Cost of commands that were admitted and are not settled. */
  #reservedBytes = 0;
  /** Whether an alarm command of the quota's own is under way. */
  #isProposing = false;
  #isNear = false;
  #isOpen = false;

  constructor(parts: QuotaParts, options: QuotaOptions = {}) {
    const { manualDisarm = false } = options;
    const quotaBackendBytes = options.quotaBackendBytes || defaultQuotaBytes;
    this.#parts = parts;
    this.#manualDisarm = manualDisarm;
    this.configuredBytes = quotaBackendBytes;
    this.limitBytes = quotaBackendBytes < 0 ? Infinity : quotaBackendBytes;
    parts.registry.gauge("etcd_server_quota_backend_bytes", {
      help: "Current backend storage quota size in bytes.",
    }).set(quotaBackendBytes);
  }

  /** Bytes that count against {@link limitBytes} now. */
  get usedBytes(): number {
    return this.#parts.usedBytes();
  }

  /** Says in words that use has come near to the quota; undefined while it has not. */
  get warning(): string | undefined {
    if (!this.#isNear) return undefined;
    const percent = Math.floor(100 * this.usedBytes / this.limitBytes);
    return `etcdserver: database space is at ${percent}% of the quota of ${this.limitBytes} bytes`;
  }

  /**
   * Whether a command fits; it must be settled then, as must every other that is proposed. One that does not is answered with
   * `noSpace`; the first of them once the alarm is raised.
   */
  admits(command: ClientCommand): boolean {
    const cost = commandCost(command.command);
    if (cost === 0) return true;
    if (this.usedBytes + this.#reservedBytes + cost < this.limitBytes) {
      this.#reservedBytes += cost;
      return true;
    }
    const { memberId, alarms } = this.#parts;
    if (this.#isProposing || alarms.has(memberId, AlarmType.noSpace)) command.failed(errors.noSpace());
    else this.#propose(AlarmAction.activate, () => command.failed(errors.noSpace()));
    return false;
  }

  /** An admitted command has been applied or has failed: what it takes is in {@link usedBytes} from now on. */
  settle(command: Command): void {
    this.#reservedBytes -= commandCost(command);
  }

  /** Commands can be proposed from now on. */
  open(): void {
    this.#isOpen = true;
    this.look();
  }

  /** Use may have changed: warns, and takes back the alarm where it is time. Does nothing before {@link open}. */
  look(): void {
    if (!this.#isOpen) return;
    const used = this.usedBytes;
    const { memberId, alarms, logger } = this.#parts;
    const isNear = used >= warningShare * this.limitBytes;
    if (isNear && !this.#isNear) {
      logger.warn("database space is near the quota; compact, or delete and compact", {
        "used-bytes": used,
        "quota-size-bytes": this.limitBytes,
      });
    }
    this.#isNear = isNear;
    if (used >= clearingShare * this.limitBytes || this.#manualDisarm || this.#isProposing) return;
    if (alarms.isByQuota(memberId, AlarmType.noSpace)) this.#propose(AlarmAction.deactivate, () => {});
  }

  #propose(action: number, settled: () => void): void {
    this.#isProposing = true;
    const { memberId, logger, proposeAlarm } = this.#parts;
    logger.warn(action === AlarmAction.activate ? "raising the alarm NOSPACE" : "taking back the alarm NOSPACE", {
      "used-bytes": this.usedBytes,
      "quota-size-bytes": this.limitBytes,
    });
    proposeAlarm({ action, memberId, alarm: AlarmType.noSpace, byQuota: true }, () => {
      this.#isProposing = false;
      settled();
    });
  }
}
