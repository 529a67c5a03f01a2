import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StorageError, type StorageSize, type WriteBatch } from "../../src/ports/mod.ts";
import { Checkpointer } from "./checkpointer.ts";
import { copyInWorker } from "./copy_in_worker.ts";
import { storageError } from "./errors.ts";
import { LogRoom } from "./log_room.ts";
import { Pace } from "./pace.ts";
import { Packer, type PackStep } from "./packer.ts";
import { readMany } from "./read_many.ts";
import { SnapshotView } from "./snapshot_view.ts";
import { openStoreFile, pageBytes, pragmaNumber } from "./store_file.ts";
import { type SyncableFile, Syncer } from "./syncer.ts";
import { Readers, Writer } from "./tables.ts";
import type { NumberedBucket, NumberedRange } from "../../src/ports/mod.ts";

/** A file opened apart from SQLite, to be synced. */
export interface DurableFile extends SyncableFile {
  close(): void;
}

/** The settings of a {@link Store}. */
export interface StoreOptions {
  cacheKib: number;
  inPlaceSyncOpsMax: number;
  inPlaceSyncMsMax: number;
  checkpointSliceBytes: number;
  checkpointWorkerBytesMin: number;
  walBytesMax: number;
  /** The log's file is lengthened ahead of its frames by so much at a time; not at all when zero. */
  walRoomChunkBytes: number;
  snapshotWalBytesMax: number;
  /** Look through the pages' structure first, in which damage could hide rows from every read. */
  checkAtOpen: boolean;
  /** Opens one of the store's files so that it can be synced. */
  openFile: (path: string) => DurableFile;
  /** Told about the first failure that ends writing. */
  onFailure: (error: Error) => void;
}

/** Estimates of what a change writes to the log beside its bytes: a row's own overhead, and the pages that every commit touches. */
const opOverheadBytes = 32;
const commitBytes = 3 * pageBytes;

/** The log is begun anew at the end of a round, by when it has grown by some slices beyond its bound; the file keeps that length. */
const walFileSlices = 2;

/** One store file that is open: its connections, its sync and its checkpoints. */
export class Store {
  readonly path: string;
  readonly readers: Readers;
  readonly #db: DatabaseSync;
  readonly #options: StoreOptions;
  readonly #writer: Writer;
  readonly #begin: StatementSync;
  readonly #beginRead: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #pageCount: StatementSync;
  readonly #freelistCount: StatementSync;
  readonly #files: { close(): void }[] = [];
  readonly #syncer: Syncer;
  readonly #checkpointer: Checkpointer;
  readonly #logRoom: LogRoom;
  readonly #views = new Set<SnapshotView>();
  #batchesApplied = 0;
  #failure: Error | undefined;
  #isClosed = false;

