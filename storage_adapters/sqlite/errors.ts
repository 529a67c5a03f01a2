import { InvariantError } from "../../src/base/mod.ts";
import { StorageError, type StorageFault } from "../../src/ports/mod.ts";

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) that mean a fault of the store. */
const faultOfCode: ReadonlyMap<number, StorageFault> = new Map<number, StorageFault>([
  [5, "locked"], // SQLITE_BUSY
  [6, "locked"], // SQLITE_LOCKED
  [7, "io"], // SQLITE_NOMEM
  [8, "io"], // SQLITE_READONLY
  [10, "io"], // SQLITE_IOERR
  [11, "corrupt"], // SQLITE_CORRUPT
  [13, "noSpace"], // SQLITE_FULL
  [14, "io"], // SQLITE_CANTOPEN
  [15, "io"], // SQLITE_PROTOCOL
  [26, "corrupt"], // SQLITE_NOTADB
]);

/** Texts of results that Deno hands on without their number. */
const faultOfText: readonly (readonly [RegExp, StorageFault])[] = [
  [/^database disk image is malformed|^file is not a database|^malformed database schema/, "corrupt"],
  [/^database or disk is full/, "noSpace"],
  [/^disk I\/O error|^unable to open database file/, "io"],
];

const noSpaceCodes: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/**
 * What SQLite or the operating system threw, as a {@link StorageError} whose text begins with `action`. Errors that are bugs of
 * detcd (a statement that SQLite does not understand, a value it cannot take) stay what they are.
 */
export function storageError(action: string, cause: unknown): Error {
  if (cause instanceof StorageError || cause instanceof InvariantError) return cause;
  if (!(cause instanceof Error)) return new StorageError("io", `${action}: ${cause}`);
  const { code, errcode } = cause as { code?: unknown; errcode?: unknown };
  if (typeof errcode === "number") {
    const fault = faultOfCode.get(errcode & 0xff);
    if (fault === undefined) return cause;
    return new StorageError(fault, `${action}: ${cause.message} (SQLite result ${errcode})`, { cause });
  }
  for (const [text, fault] of faultOfText) {
    if (text.test(cause.message)) return new StorageError(fault, `${action}: ${cause.message}`, { cause });
  }
  // An integer above 2^53 or a value of a wrong type in a column that detcd wrote.
  if (code === "ERR_OUT_OF_RANGE") return new StorageError("corrupt", `${action}: ${cause.message}`, { cause });
  if (noSpaceCodes.has(code)) return new StorageError("noSpace", `${action}: ${cause.message}`, { cause });
  if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code) || isOsError(cause)) {
    return new StorageError("io", `${action}: ${cause.message}`, { cause });
  }
  return cause;
}

function isOsError(cause: Error): boolean {
  return /\(os error \d+\)/.test(cause.message) || cause instanceof Deno.errors.PermissionDenied ||
    cause instanceof Deno.errors.NotFound;
}
