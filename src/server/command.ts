import { type EtcdError, unreachable } from "../base/mod.ts";
import type { Lessor } from "../lease/mod.ts";
import type {
  DeleteRangeOp,
  DeleteRangeResult,
  KeySpace,
  KeyText,
  PutOp,
  PutResult,
  TxnOp,
  TxnResult,
} from "../mvcc/mod.ts";
import { entryHeaderBytes, type Proposal } from "../ports/mod.ts";
import type { AlarmBook, AlarmOp, AlarmResult } from "./space/alarms.ts";
import { executeLease, type LeaseCommand, type LeaseCommandResult } from "./lease/command.ts";

/** What a log entry asks of the state machine. */
export type Command =
  | { kind: "put"; put: PutOp }
  | { kind: "deleteRange"; deleteRange: DeleteRangeOp }
  | { kind: "txn"; txn: TxnOp }
  | { kind: "compact"; compact: CompactOp }
  | { kind: "alarm"; alarm: AlarmOp }
  | LeaseCommand;

/** Forget what is only visible before `revision`. */
export interface CompactOp {
  revision: number;
  /** Answer only when the history is out of storage. */
  physical: boolean;
}

/** The answer to a {@link CompactOp}. */
export interface CompactResult {
  /** The newest revision. */
  revision: number;
}

/** What came of a command. */
export type CommandResult =
  | PutResult
  | DeleteRangeResult
  | TxnResult
  | CompactResult
  | AlarmResult
  | LeaseCommandResult;

/** The byte of an entry that says how to read the rest of it. Numbers are stored: they never change. */
export const CommandCode = {
  put: 1,
  deleteRange: 2,
  txn: 3,
  compact: 4,
  leaseGrant: 5,
  leaseRevoke: 6,
  leaseRenew: 7,
  leaseExpire: 8,
  alarm: 9,
} as const satisfies Record<Command["kind"], number>;

/** One of the values of {@link CommandCode}. */
export type CommandCode = typeof CommandCode[keyof typeof CommandCode];

/** Where the request's own bytes begin in an entry: behind consensus' header and the code. */
export const requestOffset = entryHeaderBytes + 1;

const slabBytes = 64 * 1024;
/** A larger entry gets a buffer of its own, so that at most an eighth of a slab is wasted. */
const sharedEntryBytesMax = slabBytes / 8;

/**
 * Makes entries of the log from requests. Small ones are pieces of larger buffers, because a buffer of its own costs the host more than a
 * typical request's bytes do; a buffer is let go of with the last entry in it.
 */
export class EntryMaker {
  #slab: Uint8Array = new Uint8Array(0);
  #used = 0;

  /** An entry for a request as it came from the client, which is copied: the only copy on its way to storage. */
  make(code: CommandCode, request: Uint8Array): Uint8Array {
    const entry = this.#reserve(requestOffset + request.length);
    entry[entryHeaderBytes] = code;
    entry.set(request, requestOffset);
    return entry;
  }

  #reserve(bytes: number): Uint8Array {
    if (bytes > sharedEntryBytesMax) return new Uint8Array(bytes);
    if (this.#used + bytes > this.#slab.length) {
      this.#slab = new Uint8Array(slabBytes);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += bytes;
    return this.#slab.subarray(at, at + bytes);
  }
}

/** Reads an entry that an {@link EntryMaker} has made, when it comes back from the log. */
export type CommandDecoder = (code: CommandCode, entry: Uint8Array) => Command;

/** A command that a client of this member waits for. */
export interface ClientCommand<Result extends CommandResult = CommandResult> extends Proposal {
  /** The decoded form of the entry. Its bytes may refer to the entry. */
  readonly command: Command;
  /** When its request came, on the monotonic clock. */
  readonly arrivalMs: number;
  /** The command has been applied. */
  answer(result: Result): void;
  /** The command has failed, or its outcome is not known. */
  failed(error: EtcdError): void;
}

/** What commands change. */
export interface ReplicatedState {
  readonly keyspace: KeySpace;
  readonly lessor: Lessor<KeyText>;
  readonly alarms: AlarmBook;
}

/** Executes a command; throws an EtcdError where the command cannot be done, or an alarm forbids it, having changed nothing. */
export function execute(state: ReplicatedState, command: Command): CommandResult {
  const { keyspace, alarms } = state;
  const refusal = alarms.refusal(command);
  if (refusal !== undefined) throw refusal;
  switch (command.kind) {
    case "put":
      return keyspace.put(command.put);
    case "deleteRange":
      return keyspace.deleteRange(command.deleteRange);
    case "txn":
      return keyspace.txn(command.txn);
    case "compact":
      keyspace.compact(command.compact.revision);
      return { revision: keyspace.revision };
    case "alarm":
      return { revision: keyspace.revision, alarms: alarms.apply(command.alarm) };
    case "leaseGrant":
    case "leaseRevoke":
    case "leaseRenew":
    case "leaseExpire":
      return executeLease(state, command);
    default:
      return unreachable(command);
  }
}
