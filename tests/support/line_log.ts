const LINES_MAX = 400;
const LINE_LENGTH_MAX = 4096;

interface Waiter {
  text: string;
  resolve(line: string | undefined): void;
}

/**
 * Reads a process's output line by line, keeps the newest 400 lines (each cut at 4,096 characters), and lets a test await a
 * line. Nothing is ever left unread, so that the process cannot block on a full pipe.
 */
export class LineLog {
  readonly #lines: string[] = [];
  readonly #waiters = new Set<Waiter>();
  #open = 0;

  /** Reads `stream` to its end. Resolves there. */
  async follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    this.#open++;
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#add(line);
    }
    if (rest !== "") this.#add(rest);
    if (--this.#open === 0) this.#end();
  }

  /** The first kept or coming line that contains `text`; undefined when all streams end without one. */
  line(text: string): Promise<string | undefined> {
    const found = this.#lines.find((line) => line.includes(text));
    if (found !== undefined) return Promise.resolve(found);
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#waiters.add({ text, resolve });
    return promise;
  }

  /** The lines that are kept, oldest first. */
  text(): string {
    return this.#lines.join("\n");
  }

  #add(line: string): void {
    const kept = line.slice(0, LINE_LENGTH_MAX);
    if (this.#lines.length === LINES_MAX) this.#lines.shift();
    this.#lines.push(kept);
    for (const waiter of this.#waiters) {
      if (!kept.includes(waiter.text)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(kept);
    }
  }

  #end(): void {
    for (const waiter of this.#waiters) waiter.resolve(undefined);
    this.#waiters.clear();
  }
}
