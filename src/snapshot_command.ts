import { decodeSnapshot } from "../storage_adapters/snapshot_format.ts";
import { decodeCommand } from "./api/mod.ts";
import { etcdClusterVersion } from "./base/mod.ts";
import {
  readSnapshotArguments,
  type SnapshotRequest,
  type SnapshotStatus,
  SnapshotUsageError,
  snapshotUsageText,
  statusText,
} from "./cli/mod.ts";
import { type Config, ConfigError, foundCluster, readArguments, systemResolver } from "./config/mod.ts";
import { formatId } from "./membership/mod.ts";
import { declareCompacted, keyText, readHistoryRow, readKey, RowHash } from "./mvcc/mod.ts";
import { type Logger, type StorageAdapter, StorageError, WriteBatch } from "./ports/mod.ts";
import { systemClock, systemRandom } from "./runtime/mod.ts";
import { dropQuotaAlarms, Member, type MemberIdentity, readIdentity, runToEnd, writeIdentity } from "./server/mod.ts";

/** What {@link snapshotCommand} works with. */
export interface SnapshotCommandParts {
  logger: Logger;
  /** Opens the storage of a member, which is made where there is none. */
  openStorage(directory: string): StorageAdapter;
  /** Writes to standard output. */
  stdout(text: string): void;
  /** Writes to standard error. */
  stderr(text: string): void;
}

/** Runs `detcd snapshot` with what follows it. Gives the exit status, which is etcdutl's: 128 for wrong usage, 1 for what fails. */
export async function snapshotCommand(args: readonly string[], parts: SnapshotCommandParts): Promise<number> {
  try {
    const request = readSnapshotArguments(args);
    switch (request.kind) {
      case "help":
        parts.stdout(`${snapshotUsageText}\n`);
        return 0;
      case "status":
        parts.stdout(statusText(await statusOf(request.file), request.format));
        return 0;
      case "restore":
        await restoreSnapshot(request, parts);
        return 0;
    }
  } catch (error) {
    if (error instanceof SnapshotUsageError) {
      parts.stderr(`Error: ${error.message}\n${snapshotUsageText}\n`);
      return error.exitCode;
    }
    const isExpected = error instanceof ConfigError || error instanceof StorageError || error instanceof FileError;
    parts.stderr(`Error: ${isExpected ? (error as Error).message : (error as Error).stack ?? String(error)}\n`);
    return 1;
  }
}

/** A file or directory cannot be used. */
class FileError extends Error {
  override readonly name = "FileError";
}

/** Where bbolt, etcd's storage engine, has its mark in a file. */
const boltMagicAt = 16;
const boltMagic = 0xed0cdaed;

/** The pieces of a snapshot's file. */
async function* piecesOf(file: string): AsyncGenerator<Uint8Array, void, void> {
  let opened: Deno.FsFile;
  try {
    opened = await Deno.open(file, { read: true });
  } catch (error) {
    throw new FileError(`Cannot open snapshot "${file}": ${(error as Error).message}`, { cause: error });
  }
  let isFirst = true;
  for await (const piece of opened.readable) {
    if (isFirst && isBolt(piece)) {
      throw new FileError(`Cannot read snapshot "${file}": it was taken from etcd, whose files detcd does not read`);
    }
    isFirst = false;
    yield piece;
  }
}

function isBolt(piece: Uint8Array): boolean {
  const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
  return piece.length >= boltMagicAt + 4 && view.getUint32(boltMagicAt, true) === boltMagic;
}

async function statusOf(file: string): Promise<SnapshotStatus> {
  const hash = new RowHash();
  const keys = new Set<string>();
  const key8 = new Uint8Array(8);
  const keyView = new DataView(key8.buffer);
  let revision = 1;
  await decodeSnapshot(piecesOf(file), {
    numbered: (bucket, { key, value }) => {
      keyView.setBigUint64(0, BigInt(key));
      hash.add(key8);
      hash.add(value);
      if (bucket !== "history") return;
      const event = readHistoryRow({ key, value });
      revision = event.revision;
      const text = keyText(readKey(event.kv));
      if (event.isTombstone) keys.delete(text);
      else keys.add(text);
    },
    named: (_, { key, value }) => {
      hash.add(key);
      hash.add(value);
    },
  });
  const { size } = await Deno.stat(file);
  return { hash: hash.value, revision, totalKey: keys.size, totalSize: size, version: etcdClusterVersion };
}

