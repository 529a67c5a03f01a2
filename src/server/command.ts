import { type EtcdError, unreachable } from "../base/mod.ts";
import type { DeleteRangeOp, DeleteRangeResult, KeySpace, PutOp, PutResult, TxnOp, TxnResult } from "../mvcc/mod.ts";
import { entryHeaderBytes, type Proposal } from "../ports/mod.ts";

/** What a log entry asks of the state machine. */
export type Command =
  | { kind: "put"; put: PutOp }
  | { kind: "deleteRange"; deleteRange: DeleteRangeOp }
  | { kind: "txn"; txn: TxnOp }
  | { kind: "compact"; compact: CompactOp };

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
export type CommandResult = PutResult | DeleteRangeResult | TxnResult | CompactResult;

/** The byte of an entry that says how to read the rest of it. Numbers are stored: they never change. */
export const CommandCode = { put: 1, deleteRange: 2, txn: 3, compact: 4 } as const satisfies Record<
  Command["kind"],
  number
>;

/** One of the values of {@link CommandCode}. */
export type CommandCode = typeof CommandCode[keyof typeof CommandCode];

/** Where the request's own bytes begin in an entry: behind consensus' header and the code. */
export const requestOffset = entryHeaderBytes + 1;

/** An entry of the log for a request as it came from the client, which is copied: the only copy on its way to storage. */
export function makeEntry(code: CommandCode, request: Uint8Array): Uint8Array {
  const entry = new Uint8Array(requestOffset + request.length);
  entry[entryHeaderBytes] = code;
  entry.set(request, requestOffset);
  return entry;
}

/** Reads an entry that {@link makeEntry} has made, when it comes back from the log. */
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

/** Executes a command; throws an EtcdError where the command cannot be done, having changed nothing. */
export function execute(keyspace: KeySpace, command: Command): CommandResult {
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
    default:
      return unreachable(command);
  }
}
