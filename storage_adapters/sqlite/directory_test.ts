import assert from "node:assert/strict";
import { DataDirectory } from "./directory.ts";

/** Starts one child after another, in a thread of its own, until it is ended. */
const spawner = `
  for (;;) {
    await new Deno.Command("/bin/true").output();
    self.postMessage("started");
  }
`;

Deno.test("DataDirectory.close() lets go of the lock also while children are being started", async () => {
  const path = await Deno.makeTempDir({ prefix: "detcd-lock-" });
  const worker = new Worker(`data:application/javascript,${encodeURIComponent(spawner)}`, { type: "module" });
  try {
    const children = 300;
    const { promise: enough, resolve } = Promise.withResolvers<void>();
    let started = 0;
    worker.onmessage = () => void (++started === children && resolve());
    let isOver = false;
    enough.then(() => isOver = true);
    let opened = 0;
    while (!isOver) {
      for (let i = 0; i < 200; i++) {
        DataDirectory.open(path).close();
        opened++;
      }
      await new Promise<void>((turn) => setTimeout(turn, 0));
    }
    assert.ok(opened > children);
  } finally {
    worker.terminate();
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("DataDirectory.open() refuses a directory that is in use", async () => {
  const path = await Deno.makeTempDir({ prefix: "detcd-lock-" });
  const first = DataDirectory.open(path);
  assert.throws(() => DataDirectory.open(path), { fault: "locked" });
  first.close();
  DataDirectory.open(path).close();
  await Deno.remove(path, { recursive: true });
});
