import assert from "node:assert/strict";
import { sqlite } from "../../storage_adapters/sqlite/mod.ts";

const child = new URL("./killed_child.ts", import.meta.url).pathname;

/** Lets a child write until it has printed `lines` lines, kills it with SIGKILL and returns the highest number that it printed. */
async function runAndKill(directory: string, { first, lines }: { first: number; lines: number }): Promise<number> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", child, directory, String(first)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  let killed = false;
  for await (const chunk of process.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (!killed && text.split("\n").length > lines) {
      process.kill("SIGKILL");
      killed = true;
    }
  }
  await process.status;
  // The last line may have been cut off by the end.
  const numbers = text.split("\n").slice(0, -1).map(Number);
  return Math.max(...numbers);
}

Deno.test("kill -9 at any time loses nothing that was synced, leaves no half batch, and frees the directory", async () => {
  const directory = await Deno.makeTempDir({ prefix: "detcd-kill-" });
  try {
    let first = 1;
    for (let round = 0; round < 5; round++) {
      const printed = await runAndKill(directory, { first, lines: 150 + round * 137 });
      const storage = sqlite({ directory });
      const last = Number(new TextDecoder().decode(storage.getNamed("meta", Uint8Array.of(1))));
      assert.ok(last >= printed, `batch ${printed} was printed, ${last} is the last one there`);
      const log = storage.scanNumbered("log", { limit: Infinity });
      const history = storage.scanNumbered("history", { limit: Infinity });
      assert.deepEqual(log.map((row) => row.key), Array.from({ length: last }, (_, i) => i + 1));
      assert.deepEqual(history.map((row) => row.key), Array.from({ length: last * 2 }, (_, i) => i + 2));
      for (const { key, value } of log) assert.equal(parseInt(new TextDecoder().decode(value)), key);
      await storage.close();
      first = last + 1;
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