async function restoreSnapshot(
  request: Extract<SnapshotRequest, { kind: "restore" }>,
  parts: SnapshotCommandParts,
): Promise<void> {
  const { file, dataDir, bumpRevision } = request;
  const { logger } = parts;
  const identity = await foundCluster(configOf(request), { resolve: systemResolver });
  const isMade = await makeDataDir(dataDir);
  // A name of its own: what fails here removes nothing of a restore that somebody else runs.
  const building = await Deno.makeTempDir({ dir: dataDir, prefix: "restoring-" });
  logger.info("restoring snapshot", { path: file, "data-dir": dataDir });
  try {
    const revision = await buildMember(parts, { building, file, identity, bumpRevision });
    await Deno.rename(building, `${dataDir}/member`);
    syncDirectory(dataDir);
    logger.info("restored snapshot", {
      path: file,
      "data-dir": dataDir,
      "cluster-id": formatId(identity.clusterId),
      "member-id": formatId(identity.memberId),
      revision,
    });
  } catch (error) {
    await Deno.remove(building, { recursive: true }).catch(() => {});
    if (isMade) await Deno.remove(dataDir).catch(() => {});
    throw error;
  }
}

function configOf({ dataDir, memberFlags }: Extract<SnapshotRequest, { kind: "restore" }>): Config {
  const environment = { get: () => undefined, names: () => [] };
  const request = readArguments([`--data-dir=${dataDir}`, ...memberFlags], { environment });
  if (request.kind !== "serve") throw new ConfigError(`the flags ask for ${request.kind}`, { exitCode: 1 });
  return request.config;
}

/** Makes the data directory, unless it is there and empty; whether it had to. */
async function makeDataDir(dataDir: string): Promise<boolean> {
  try {
    for await (const _ of Deno.readDir(dataDir)) {
      throw new FileError(`data-dir "${dataDir}" not empty or could not be read`);
    }
    return false;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  return true;
}

/**
 * Fills `building` with the snapshot's content and makes it the first member of a new cluster. What the log has beyond the applied state is
 * applied first, so that nothing of the old member comes up later. Returns the revision that the member will go on from.
 */
async function buildMember(
  { logger, openStorage }: SnapshotCommandParts,
  { building, file, identity, bumpRevision }: {
    building: string;
    file: string;
    identity: MemberIdentity;
    bumpRevision: number;
  },
): Promise<number> {
  const storage = openStorage(building);
  try {
    await storage.restore(piecesOf(file));
    const newest = await applyLog(storage, { logger, identity });
    const batch = new WriteBatch();
    batch.deleteNamedRange("member", new Uint8Array(0));
    dropQuotaAlarms(storage, batch);
    const revision = newest + bumpRevision;
    if (bumpRevision > 0) {
      if (!Number.isSafeInteger(revision)) throw new FileError(`Cannot bump revision ${newest} by ${bumpRevision}`);
      logger.info("bumping latest revision, which is marked compacted", {
        "latest-revision": newest,
        "bump-amount": bumpRevision,
        "new-latest-revision": revision,
      });
      declareCompacted(batch, revision);
    }
    storage.apply(batch);
    await writeIdentity(storage, identity);
    return revision;
  } finally {
    await storage.close();
  }
}

/** Applies what is in the log alone; returns the newest revision. */
async function applyLog(
  storage: StorageAdapter,
  { logger, identity }: { logger: Logger; identity: MemberIdentity },
): Promise<number> {
  let fault: unknown;
  const opening = Member.open({
    storage,
    clock: systemClock,
    logger,
    random: systemRandom,
    identity: readIdentity(storage) ?? identity,
    decode: decodeCommand,
    onFatal: (error) => fault = error,
  }, { quota: { quotaBackendBytes: -1, manualDisarm: true } });
  const member = runToEnd(opening);
  await member.close();
  if (fault !== undefined) throw fault;
  return member.keyspace.revision;
}

/** Makes a directory's entries survive a power cut. */
function syncDirectory(directory: string): void {
  using opened = Deno.openSync(directory, { read: true });
  opened.syncSync();
}
