import type {
  NamedBucket,
  NamedRow,
  NumberedBucket,
  NumberedRange,
  NumberedRow,
  Scan,
  StorageAdapter,
  StorageSize,
  WriteBatch,
} from "../../src/ports/mod.ts";
import { type Logger, StorageError } from "../../src/ports/mod.ts";
import { nextTurn } from "../next_turn.ts";
import { decodeSnapshot } from "../snapshot_format.ts";
import { DataDirectory } from "./directory.ts";
import { storageError } from "./errors.ts";
import { Store, type StoreOptions } from "./store.ts";
import { StoreFileBuilder } from "./store_file.ts";

/** What {@link sqlite} is told. Sizes are in bytes; the defaults are measured in docs/adr/0010-sqlite-settings.md. */
export interface SqliteOptions {
  /** The data directory. It is made if missing, and belongs to one process at a time. */
  directory: string;
  /** SQLite's page cache, in KiB. */
  cacheKib?: number;
  /** Up to this many row changes since the last sync, a sync is done in place; above, on the thread pool. */
  inPlaceSyncOpsMax?: number;
  /** While syncs in place take longer on average, in milliseconds, they go to the thread pool. */
  inPlaceSyncMsMax?: number;
  /** After so many bytes of log a round of checkpointing begins. */
  checkpointSliceBytes?: number;
  /** A backlog of this size is checkpointed in a Worker. */
  checkpointWorkerBytesMin?: number;
  /** The log is begun anew above this size. */
  walBytesMax?: number;
  /** The log's file is lengthened ahead of what is written to it by so much at a time; 0 leaves it to grow. */
  walRoomChunkBytes?: number;
  /** A snapshot being read keeps the log from being begun anew; above this size of the log it is given up. */
  snapshotWalBytesMax?: number;
  /** Look through the structure of all pages when opening (half a second per GiB in memory); on unless told otherwise. */
  checkAtOpen?: boolean;
  /** Where failures in the background are reported. */
  logger?: Logger;
}

const mib = 1024 * 1024;
/** A restore lets other work run after so many bytes of rows. */
const restoreSliceBytes = 256 * 1024;

/** The adapter behind {@link sqlite}. */
class SqliteStorage implements StorageAdapter {
  readonly name = "sqlite";
  readonly #directory: DataDirectory;
  readonly #options: StoreOptions;
  #generation: number;
  #store: Store;
  #restoring = false;
  #closing: Promise<void> | undefined;

