/** Something that takes bytes, such as standard error or a file. */
export interface LogTarget {
  write(bytes: Uint8Array): Promise<number>;
  writeSync(bytes: Uint8Array): number;
  close(): void;
}

/** Most bytes that wait for a target at a time; lines beyond them are dropped and counted. */
const waitingBytesMax = 1 << 20;

/**
 * Writes lines to one target without ever making the caller wait. Lines of one turn leave in one write, one write is under way
 * at a time. A target that is too slow costs at most {@link waitingBytesMax} bytes: what comes on top is dropped, and the
 * number of dropped lines is said in the place where they are missing.
 */
export class LogSink {
  readonly #target: LogTarget;
  readonly #droppedLine: (count: number) => string;
  readonly #encoder = new TextEncoder();
  #waiting: string[] = [];
  /** Length of what waits, in UTF-16 units: at most a third of the bytes that it takes. */
  #waitingLength = 0;
  #dropped = 0;
  #writing: Promise<void> | undefined;
  /** What of the write under way has not been taken by the target. */
  #remainder: Uint8Array | undefined;
  #broken = false;

  constructor(target: LogTarget, options: { droppedLine: (count: number) => string }) {
    this.#target = target;
    this.#droppedLine = options.droppedLine;
  }

  /** Takes a line; it is written soon, or dropped when too much is waiting. */
  push(line: string): void {
    if (this.#broken) return;
    if (this.#waitingLength + line.length > waitingBytesMax) {
      this.#dropped++;
      return;
    }
    this.#takeUp();
    this.#waiting.push(line);
    this.#waitingLength += line.length;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when everything pushed so far has been written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  /** Writes what waits at once, for the last words of a process. */
  flushSync(): void {
    if (this.#broken) return;
    const waiting = this.#takeWaiting();
    const rest = this.#remainder;
    this.#remainder = undefined;
    try {
      for (let bytes of rest === undefined ? [waiting] : [rest, waiting]) {
        while (bytes.length > 0) bytes = bytes.subarray(this.#target.writeSync(bytes));
      }
    } catch {
      this.#broken = true;
    }
  }

  /** Writes what waits, then lets go of the target. */
  async close(): Promise<void> {
    await this.flush();
    this.#broken = true;
    this.#target.close();
  }

  /** Says how many lines are missing, now that there is room again. */
  #takeUp(): void {
    if (this.#dropped === 0) return;
    const line = this.#droppedLine(this.#dropped);
    this.#dropped = 0;
    this.#waiting.push(line);
    this.#waitingLength += line.length;
  }

  #takeWaiting(): Uint8Array {
    this.#takeUp();
    const bytes = this.#encoder.encode(this.#waiting.join(""));
    this.#waiting = [];
    this.#waitingLength = 0;
    return bytes;
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0 || this.#dropped > 0) {
        this.#remainder = this.#takeWaiting();
        while (this.#remainder !== undefined && this.#remainder.length > 0) {
          const written: number = await this.#target.write(this.#remainder);
          this.#remainder = this.#remainder?.subarray(written);
        }
      }
    } catch {
      // There is nowhere left to report to: a closed pipe or a full disk must not stop the member.
      this.#broken = true;
      this.#waiting = [];
    } finally {
      this.#remainder = undefined;
      this.#writing = undefined;
    }
  }
}
