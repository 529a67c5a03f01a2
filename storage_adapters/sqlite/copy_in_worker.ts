import { StorageError } from "../../src/ports/mod.ts";
import type { CheckpointResult } from "./checkpointer.ts";

type Answer = { result: CheckpointResult } | { error: string };

/** Copies pages from the log of the store at `path` to its file in a Worker that lives only for this. Nothing is synced. */
export async function copyInWorker(path: string): Promise<CheckpointResult> {
  const worker = new Worker(new URL("./checkpoint_worker.ts", import.meta.url), { type: "module", name: "checkpoint" });
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      worker.onmessage = (event: MessageEvent<Answer>) => resolve(event.data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new StorageError("io", `Cannot start checkpoint worker: ${event.message}`));
      };
      worker.postMessage(path);
    });
    if ("error" in answer) throw new StorageError("io", `Cannot checkpoint in worker: ${answer.error}`);
    return answer.result;
  } finally {
    worker.terminate();
  }
}