  constructor(options: SqliteOptions) {
    this.#options = {
      cacheKib: options.cacheKib ?? 2 * 1024,
      inPlaceSyncOpsMax: options.inPlaceSyncOpsMax ?? 8,
      inPlaceSyncMsMax: options.inPlaceSyncMsMax ?? 4,
      checkpointSliceBytes: options.checkpointSliceBytes ?? 4 * mib,
      checkpointWorkerBytesMin: options.checkpointWorkerBytesMin ?? 16 * mib,
      walBytesMax: options.walBytesMax ?? 16 * mib,
      walRoomChunkBytes: options.walRoomChunkBytes ?? mib,
      snapshotWalBytesMax: options.snapshotWalBytesMax ?? 1024 * mib,
      checkAtOpen: options.checkAtOpen ?? true,
      openFile: (path) => Deno.openSync(path, { read: true, write: true }),
      onFailure: (error) => options.logger?.error("storage has failed, no more writes", { error: error.message }),
    };
    this.#directory = DataDirectory.open(options.directory);
    try {
      const generation = this.#directory.currentGeneration();
      this.#directory.removeAllBut(generation);
      this.#generation = generation ?? this.#makeFirstStore();
      this.#store = this.#openStore(this.#options);
    } catch (error) {
      this.#directory.close();
      throw storageError(`Cannot open data directory "${options.directory}"`, error);
    }
  }

  #makeFirstStore(): number {
    new StoreFileBuilder(this.#directory.temporaryPath).finishSync();
    this.#directory.publish(1);
    return 1;
  }

  #openStore(options: StoreOptions): Store {
    const store = new Store(this.#directory.storePath(this.#generation), options);
    // The log's file is new. Its entry must be there before anything in it counts.
    this.#directory.sync();
    return store;
  }

  getNumbered(bucket: NumberedBucket, key: number): Uint8Array | undefined {
    return this.#read(() => this.#store.readers.numbered[bucket].get(key));
  }

  getNumberedMany(bucket: NumberedBucket, keys: readonly number[]): (Uint8Array | undefined)[] {
    return this.#read(() => this.#store.getNumberedMany(bucket, keys));
  }

  visitNumberedMany(
    bucket: NumberedBucket,
    keys: readonly number[],
    visit: (value: Uint8Array | undefined) => void,
  ): void {
    this.#read(() => this.#store.visitNumberedMany(bucket, keys, visit));
  }

  scanNumbered(bucket: NumberedBucket, scan: Scan<number>): NumberedRow[] {
    return this.#read(() => this.#store.readers.numbered[bucket].scan(scan));
  }

  numberedBytes(bucket: NumberedBucket, ranges: readonly NumberedRange[]): number {
    return this.#read(() => this.#store.numberedBytes(bucket, ranges));
  }

  getNamed(bucket: NamedBucket, key: Uint8Array): Uint8Array | undefined {
    return this.#read(() => this.#store.readers.named[bucket].get(key));
  }

  scanNamed(bucket: NamedBucket, scan: Scan<Uint8Array>): NamedRow[] {
    return this.#read(() => this.#store.readers.named[bucket].scan(scan));
  }

  size(): StorageSize {
    return this.#read(() => this.#store.size());
  }

  #read<Result>(read: () => Result): Result {
    this.#assertOpen();
    try {
      return read();
    } catch (error) {
      throw storageError("Cannot read from store", error);
    }
  }

  apply(batch: WriteBatch): void {
    this.#assertOpen();
    if (!batch.isEmpty) this.#store.apply(batch);
  }

  sync(): Promise<void> {
    return this.#closing === undefined ? this.#store.sync() : Promise.reject(closedError());
  }

  async defragment(): Promise<void> {
    this.#assertOpen();
    await this.#store.defragment();
  }

  snapshot(): AsyncIterable<Uint8Array> {
    this.#assertOpen();
    return this.#store.snapshot();
  }

  async restore(snapshot: AsyncIterable<Uint8Array>): Promise<void> {
    this.#assertOpen();
    if (this.#restoring) throw new StorageError("aborted", "Cannot restore snapshot: another restore is running");
    this.#restoring = true;
    try {
      await this.#build(snapshot);
      this.#assertOpen();
      await this.#switchToRestored();
    } finally {
      this.#restoring = false;
    }
  }

  /** Fills a new file from the snapshot; removes it again if that fails. */
  async #build(snapshot: AsyncIterable<Uint8Array>): Promise<void> {
    this.#directory.removeTemporary();
    const builder = new StoreFileBuilder(this.#directory.temporaryPath);
    try {
      let bytesSinceTurn = 0;
      await decodeSnapshot(snapshot, {
        numbered: (bucket, row) => {
          builder.rows.putNumbered(bucket, row);
          bytesSinceTurn += row.value.length;
        },
        named: (bucket, row) => {
          builder.rows.putNamed(bucket, row);
          bytesSinceTurn += row.key.length + row.value.length;
        },
        async slice() {
          if (bytesSinceTurn < restoreSliceBytes) return;
          bytesSinceTurn = 0;
          await nextTurn();
        },
      });
      await builder.finish();
    } catch (error) {
      builder.abandon();
      this.#directory.removeTemporary();
      throw storageError("Cannot restore snapshot", error);
    }
  }

  async #switchToRestored(): Promise<void> {
    const old = this.#store;
    old.abortViews("Cannot go on with snapshot: the content has been replaced by a restore");
    try {
      this.#directory.publish(this.#generation + 1);
      this.#generation++;
      this.#store = this.#openStore({ ...this.#options, checkAtOpen: false });
    } catch (cause) {
      // The directory may hold the new content already, and this adapter has only the old: nothing may be added to it.
      const error = storageError("Cannot open restored store", cause);
      old.fail(error);
      throw error;
    }
    await old.close();
    this.#directory.removeAllBut(this.#generation);
  }

  close(): Promise<void> {
    return this.#closing ??= this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    try {
      await this.#store.close();
    } finally {
      this.#directory.close();
    }
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}

function closedError(): StorageError {
  return new StorageError("closed", "Cannot use storage: it has been closed");
}

/**
 * A store in a directory, in SQLite's format (WAL mode). Rows of numbered buckets are kept by integer key. Bytes given out belong to the
 * reader, bytes handed in are not kept.
 *
 * @example
 * ```ts ignore
 * const storage = sqlite({ directory: "default.etcd/member" });
 * ```
 * @throws {StorageError} `locked` when the directory is in use, `version` when its content is a newer detcd's, `corrupt`, `io`, `noSpace`.
 */
export function sqlite(options: SqliteOptions): StorageAdapter {
  return new SqliteStorage(options);
}
