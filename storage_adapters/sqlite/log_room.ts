/** The part of a file, opened to append, that a {@link LogRoom} needs. */
export interface AppendedFile {
  /** Writes at the file's end whatever its end is at that moment, and says how many bytes it took. */
  writeSync(bytes: Uint8Array): number;
  statSync(): { size: number };
}

/** The settings of a {@link LogRoom}. */
export interface LogRoomOptions {
  /** The file is not made longer than this. */
  bytesMax: number;
  /** Zeros are written this much at a time. */
  chunkBytes: number;
}

/**
 * Keeps zeros ahead of what is written to the write-ahead log, up to the size at which the log is begun anew. A sync after a write within the
 * file's blocks takes half as long as one after a write that makes the file longer, because the file system has nothing to note down
 * (docs/adr/0010-sqlite-settings.md).
 *
 * Zeros only ever go to the end of the file, in the thread that SQLite writes in, so they never meet a frame. SQLite takes them for the
 * end of the log: no frame has a checksum of zero bytes with the header's salt (https://www.sqlite.org/fileformat2.html#walformat).
 */
export class LogRoom {
  readonly #file: AppendedFile;
  readonly #options: LogRoomOptions;
  /** Estimated bytes between what has been written and the file's end. */
  #aheadBytes = 0;
  /** Undefined when the file is as long as it may get, or could not be made longer. */
  #zeros: Uint8Array | undefined;

  constructor(file: AppendedFile, options: LogRoomOptions) {
    this.#file = file;
    this.#options = options;
    if (options.bytesMax > 0) this.begin();
  }

  /** The log's file has been cut: room is made again as it fills. */
  begin(): void {
    this.#aheadBytes = 0;
    this.#zeros = this.#options.bytesMax === 0 ? undefined : new Uint8Array(this.#options.chunkBytes);
  }

  /** Notes that about `bytes` have been written to the log, and makes room for more. */
  noteWrite(bytes: number): void {
    if (this.#zeros === undefined) return;
    this.#aheadBytes -= bytes;
    if (this.#aheadBytes < this.#options.chunkBytes / 2) this.#extend(this.#zeros);
  }

  /** A disk that is full refuses room first; it is SQLite's to say so when a frame has no place. */
  #extend(zeros: Uint8Array): void {
    try {
      const before = this.#file.statSync().size;
      const wanted = Math.min(zeros.length, this.#options.bytesMax - before);
      const written = wanted <= 0 ? 0 : this.#file.writeSync(zeros.subarray(0, wanted));
      this.#aheadBytes = Math.max(this.#aheadBytes, 0) + written;
      if (written < zeros.length || before + written >= this.#options.bytesMax) this.#zeros = undefined;
    } catch {
      this.#zeros = undefined;
    }
  }
}
