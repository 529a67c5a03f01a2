import assert from "node:assert/strict";
import { WriteBatch } from "../../src/ports/mod.ts";
import { LogRoom } from "./log_room.ts";
import { sqlite } from "./mod.ts";
import { pageBytes } from "./store_file.ts";

/** A file that is only as long as it is. */
class LengthFile {
  size = 0;
  writes = 0;
  sizeMax = Infinity;
  statSync(): { size: number } {
    return { size: this.size };
  }
  writeSync(bytes: Uint8Array): number {
    this.writes++;
    assert.ok(bytes.every((byte) => byte === 0));
    const written = Math.min(bytes.length, this.sizeMax - this.size);
    if (written === 0) throw new Error("No space left on device (os error 28)");
    this.size += written;
    return written;
  }
}

Deno.test("LogRoom.noteWrite() keeps the file ahead of what is written, up to its bound", () => {
  const file = new LengthFile();
  const room = new LogRoom(file, { bytesMax: 10_500, chunkBytes: 1000 });
  assert.equal(file.size, 0, "nothing before the first write");
  for (let written = 100; written <= 20_000; written += 100) {
    room.noteWrite(100);
    assert.ok(file.size >= Math.min(written, 10_500), `${written} bytes were written, the file has ${file.size}`);
    assert.ok(
      file.size <= Math.min(written + 1500, 10_500),
      `${written} bytes were written, the file has ${file.size}`,
    );
  }
  assert.equal(file.writes, 11, "nor once the bound is reached");
});

Deno.test("LogRoom.begin() makes room again in a file that was cut", () => {
  const file = new LengthFile();
  const room = new LogRoom(file, { bytesMax: 1000, chunkBytes: 1000 });
  room.noteWrite(100);
  file.size = 0;
  room.noteWrite(2000);
  assert.equal(file.size, 0);
  room.begin();
  room.noteWrite(100);
  assert.equal(file.size, 1000);
});

Deno.test("LogRoom.noteWrite() leaves a file alone that cannot be made longer", () => {
  const file = new LengthFile();
  file.sizeMax = 1200;
  const room = new LogRoom(file, { bytesMax: 10_000, chunkBytes: 1000 });
  for (let i = 0; i < 50; i++) room.noteWrite(100);
  assert.deepEqual([file.size, file.writes], [1200, 2]);
});

Deno.test("sqlite() writes the log within room made ahead, also after the log was cut, and opens a log that ends in zeros", async () => {
  const directory = await Deno.makeTempDir();
  const walPath = `${directory}/store-1.sqlite-wal`;
  const options = { directory, walBytesMax: 8 * pageBytes, checkpointSliceBytes: pageBytes * 4 };
  const put = (storage: ReturnType<typeof sqlite>, key: number) => {
    const batch = new WriteBatch();
    batch.putNumbered("history", key, new Uint8Array(700).fill(key));
    storage.apply(batch);
    return storage.sync();
  };
  try {
    const storage = sqlite({ ...options, walRoomChunkBytes: 16 * pageBytes });
    try {
      for (let key = 1; key <= 8; key++) {
        await put(storage, key);
        if (key === 1) assert.equal(Deno.statSync(walPath).size, 16 * pageBytes, "room is made with the first put");
      }
      await storage.defragment();
      assert.equal(Deno.statSync(walPath).size, 0);
      await put(storage, 9);
      assert.equal(Deno.statSync(walPath).size, 16 * pageBytes);
      await Deno.mkdir(`${directory}/killed`);
      for (const suffix of ["", "-wal"]) {
        await Deno.copyFile(`${directory}/store-1.sqlite${suffix}`, `${directory}/killed/store-1.sqlite${suffix}`);
      }
    } finally {
      await storage.close();
    }
    const killed = sqlite({ ...options, directory: `${directory}/killed` });
    try {
      const rows = killed.scanNumbered("history", { limit: 200 });
      assert.deepEqual(rows.map(({ key }) => key), Array.from({ length: 9 }, (_, i) => i + 1));
    } finally {
      await killed.close();
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
