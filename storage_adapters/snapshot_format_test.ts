import assert from "node:assert/strict";
import { concatBytes } from "../src/base/mod.ts";
import type { NamedRow, NumberedRow } from "../src/ports/mod.ts";
import { decodeSnapshot, encodeSnapshot, type SnapshotSource } from "./snapshot_format.ts";

const source: SnapshotSource = {
  *numbered(bucket): Generator<NumberedRow[]> {
    if (bucket === "log") yield [{ key: 1, value: Uint8Array.of(0xaa) }];
    if (bucket === "history") {
      yield [{ key: 0, value: new Uint8Array(0) }];
      yield [];
      yield [{ key: Number.MAX_SAFE_INTEGER, value: new Uint8Array(5000).fill(9) }];
    }
  },
  *named(bucket): Generator<NamedRow[]> {
    if (bucket === "meta") yield [{ key: new Uint8Array(0), value: Uint8Array.of(1, 2) }];
  },
};

async function* stream(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array, void, void> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

const noSink = { numbered() {}, named() {} };

Deno.test("encodeSnapshot() writes version 1 as docs/storage_adapter.md has it", () => {
  const whole = concatBytes([...encodeSnapshot(source)]);
  const head = "64657463 64736e70 01000000" + // "detcdsnp", version 1
    "0100" + "02 0100000000000000 01000000 aa" + // bucket log, row 1
    "0101" + "02 0000000000000000 00000000" + // bucket history, row 0
    "02 ffffffffffff1f00 88130000"; // row 2^53-1 with 5000 bytes
  const tail = "0102" + "03 00000000 02000000 0102" + "0103 0104 0105 0106" + // named buckets
    "00 0400000000000000"; // 4 rows
  const hex = whole.toHex();
  assert.equal(
    hex,
    head.replaceAll(" ", "") + "09".repeat(5000) + tail.replaceAll(" ", "") + whole.subarray(-32).toHex(),
  );
});

Deno.test("encodeSnapshot() ends with the SHA-256 of what comes before", async () => {
  const whole = concatBytes([...encodeSnapshot(source)]);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole.subarray(0, -32)));
  assert.deepEqual(whole.subarray(-32), digest);
});

Deno.test("encodeSnapshot() gives chunks of the size that is asked for", () => {
  const chunks = [...encodeSnapshot(source, { chunkBytes: 512 })];
  assert.ok(chunks.length > 8);
  for (const chunk of chunks.slice(0, -1)) assert.equal(chunk.length, 512);
  assert.deepEqual(concatBytes(chunks), concatBytes([...encodeSnapshot(source)]));
});

Deno.test("decodeSnapshot() gives the rows back, whatever the pieces, and the sink may keep them", async () => {
  const whole = concatBytes([...encodeSnapshot(source)]);
  for (const pieceBytes of [1, 2, 13, 4096, whole.length]) {
    const rows: unknown[] = [];
    const buffer = new Uint8Array(pieceBytes);
    const reused = (async function* () {
      for (let at = 0; at < whole.length; at += pieceBytes) {
        const part = whole.subarray(at, at + pieceBytes);
        buffer.set(part);
        yield await Promise.resolve(buffer.subarray(0, part.length));
      }
    })();
    await decodeSnapshot(reused, {
      numbered: (bucket, row) => rows.push([bucket, row]),
      named: (bucket, row) => rows.push([bucket, row]),
    });
    assert.deepEqual(rows, [
      ["log", { key: 1, value: Uint8Array.of(0xaa) }],
      ["history", { key: 0, value: new Uint8Array(0) }],
      ["history", { key: Number.MAX_SAFE_INTEGER, value: new Uint8Array(5000).fill(9) }],
      ["meta", { key: new Uint8Array(0), value: Uint8Array.of(1, 2) }],
    ]);
  }
});

