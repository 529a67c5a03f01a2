import { type Logger, StorageError } from "../ports/mod.ts";

/** What a {@link MemberHealth} works with. */
export interface MemberHealthParts {
  logger: Logger;
  /** The member cannot be trusted any more: its process should end with this error. Called once at most. */
  onFatal(error: unknown): void;
}

/** Whether a member serves: it does until a fault comes to light, or it is closed. */
export class MemberHealth {
  readonly #parts: MemberHealthParts;
  readonly #onChange = new Set<() => void>();
  #fault: unknown;
  #isFatal = false;
  #isClosed = false;

  constructor(parts: MemberHealthParts) {
    this.#parts = parts;
  }

  /** Whether reads and writes are served. */
  get isServing(): boolean {
    return this.#fault === undefined && !this.#isClosed;
  }

  /** What was reported first; undefined when nothing was. */
  get fault(): unknown {
    return this.#fault;
  }

  /** Calls back when {@link isServing} has changed, until the returned function is called. */
  onChange(callback: () => void): () => void {
    this.#onChange.add(callback);
    return () => this.#onChange.delete(callback);
  }

  /** Notes a failure of storage or a broken invariant: from now on writes are refused, and where reads are in doubt the member ends. */
  report(error: unknown): void {
    this.#fault ??= error;
    this.#notify();
    const isContained = error instanceof StorageError && error.fault !== "corrupt";
    this.#parts.logger.error(
      isContained ? "storage has failed; writes are refused" : "the member cannot go on",
      { error: String(error) },
    );
    if (isContained || this.#isFatal) return;
    this.#isFatal = true;
    this.#parts.onFatal(error);
  }

  /** Nothing is served from now on. */
  close(): void {
    this.#isClosed = true;
    this.#notify();
  }

  #notify(): void {
    for (const callback of this.#onChange) callback();
  }
}
