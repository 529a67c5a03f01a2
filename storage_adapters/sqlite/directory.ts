import { dirname } from "node:path";
import { StorageError } from "../../src/ports/mod.ts";
import { storageError } from "./errors.ts";

const lockName = "lock";
const storePattern = /^store-(\d{1,15})\.sqlite$/;
const ownedPattern = /^store-(\d{1,15})\.sqlite(-wal|-shm|-journal)?$|^restore\.tmp(-wal|-shm|-journal)?$/;

/** Brings a directory's entries to the device, so that files made, renamed or removed in it stay so. */
export function syncDirectory(path: string): void {
  // Windows cannot open directories, and makes entries durable by itself.
  if (Deno.build.os === "windows") return;
  using directory = Deno.openSync(path, { read: true });
  directory.syncSync();
}

/**
 * A member's data directory, held by this adapter alone. The store is `store-N.sqlite`; a restore writes `restore.tmp` and renames it to the next N,
 * so that the write-ahead log of one content can never meet the file of another. The highest N counts.
 */
export class DataDirectory {
  readonly #lock: Deno.FsFile;

  private constructor(readonly path: string, lock: Deno.FsFile) {
    this.#lock = lock;
  }

  /**
   * Makes the directory if it is missing, and takes its lock, which the kernel releases when the process ends in any way.
   * @throws {StorageError} `locked` when another process or another adapter has it.
   */
  static open(path: string): DataDirectory {
    try {
      let isNew = false;
      try {
        isNew = !Deno.statSync(path).isDirectory;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        isNew = true;
      }
      Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
      const lock = Deno.openSync(`${path}/${lockName}`, { create: true, read: true, write: true });
      if (!lock.tryLockSync(true)) {
        lock.close();
        throw new StorageError("locked", `Cannot open data directory "${path}": another process is using it`);
      }
      if (isNew) syncDirectory(dirname(path));
      return new DataDirectory(path, lock);
    } catch (error) {
      throw storageError(`Cannot open data directory "${path}"`, error);
    }
  }

  /** Where a restore builds the next store. */
  get temporaryPath(): string {
    return `${this.path}/restore.tmp`;
  }

  storePath(generation: number): string {
    return `${this.path}/store-${generation}.sqlite`;
  }

  /** The number of the store that counts, or undefined when there is none. */
  currentGeneration(): number | undefined {
    let highest: number | undefined;
    for (const { name } of Deno.readDirSync(this.path)) {
      const match = storePattern.exec(name);
      if (match !== null && (highest === undefined || Number(match[1]) > highest)) highest = Number(match[1]);
    }
    return highest;
  }

  /** Makes the file at {@link temporaryPath}, which must be synced already, the store of `generation`. */
  publish(generation: number): void {
    Deno.renameSync(this.temporaryPath, this.storePath(generation));
    syncDirectory(this.path);
  }

  /** Makes the directory's entries durable. */
  sync(): void {
    syncDirectory(this.path);
  }

  /** Removes what an unfinished restore has left. */
  removeTemporary(): void {
    this.#remove((generation) => generation === undefined);
  }

  /** Removes what unfinished restores and replaced stores have left. */
  removeAllBut(generation: number | undefined): void {
    this.#remove((candidate) => candidate === undefined || candidate !== generation);
  }

  /** Removes files of stores by their number; those of an unfinished restore have none. */
  #remove(doomed: (generation: number | undefined) => boolean): void {
    for (const { name } of [...Deno.readDirSync(this.path)]) {
      const match = ownedPattern.exec(name);
      if (match === null || !doomed(match[1] === undefined ? undefined : Number(match[1]))) continue;
      Deno.removeSync(`${this.path}/${name}`);
    }
  }

  /**
   * Lets the next one have the directory. A child that is being started shares the open file until it runs, so closing it alone would
   * not let go of the lock.
   */
  close(): void {
    this.#lock.unlockSync();
    this.#lock.close();
  }
}
