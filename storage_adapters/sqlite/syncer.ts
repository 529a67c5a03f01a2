import { storageError } from "./errors.ts";

/** The part of an open file that a {@link Syncer} needs. */
export interface SyncableFile {
  /** Brings written data to the device, on the thread pool. */
  syncData(): Promise<void>;
  /** The same, in place. */
  syncDataSync(): void;
}

/** The settings of a {@link Syncer}. */
export interface SyncerOptions {
  /** Up to this many row changes since the last sync, the sync is done in place; above, on the thread pool. */
  inPlaceOpsMax: number;
  /** While syncs in place take longer than this on average, in milliseconds, only one now and then is done there, to see whether they still do. */
  inPlaceMsMax: number;
  /** Milliseconds on a clock that never goes back. */
  now: () => number;
  /** Told once about the first failure; afterwards nothing is ever reported as durable. */
  onFailure: (error: Error) => void;
}

const averageWeight = 0.2;
/** What a sync on the thread pool leaves of the average: about ten are made there before one in place is tried again. */
const averageKept = 0.97;

/**
 * Makes a file's writes durable for many callers at once: a call is covered by the first sync that begins after it, and calls that
 * wait for the same sync share it. A failed sync is final, because the kernel may have dropped the pages that it could not write.
 */
export class Syncer {
  readonly #file: SyncableFile;
  /** A second handle: a file cannot be synced in place while a sync of the same handle is on the thread pool. */
  readonly #inPlaceFile: SyncableFile;
  readonly #options: SyncerOptions;
  /** Number of the latest write. */
  #written = 0;
  /** Number of the latest write known to be durable. Never above `#written`. */
  #durable = 0;
  #opsSinceSync = 0;
  /**
   * Of syncs in place only: on the thread pool a busy machine adds the wait for a core, twice, which says nothing about the device, and would keep
   * syncs there for good.
   */
  #averageMs = 0;
  #running: { upTo: number; done: Promise<void> } | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;
  #failure: Error | undefined;

  constructor(files: { pooled: SyncableFile; inPlace: SyncableFile }, options: SyncerOptions) {
    this.#file = files.pooled;
    this.#inPlaceFile = files.inPlace;
    this.#options = options;
  }

  /** Notes that `ops` row changes have been written. */
  noteWrite(ops: number): void {
    this.#written++;
    this.#opsSinceSync += ops;
  }

  /** Resolves when everything noted before this call is durable. */
  sync(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#durable === this.#written) return Promise.resolve();
    if (this.#running !== undefined) {
      if (this.#running.upTo === this.#written) return this.#running.done;
      this.#waiting ??= Promise.withResolvers();
      return this.#waiting.promise;
    }
    if (this.#opsSinceSync <= this.#options.inPlaceOpsMax) {
      if (this.#averageMs <= this.#options.inPlaceMsMax) return this.#syncInPlaceNow();
      this.#averageMs *= averageKept;
    }
    return this.#start();
  }

  #syncInPlaceNow(): Promise<void> {
    try {
      this.syncInPlace();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Makes everything noted so far durable before it returns. */
  syncInPlace(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#durable === this.#written) return;
    const startedMs = this.#options.now();
    try {
      this.#inPlaceFile.syncDataSync();
    } catch (error) {
      throw this.#fail(error);
    }
    this.#durable = this.#written;
    this.#opsSinceSync = 0;
    this.#averageMs += averageWeight * (this.#options.now() - startedMs - this.#averageMs);
  }

  /** Resolves, never rejects, when no sync is on the thread pool any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running.done.catch(() => {});
  }

  async #run(upTo: number): Promise<void> {
    try {
      await this.#file.syncData();
    } catch (error) {
      this.#running = undefined;
      const failure = this.#fail(error);
      this.#waiting?.reject(failure);
      this.#waiting = undefined;
      throw failure;
    }
    this.#running = undefined;
    if (upTo > this.#durable) this.#durable = upTo;
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    if (this.#failure !== undefined) waiting.reject(this.#failure);
    else if (this.#durable === this.#written) waiting.resolve();
    else this.#start().then(waiting.resolve, waiting.reject);
  }

  #start(): Promise<void> {
    this.#opsSinceSync = 0;
    const upTo = this.#written;
    const done = this.#run(upTo);
    this.#running = { upTo, done };
    return done;
  }

  #fail(cause: unknown): Error {
    if (this.#failure === undefined) {
      this.#failure = storageError("Cannot sync write-ahead log", cause);
      this.#options.onFailure(this.#failure);
    }
    return this.#failure;
  }
}
