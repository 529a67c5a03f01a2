import { DatabaseSync } from "node:sqlite";
import { StorageError } from "../../src/ports/mod.ts";
import { storageError } from "./errors.ts";
import { createTablesSql, Writer } from "./tables.ts";

/** "detc": tells a detcd store from other SQLite files. */
const applicationId = 0x64657463;

/** The version of the tables that this detcd reads and writes. */
export const schemaVersion = 1;

/** Bytes per page. Measured in docs/adr/0010-sqlite-settings.md. */
export const pageBytes = 8192;

/** A new store that is being filled. It counts for nothing until {@link finish} has returned and the file has been given its name. */
export class StoreFileBuilder {
  readonly #path: string;
  readonly #db: DatabaseSync;
  readonly rows: Writer;
  #closed = false;

  /** Begins a store in a new file at `path`. */
  constructor(path: string) {
    this.#path = path;
    this.#db = new DatabaseSync(path);
    this.#db.exec(
      `PRAGMA page_size = ${pageBytes}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;` +
        `PRAGMA cache_size = -8192; BEGIN; ${createTablesSql}`,
    );
    this.rows = new Writer(this.#db);
  }

  /** Completes the file and brings it to the device. */
  async finish(): Promise<void> {
    using file = this.#complete();
    await file.sync();
  }

  /** {@link finish}, in place. */
  finishSync(): void {
    using file = this.#complete();
    file.syncSync();
  }

  #complete(): Deno.FsFile {
    this.#db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`);
    this.#db.exec("PRAGMA journal_mode = WAL");
    this.#close();
    return Deno.openSync(this.#path, { read: true, write: true });
  }

  /** Gives the file up; the caller removes it. */
  abandon(): void {
    this.#close();
  }

  #close(): void {
    if (!this.#closed) this.#db.close();
    this.#closed = true;
  }
}

/**
 * A connection to the store at `path`, after a look at who wrote it.
 * @throws {StorageError} `version` for the store of a newer detcd and for a file that is not detcd's.
 */
export function openStoreFile(path: string, options: { readOnly?: boolean; cacheKib: number }): DatabaseSync {
  const action = `Cannot open store "${path}"`;
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: options.readOnly ?? false });
    const id = pragmaNumber(db, "application_id");
    if (id !== applicationId) throw new StorageError("version", `${action}: it is not a detcd store`);
    const version = pragmaNumber(db, "user_version");
    if (version !== schemaVersion) {
      throw new StorageError(
        "version",
        `${action}: it has schema version ${version}, this detcd knows version ${schemaVersion}`,
      );
    }
    db.exec(
      `PRAGMA cache_size = -${options.cacheKib}; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cell_size_check = ON;` +
        "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0",
    );
    return db;
  } catch (error) {
    db?.close();
    throw storageError(action, error);
  }
}

/** The value of a pragma that is one number. */
export function pragmaNumber(db: DatabaseSync, pragma: string): number {
  const row = db.prepare(`PRAGMA ${pragma}`).get() as Record<string, number>;
  return Object.values(row)[0];
}
