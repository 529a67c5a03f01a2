/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import { openStoreFile } from "./store_file.ts";

// Runs in a Worker of its own for one copy: takes the store's path, answers with SQLite's result or with an error's text.
self.onmessage = ({ data: path }: MessageEvent<string>) => {
  try {
    const db = openStoreFile(path, { cacheKib: 64 });
    try {
      db.exec("PRAGMA synchronous = OFF");
      const { log, checkpointed } = db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get() as Record<string, number>;
      self.postMessage({ result: { log, checkpointed } });
    } finally {
      db.close();
    }
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};