  /** Opens the store at `path`, and makes durable what is in its log. */
  constructor(path: string, options: StoreOptions) {
    this.path = path;
    this.#options = options;
    this.#db = openStoreFile(path, options);
    try {
      const walFileBytesMax = Math.min(walFileSlices * options.checkpointSliceBytes + options.walBytesMax, 2 ** 40);
      this.#db.exec(`PRAGMA journal_size_limit = ${walFileBytesMax}`);
      if (options.checkAtOpen) this.#checkStructure();
      this.readers = this.#prepared(() => new Readers(this.#db));
      this.#writer = this.#prepared(() => new Writer(this.#db));
      this.#begin = this.#db.prepare("BEGIN IMMEDIATE");
      this.#beginRead = this.#db.prepare("BEGIN");
      this.#commit = this.#db.prepare("COMMIT");
      this.#rollback = this.#db.prepare("ROLLBACK");
      this.#pageCount = this.#db.prepare("PRAGMA page_count");
      this.#freelistCount = this.#db.prepare("PRAGMA freelist_count");
      // The pragma is a read, after which the log's file exists.
      pragmaNumber(this.#db, "page_count");
      const wal = { pooled: this.#openFile("-wal"), inPlace: this.#openFile("-wal") };
      // A process that was killed may have left frames that were never synced. What is read must stay.
      wal.inPlace.syncDataSync();
      const appended = Deno.openSync(`${path}-wal`, { append: true });
      this.#files.push(appended);
      this.#logRoom = new LogRoom(appended, {
        bytesMax: options.walRoomChunkBytes === 0 ? 0 : walFileBytesMax,
        chunkBytes: options.walRoomChunkBytes,
      });
      this.#syncer = new Syncer(wal, {
        inPlaceOpsMax: options.inPlaceSyncOpsMax,
        inPlaceMsMax: options.inPlaceSyncMsMax,
        now: () => performance.now(),
        onFailure: (error) => this.fail(error),
      });
      this.#checkpointer = new Checkpointer({
        path,
        databaseFile: { pooled: this.#openFile(""), inPlace: this.#openFile("") },
        syncer: this.#syncer,
        sliceBytes: options.checkpointSliceBytes,
        walBytesMax: options.walBytesMax,
        workerBytesMin: options.checkpointWorkerBytesMin,
        copyInWorker,
        viewsHeld: () => this.#views.size,
        onWalSize: (walBytes) => this.#limitViews(walBytes),
        onFailure: (error) => this.fail(error),
      });
    } catch (error) {
      this.#db.close();
      for (const file of this.#files) file.close();
      throw storageError(`Cannot open store "${path}"`, error);
    }
  }

  #checkStructure(): void {
    const [finding] = Object.values(this.#db.prepare("PRAGMA quick_check(1)").get() as Record<string, string>);
    if (finding !== "ok") throw new StorageError("corrupt", `Cannot open store "${this.path}": ${finding}`);
  }

  /** Statements that SQLite refuses although the version is right mean that the schema is damaged. */
  #prepared<Statements>(prepare: () => Statements): Statements {
    try {
      return prepare();
    } catch (cause) {
      const action = `Cannot open store "${this.path}"`;
      const error = storageError(action, cause);
      if (error instanceof StorageError) throw error;
      throw new StorageError("corrupt", `${action}: ${error.message}`, { cause });
    }
  }

  #openFile(suffix: string): DurableFile {
    const file = this.#options.openFile(this.path + suffix);
    this.#files.push(file);
    return file;
  }

  /** Ends writing because of `error`; the first one counts. */
  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#options.onFailure(error);
  }

  #assertWritable(): void {
    if (this.#isClosed) throw new StorageError("closed", "Cannot write: the store has been closed");
    if (this.#failure === undefined) return;
    const { fault } = this.#failure as StorageError;
    throw new StorageError(fault ?? "io", `Cannot write: the store has failed: ${this.#failure.message}`, {
      cause: this.#failure,
    });
  }

  apply(batch: WriteBatch): void {
    this.#assertWritable();
    this.#batchesApplied++;
    const { ops } = batch;
    let bytes = commitBytes;
    let removesHistory = false;
    this.#transact("Cannot apply batch", () => {
      for (let i = 0; i < ops.length; i++) {
        const op = ops[i];
        bytes += this.#writer.change(op) + opOverheadBytes;
        if (op.bucket === "history" && op.kind !== "putNumbered") removesHistory = true;
      }
    });
    this.#logRoom.noteWrite(bytes);
    this.#syncer.noteWrite(ops.length);
    // Every page that held one of the rows has been written, however few operations that took.
    if (removesHistory) this.#checkpointer.noteLog();
    else this.#checkpointer.noteWrite(bytes);
  }

  /** Runs `change` in a write transaction: all of it, or nothing and a throw; nothing too when `change` says false. */
  #transact(action: string, change: () => boolean | void): void {
    let begun = false;
    try {
      this.#begin.run();
      begun = true;
      if (change() === false) this.#rollback.run();
      else this.#commit.run();
    } catch (cause) {
      if (begun) this.#rollBack();
      const error = storageError(action, cause);
      if (error instanceof StorageError && error.fault !== "locked") this.fail(error);
      throw error;
    }
  }

  #rollBack(): void {
    try {
      this.#rollback.run();
    } catch {
      // SQLite has rolled back by itself, which it does after most failures of the disk.
    }
  }

  sync(): Promise<void> {
    try {
      this.#assertWritable();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#syncer.sync();
  }

  /** The values at ascending keys, all of one state. */
  getNumberedMany(bucket: NumberedBucket, keys: readonly number[]): (Uint8Array | undefined)[] {
    const values: (Uint8Array | undefined)[] = [];
    this.#beginRead.run();
    try {
      readMany(this.readers.numbered[bucket], keys, (value) => values.push(value));
    } finally {
      this.#commit.run();
    }
    return values;
  }

  /** Bytes of the values in all ranges together, all of one state. */
  numberedBytes(bucket: NumberedBucket, ranges: readonly NumberedRange[]): number {
    const reader = this.readers.numbered[bucket];
    let bytes = 0;
    this.#beginRead.run();
    try {
      for (const { from, to } of ranges) bytes += reader.bytes(from, to);
    } finally {
      this.#commit.run();
    }
    return bytes;
  }

  /** Calls `visit` with the values at ascending keys, all of one state; each is valid during its call. */
  visitNumberedMany(
    bucket: NumberedBucket,
    keys: readonly number[],
    visit: (value: Uint8Array | undefined) => void,
  ): void {
    this.#beginRead.run();
    try {
      readMany(this.readers.joined[bucket], keys, visit);
    } finally {
      this.#commit.run();
    }
  }

  size(): StorageSize {
    const pages = (this.#pageCount.get() as { page_count: number }).page_count;
    const free = (this.#freelistCount.get() as { freelist_count: number }).freelist_count;
    // Pages that are only in the log count for their place in the file; the log itself does not, as it has a length of its own.
    const totalBytes = Math.max(Deno.statSync(this.path).size, pages * pageBytes);
    return { totalBytes, inUseBytes: (pages - free) * pageBytes };
  }

  /**
   * Joins half-full pages, moves pages from the file's end into free ones, and cuts the file; a slice at a time. The log is cut too while
   * nobody writes: who does would have to make it longer again.
   */
  async defragment(): Promise<void> {
    const pace = new Pace({ batchesApplied: () => this.#batchesApplied });
    await this.#pack(pace);
    await this.#vacuum(pace);
    const cutsLog = !pace.isWrittenTo;
    await this.#checkpointer.flush({ cutsLog });
    if (cutsLog) this.#logRoom.begin();
    this.#assertWritable();
  }

  async #pack(pace: Pace): Promise<void> {
    const packer = new Packer(this.#db);
    const step = (): PackStep => {
      let found: PackStep = "end";
      this.#transact("Cannot defragment", () => {
        found = packer.step();
        return found === "gained";
      });
      return found;
    };
    for (;;) {
      this.#assertWritable();
      const endMs = performance.now() + pace.sliceMs;
      let found: PackStep;
      do found = step(); while (found === "nothing" && performance.now() < endMs);
      if (found === "end") return;
      await this.#betweenSlices(pace, { changes: found === "gained" ? packer.rowsMoved : 0 });
    }
  }

  async #vacuum(pace: Pace): Promise<void> {
    let slicePages = 32;
    for (;;) {
      this.#assertWritable();
      if ((this.#freelistCount.get() as { freelist_count: number }).freelist_count === 0) return;
      const startedMs = performance.now();
      // Each step of the statement moves one page: it must be stepped to its end, which exec() does not do.
      this.#transact(
        "Cannot defragment",
        () => void this.#db.prepare(`PRAGMA incremental_vacuum(${slicePages})`).all(),
      );
      const tookMs = performance.now() - startedMs;
      const changes = slicePages;
      const factor = Math.min(2, Math.max(0.25, pace.sliceMs / tookMs));
      slicePages = Math.max(1, Math.min(pace.slicePagesMax, Math.round(slicePages * factor)));
      await this.#betweenSlices(pace, { changes });
    }
  }

  /**
   * Lets others work. Not faster than the log is moved on, so that no round has more than a slice to copy and the file is cut as it empties. A
   * slice among other work is synced by itself: a client's sync would have to carry it otherwise.
   */
  async #betweenSlices(pace: Pace, { changes }: { changes: number }): Promise<void> {
    if (changes > 0) {
      this.#syncer.noteWrite(changes);
      if (pace.isGentle) await this.#syncer.sync();
      this.#checkpointer.noteLog(pace.roundBytesMin);
      await this.#checkpointer.settled();
    }
    await pace.rest();
  }

  snapshot(): SnapshotView {
    const view = new SnapshotView(this.path, () => this.#views.delete(view));
    this.#views.add(view);
    return view;
  }

  #limitViews(walBytes: number): void {
    if (walBytes <= this.#options.snapshotWalBytesMax) return;
    const text = `Cannot go on with snapshot: the write-ahead log has grown to ${walBytes} bytes while it was read`;
    this.abortViews(text);
  }

  /** Ends all snapshots that are being read. */
  abortViews(text: string): void {
    for (const view of [...this.#views]) view.abort(new StorageError("aborted", text));
  }

  /** Makes everything durable, if the store has not failed, and closes the connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    let failure: unknown;
    if (this.#failure === undefined) await this.#syncer.sync().catch((error) => failure = error);
    await this.#checkpointer.close();
    await this.#syncer.idle();
    this.abortViews("Cannot go on with snapshot: the store is closed");
    // The last connection to close moves the log to the database file, with the syncs that belong to it, and removes it.
    this.#db.close();
    // Not before: closing a file drops the locks that SQLite holds on it (fcntl(2), "Advisory record locking").
    for (const file of this.#files) file.close();
    if (failure !== undefined) throw failure;
  }
}
