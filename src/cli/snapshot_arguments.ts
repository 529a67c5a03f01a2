import { parseArgs } from "node:util";

/** How `snapshot status` writes its answer. */
export type StatusFormat = "simple" | "fields" | "json" | "table";

/** What `detcd snapshot` is asked for. */
export type SnapshotRequest =
  | { kind: "help" }
  | { kind: "status"; file: string; format: StatusFormat }
  | {
    kind: "restore";
    file: string;
    dataDir: string;
    /** The flags that say who the member is, as a member takes them. */
    memberFlags: string[];
    /** The revision after the restore is higher by so much, and everything before it is compacted; 0 for neither. */
    bumpRevision: number;
  };

/** Arguments that `detcd snapshot` does not understand. The exit status is etcdutl's. */
export class SnapshotUsageError extends Error {
  override readonly name = "SnapshotUsageError";
  readonly exitCode = 128;
}

/** How `detcd snapshot` is called. */
export const snapshotUsageText = `Usage:
  detcd snapshot restore FILE --data-dir DIR [options]
      Makes a new data directory from what "etcdctl snapshot save" got from a detcd member.
      --data-dir DIR                      the new directory; NAME.etcd when absent
      --name NAME                         name of the member (default "default")
      --initial-cluster LIST              the cluster that the member founds, as name=url
      --initial-cluster-token WORD        what keeps it apart from clusters with the same URLs (default "etcd-cluster")
      --initial-advertise-peer-urls URLS  the member's own peer URLs
      --bump-revision N                   go on N revisions higher; with --mark-compacted
      --mark-compacted                    declare all older revisions compacted; with --bump-revision
  detcd snapshot status FILE [-w simple|fields|json|table]
      Checks the file and tells its hash, revision, number of keys and size.`;

const memberFlags = ["name", "initial-cluster", "initial-cluster-token", "initial-advertise-peer-urls"] as const;
const formats: readonly string[] = ["simple", "fields", "json", "table"];

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const restoreOptions = {
  "data-dir": text,
  "name": text,
  "initial-cluster": text,
  "initial-cluster-token": text,
  "initial-advertise-peer-urls": text,
  "bump-revision": text,
  "mark-compacted": flag,
  "skip-hash-check": flag,
  "wal-dir": text,
  "initial-memory-map-size": text,
  "help": { ...flag, short: "h" },
} as const;
const statusOptions = {
  "write-out": { ...text, short: "w" },
  "help": { ...flag, short: "h" },
} as const;

/** Reads what follows `detcd snapshot`. Throws {@link SnapshotUsageError}. */
export function readSnapshotArguments(args: readonly string[]): SnapshotRequest {
  const [command, ...rest] = args;
  if (command === "restore") return readRestore(rest);
  if (command === "status") return readStatus(rest);
  if (command === undefined || command === "help" || command === "--help" || command === "-h") return { kind: "help" };
  throw new SnapshotUsageError(`unknown command "${command}" for "detcd snapshot"`);
}

function parsed<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (error instanceof TypeError && "code" in error) throw new SnapshotUsageError(error.message);
    throw error;
  }
}

/** Booleans may be written as Go's flags are: `--flag=true`. */
function plainBooleans(args: readonly string[]): string[] {
  return args.filter((arg) => !/^--(mark-compacted|skip-hash-check)=(false|0|f|F|FALSE|False)$/.test(arg))
    .map((arg) => arg.replace(/^(--(?:mark-compacted|skip-hash-check))=(?:true|1|t|T|TRUE|True)$/, "$1"));
}

function theFile(command: string, positionals: readonly string[]): string {
  if (positionals.length === 1) return positionals[0];
  throw new SnapshotUsageError(`snapshot ${command} requires exactly one argument`);
}

function readStatus(args: readonly string[]): SnapshotRequest {
  const { values, positionals } = parsed(() =>
    parseArgs({ args: [...args], options: statusOptions, allowPositionals: true })
  );
  if (values.help) return { kind: "help" };
  const format = values["write-out"] ?? "simple";
  if (!formats.includes(format)) throw new SnapshotUsageError(`unknown output format "${format}"`);
  return { kind: "status", file: theFile("status", positionals), format: format as StatusFormat };
}

function readRestore(args: readonly string[]): SnapshotRequest {
  const { values, positionals } = parsed(() =>
    parseArgs({ args: plainBooleans(args), options: restoreOptions, allowPositionals: true })
  );
  if (values.help) return { kind: "help" };
  const file = theFile("restore", positionals);
  if (values["skip-hash-check"]) {
    throw new SnapshotUsageError("--skip-hash-check is refused: detcd's snapshots are restored whole or not at all");
  }
  if (values["wal-dir"] !== undefined) {
    throw new SnapshotUsageError("--wal-dir is refused: detcd keeps its log in the data directory");
  }
  // --initial-memory-map-size has no meaning here and changes nothing in etcd's result either.
  const bumpRevision = bumpOf(values["bump-revision"]);
  if ((bumpRevision > 0) !== (values["mark-compacted"] === true)) {
    throw new SnapshotUsageError("--mark-compacted required if --revision-bump > 0");
  }
  return {
    kind: "restore",
    file,
    dataDir: values["data-dir"] || `${values.name ?? "default"}.etcd`,
    memberFlags: memberFlags.flatMap((name) => values[name] === undefined ? [] : [`--${name}=${values[name]}`]),
    bumpRevision,
  };
}

function bumpOf(given: string | undefined): number {
  const bump = Number(given ?? "0");
  if (!/^[0-9]*$/.test(given ?? "") || !Number.isSafeInteger(bump)) {
    throw new SnapshotUsageError(`invalid argument "${given}" for --bump-revision: must be a whole number below 2^53`);
  }
  return bump;
}
