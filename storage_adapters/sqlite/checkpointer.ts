import type { DatabaseSync, StatementSync } from "node:sqlite";
import { storageError } from "./errors.ts";
import { openStoreFile, pageBytes } from "./store_file.ts";
import type { SyncableFile, Syncer } from "./syncer.ts";

/** The settings of a {@link Checkpointer}. */
export interface CheckpointerOptions {
  /** The store's file. */
  path: string;
  /** The store's file, opened apart from SQLite, to be synced. It must stay open until SQLite has closed the file. */
  databaseFile: { pooled: SyncableFile; inPlace: SyncableFile };
  /** Makes the write-ahead log durable. */
  syncer: Syncer;
  /** Work begins after about so many bytes have been written to the log. */
  sliceBytes: number;
  /** Above this size the log is begun anew at the next chance, in place. */
  walBytesMax: number;
  /** From this many bytes a copy is made in a Worker, because it would hold up the event loop. */
  workerBytesMin: number;
  /** Copies what can be copied in another thread; resolves to SQLite's answer. */
  copyInWorker: (path: string) => Promise<CheckpointResult>;
  /** How many snapshots keep the log from being copied and begun anew. */
  viewsHeld: () => number;
  /** Told about the size of the log after each round. */
  onWalSize: (walBytes: number) => void;
  /** Told about the first failure; the store must not be written to any more. */
  onFailure: (error: Error) => void;
}

/** What `PRAGMA wal_checkpoint` answers, in pages. */
export interface CheckpointResult {
  /** Pages in the log. */
  log: number;
  /** Pages of the log that are in the database file. */
  checkpointed: number;
}

const helperCacheKib = 64;

/**
 * Moves pages from the write-ahead log to the database file, without a sync on the event loop and without a Worker as a rule. One round:
 *
 * 1. A read transaction (the pin) fixes a view; SQLite copies nothing newer, and does not begin the log anew while it is held.
 * 2. The log is synced. From here on everything that the pin lets pass would survive a power cut.
 * 3. A connection with `synchronous = OFF` copies, which only writes to the page cache.
 * 4. The database file is synced on the thread pool. Then the pin is let go: what SQLite may overwrite in the log from now on is durable in the database file.
 *
 * When writes never pause, step 4 always ends with newer pages in the log, and SQLite never begins it anew. So above a bound the few pages
 * that remain are synced, copied and synced again in one go, in place: 1 ms where this was measured (docs/adr/0010-sqlite-settings.md).
 */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #copier: DatabaseSync;
  readonly #pinner: DatabaseSync;
  readonly #copy: StatementSync;
  readonly #look: StatementSync;
  readonly #truncate: StatementSync;
  readonly #pin: StatementSync;
  readonly #touch: StatementSync;
  readonly #unpin: StatementSync;
  #bytesSinceRound: number;
  #round: Promise<void> | undefined;
  #stopped = false;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#copier = openStoreFile(options.path, { cacheKib: helperCacheKib });
    this.#copier.exec("PRAGMA synchronous = OFF");
    this.#pinner = openStoreFile(options.path, { cacheKib: helperCacheKib, readOnly: true });
    this.#copy = this.#copier.prepare("PRAGMA wal_checkpoint(PASSIVE)");
    this.#look = this.#copier.prepare("PRAGMA wal_checkpoint(NOOP)");
    this.#truncate = this.#copier.prepare("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#pin = this.#pinner.prepare("BEGIN");
    this.#touch = this.#pinner.prepare("SELECT count(*) FROM sqlite_schema");
    this.#unpin = this.#pinner.prepare("COMMIT");
    this.#bytesSinceRound = resultOf(this.#look).log * pageBytes;
  }

  /** Notes that about `bytes` have been written to the log; begins a round when it is time. */
  noteWrite(bytes: number): void {
    this.#bytesSinceRound += bytes;
    if (this.#bytesSinceRound >= this.#options.sliceBytes && this.#round === undefined && !this.#stopped) {
      this.#begin();
    }
  }

  /** {@link noteWrite} for writes of which only the log's size tells how large they were; a round may be begun for less than usual. */
  noteLog(roundBytesMin: number = this.#options.sliceBytes): void {
    if (this.#round !== undefined || this.#stopped) return;
    const { log, checkpointed } = resultOf(this.#look);
    this.#bytesSinceRound = 0;
    const bytes = (log - checkpointed) * pageBytes;
    if (bytes >= roundBytesMin) this.#begin();
    else this.noteWrite(bytes);
  }

  /** Resolves, never rejects, when no round is running. */
  async settled(): Promise<void> {
    while (this.#round !== undefined) await this.#round;
  }

  /** Brings everything written before to the database file, and cuts the log to nothing if told to, unless a snapshot is being read. */
  async flush({ cutsLog }: { cutsLog: boolean }): Promise<void> {
    await this.settled();
    if (this.#stopped) return;
    await this.#begin();
    if (this.#stopped || this.#options.viewsHeld() > 0) return;
    this.#guard(() => {
      this.#finishInPlace();
      if (cutsLog) this.#truncate.get();
    });
  }

  /** Ends after the current round and closes the connections. */
  async close(): Promise<void> {
    this.#stopped = true;
    await this.settled();
    this.#copier.close();
    this.#pinner.close();
  }

  #begin(): Promise<void> {
    this.#bytesSinceRound = 0;
    return this.#round = this.#runRound()
      .catch((error) => this.#fail(error))
      .finally(() => this.#round = undefined);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(cause: unknown): void {
    this.#stopped = true;
    this.#options.onFailure(storageError("Cannot move write-ahead log to database file", cause));
  }

  async #runRound(): Promise<void> {
    const { databaseFile, path, syncer, walBytesMax, workerBytesMin } = this.#options;
    this.#pin.run();
    try {
      this.#touch.get();
      const before = resultOf(this.#look);
      await syncer.sync();
      const backlogBytes = (before.log - before.checkpointed) * pageBytes;
      if (backlogBytes >= workerBytesMin && this.#options.viewsHeld() === 0) await this.#options.copyInWorker(path);
      else resultOf(this.#copy);
      await databaseFile.pooled.syncData();
    } finally {
      this.#unpin.run();
    }
    const { log, checkpointed } = resultOf(this.#look);
    const remainingBytes = (log - checkpointed) * pageBytes;
    if (log * pageBytes > walBytesMax && remainingBytes < workerBytesMin && this.#options.viewsHeld() === 0) {
      this.#finishInPlace();
    }
    this.#options.onWalSize(log * pageBytes);
  }

  /** Copies what remains. Afterwards the log may be begun anew, so nothing may come between these steps. */
  #finishInPlace(): void {
    this.#options.syncer.syncInPlace();
    resultOf(this.#copy);
    this.#options.databaseFile.inPlace.syncDataSync();
  }
}

function resultOf(statement: StatementSync): CheckpointResult {
  const { log, checkpointed } = statement.get() as { log: number; checkpointed: number };
  return { log: Math.max(log, 0), checkpointed: Math.max(checkpointed, 0) };
}