Deno.test("decodeSnapshot() refuses a newer version, foreign bytes, and rows or buckets out of order", async () => {
  const whole = concatBytes([...encodeSnapshot(source)]);
  const newer = whole.slice();
  newer[8] = 2;
  await assert.rejects(decodeSnapshot(stream(newer), noSink), { fault: "version" });
  await assert.rejects(decodeSnapshot(stream(new Uint8Array(100)), noSink), {
    fault: "corrupt",
    message: /not a detcd snapshot/,
  });
  await assert.rejects(decodeSnapshot(stream(), noSink), { fault: "corrupt", message: /ends too early/ });
  const header = whole.subarray(0, 12);
  const row = (key: number) => Uint8Array.of(2, key, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const refused: [string, Uint8Array[]][] = [
    ["out of order", [Uint8Array.of(1, 0), row(5), row(5)]],
    ["out of order", [Uint8Array.of(1, 1)]],
    ["wrong bucket", [row(1)]],
    ["wrong bucket", [Uint8Array.of(1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0)]],
    ["unknown kind", [Uint8Array.of(9, 9)]],
    ["claims to have", [Uint8Array.of(1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255)]],
    ["in place of", [Uint8Array.of(1, 0), row(1), new Uint8Array(9)]],
    ["buckets are missing", [Uint8Array.of(1, 0), new Uint8Array(9)]],
  ];
  for (const [message, records] of refused) {
    await assert.rejects(decodeSnapshot(stream(header, ...records), noSink), {
      fault: "corrupt",
      message: new RegExp(message),
    });
  }
});

Deno.test("decodeSnapshot() lets the stream go when it refuses it", async () => {
  let released = false;
  const endless = (async function* () {
    try {
      while (true) yield await Promise.resolve(new Uint8Array(100));
    } finally {
      released = true;
    }
  })();
  await assert.rejects(decodeSnapshot(endless, noSink), { fault: "corrupt" });
  assert.ok(released);
});

/** A snapshot as a member sends it. */
async function sealed(content: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const filled = concatBytes([content, new Uint8Array((512 - content.length % 512) % 512)]);
  return concatBytes([filled, new Uint8Array(await crypto.subtle.digest("SHA-256", filled))]);
}

Deno.test("decodeSnapshot() takes a sealed snapshot, whatever the pieces and wherever the content ends", async () => {
  for (let valueBytes = 0; valueBytes < 512; valueBytes += 73) {
    const one: SnapshotSource = {
      *numbered(bucket) {
        if (bucket === "log") yield [{ key: 1, value: new Uint8Array(valueBytes) }];
      },
      *named() {},
    };
    const whole = await sealed(concatBytes([...encodeSnapshot(one)]));
    assert.equal(whole.length % 512, 32);
    for (const pieceBytes of [1, 100, whole.length]) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < whole.length; at += pieceBytes) pieces.push(whole.subarray(at, at + pieceBytes));
      const found: number[] = [];
      await decodeSnapshot(stream(...pieces), { ...noSink, numbered: (_, { value }) => found.push(value.length) });
      assert.deepEqual(found, [valueBytes]);
    }
  }
});

Deno.test("decodeSnapshot() needs no zeros in the seal of content that fills its blocks", async () => {
  const rows = (valueBytes: number): SnapshotSource => ({
    *numbered(bucket) {
      if (bucket === "log") yield [{ key: 1, value: new Uint8Array(valueBytes) }];
    },
    *named() {},
  });
  const bytes = (valueBytes: number) => concatBytes([...encodeSnapshot(rows(valueBytes))]).length;
  const whole = concatBytes([...encodeSnapshot(rows((512 - bytes(0) % 512) % 512))]);
  assert.equal(whole.length % 512, 0);
  await decodeSnapshot(stream(await sealed(whole)), noSink);
});

Deno.test("decodeSnapshot() refuses a seal that is cut short, damaged, or followed by anything", async () => {
  const content = concatBytes([...encodeSnapshot(source)]);
  const whole = await sealed(content);
  for (let length = content.length + 1; length < whole.length; length += 7) {
    await assert.rejects(decodeSnapshot(stream(whole.subarray(0, length)), noSink), { fault: "corrupt" });
  }
  for (let at = content.length; at < whole.length; at += 5) {
    const damaged = whole.slice();
    damaged[at] ^= 4;
    await assert.rejects(decodeSnapshot(stream(damaged), noSink), { fault: "corrupt" });
  }
  await assert.rejects(decodeSnapshot(stream(whole, new Uint8Array(1)), noSink), { fault: "corrupt" });
});
