import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { concatBytes } from "../base/mod.ts";
import { type FrameHead, FrameReader, type FrameSink } from "./frame_reader.ts";
import { type Frame, frame } from "./testing.ts";

class Sink implements FrameSink {
  readonly frames: Frame[] = [];
  oversized = 0;
  stopAfter = Infinity;
  onFrame(head: FrameHead, bytes: Uint8Array, start: number, end: number): boolean {
    this.frames.push({ ...head, payload: bytes.slice(start, end) });
    return this.frames.length < this.stopAfter;
  }
  onOversizedFrame(): void {
    this.oversized++;
  }
}

const anyFrame = fc.record({
  type: fc.nat(255),
  flags: fc.nat(255),
  streamId: fc.nat(0x7fffffff),
  payload: fc.uint8Array({ maxLength: 100, size: "max" }),
}, { noNullPrototype: true });

Deno.test("FrameReader gives the same frames however the bytes are cut", () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20, size: "max" });
  fc.assert(
    fc.property(fc.array(anyFrame, { maxLength: 20, size: "max" }), cuts, (frames, sizes) => {
      const bytes = concatBytes(
        frames.map(({ type, streamId, flags, payload }) => frame(type, streamId, { flags, payload })),
      );
      const sink = new Sink();
      const reader = new FrameReader(sink, 100);
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const end = Math.min(bytes.length, at + sizes[i % sizes.length]);
        const chunk = bytes.slice(at, end);
        reader.read(chunk, 0);
        chunk.fill(0xee);
        at = end;
      }
      assert.deepEqual(sink.frames, frames);
      assert.equal(reader.heldBytes, 0);
      assert.equal(sink.oversized, 0);
    }),
    propertyOptions({ numRuns: 300 }),
  );
});

Deno.test("FrameReader.read() stops at a frame above the bound, as soon as its head is known", () => {
  for (const chunkBytes of [1, 2, 9, 100]) {
    const sink = new Sink();
    const reader = new FrameReader(sink, 100);
    const bytes = concatBytes([frame(0, 1, { payload: [1] }), frame(0, 3, { length: 101 }), frame(0, 5)]);
    for (let at = 0; at < bytes.length; at += chunkBytes) reader.read(bytes.subarray(at, at + chunkBytes), 0);
    assert.deepEqual(sink.frames.map(({ streamId }) => streamId), [1]);
    assert.equal(sink.oversized, 1);
  }
});

Deno.test("FrameReader.read() reads nothing more once the sink has said so", () => {
  const sink = new Sink();
  sink.stopAfter = 2;
  const reader = new FrameReader(sink, 100);
  const bytes = concatBytes([frame(0, 1), frame(0, 3), frame(0, 5)]);
  reader.read(bytes, 0);
  reader.read(bytes, 0);
  assert.equal(sink.frames.length, 2);
});
