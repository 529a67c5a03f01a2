import { concatBytes } from "../../src/base/mod.ts";
import { nextTurn } from "../../storage_adapters/next_turn.ts";
import type { DurableFile } from "../../storage_adapters/sqlite/store.ts";

/** A file as programs see it, and as it would be after a power cut. */
interface Images {
  /** What the last completed sync has made durable: the file's content when that sync began. */
  durable: Uint8Array;
  /** What has been written. */
  written: Uint8Array;
}

/** The device's unit: a power cut may keep or lose each block of this size that has not been synced. */
export const blockBytes = 4096;

const walHeaderBytes = 32;

/**
 * Watches the files of a store and knows at any time what a power cut could leave of them. Syncs count when they complete, and for
 * what was written when they began. They are not passed on: the files are only ever looked at by this process.
 */
export class RecordedDisk {
  /** By path: what is durable, and when the sync that made it so began. */
  readonly #durable = new Map<string, { content: Uint8Array; begun: number }>();
  #syncsBegun = 0;
  /** Called at every step at which a power cut would be of interest. */
  onStep: (what: string) => void = () => {};

  constructor(readonly storePath: string) {
    this.#durable.set(storePath, { content: Deno.readFileSync(storePath), begun: 0 });
  }

  /** For `StoreOptions.openFile`. */
  openFile(path: string): DurableFile {
    const kind = path.endsWith("-wal") ? "log" : "database file";
    return {
      syncData: async () => {
        const begun = ++this.#syncsBegun;
        const content = this.#read(path);
        this.onStep(`sync of ${kind} begun`);
        await nextTurn();
        // One that began later, in place, may have completed meanwhile.
        if (begun > (this.#durable.get(path)?.begun ?? 0)) this.#durable.set(path, { content, begun });
        this.onStep(`sync of ${kind} completed`);
      },
      syncDataSync: () => {
        this.onStep(`sync of ${kind} in place begun`);
        this.#durable.set(path, { content: this.#read(path), begun: ++this.#syncsBegun });
      },
      close: () => {},
    };
  }

  #read(path: string): Uint8Array {
    try {
      return Deno.readFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return new Uint8Array(0);
      throw error;
    }
  }

  get database(): Images {
    return this.#images(this.storePath);
  }

  get wal(): Images {
    const images = this.#images(`${this.storePath}-wal`);
    // When SQLite begins the log anew it syncs the new header by itself, before the first frame (wal.c, "Sync the header").
    const header = images.written.subarray(0, walHeaderBytes);
    const durable = images.durable.length === 0
      ? images.durable
      : concatBytes([header, images.durable.subarray(header.length)]);
    return { durable, written: images.written };
  }

  #images(path: string): Images {
    return { durable: this.#durable.get(path)?.content ?? new Uint8Array(0), written: this.#read(path) };
  }
}

/** The written image up to `at`, the durable one from there on: what is left when writing stopped at `at`. */
export function cut(images: Images, at: number): Uint8Array {
  return concatBytes([images.written.subarray(0, at), images.durable.subarray(at)]);
}

/** Each block as written or as durable, by `chooseWritten`. */
export function mix(images: Images, chooseWritten: () => boolean): Uint8Array {
  const { durable, written } = images;
  const parts: Uint8Array[] = [];
  const length = Math.max(durable.length, written.length);
  for (let at = 0; at < length; at += blockBytes) {
    const source = chooseWritten() ? written : durable;
    const block = source.subarray(at, at + blockBytes);
    // A block that was never written reads as zeros when a later one was.
    parts.push(block, new Uint8Array(Math.min(blockBytes, length - at) - block.length));
  }
  return concatBytes(parts);
}

/** The first byte at which the images differ, and the end of the longer one: between them a power cut may stop. */
export function unsyncedRange({ durable, written }: Images): { from: number; to: number } {
  const shared = Math.min(durable.length, written.length);
  let from = 0;
  while (from < shared && durable[from] === written[from]) from++;
  return { from, to: Math.max(durable.length, written.length) };
}
