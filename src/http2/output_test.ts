import assert from "node:assert/strict";
import { OutputBuffer } from "./output.ts";
import { describeFrame, parseFrames } from "./testing.ts";

Deno.test("OutputBuffer.take() gives everything once, and leaves it as it is until the next call", () => {
  const output = new OutputBuffer();
  assert.equal(output.take(), undefined);
  output.append(Uint8Array.of(1, 2, 3));
  const first = output.take()!;
  output.append(Uint8Array.of(4));
  assert.deepEqual([...first], [1, 2, 3]);
  const second = output.take()!;
  output.append(Uint8Array.of(5, 6));
  assert.deepEqual([...second], [4]);
  assert.deepEqual([...output.take()!], [5, 6]);
  assert.equal(output.take(), undefined);
});

Deno.test("OutputBuffer keeps what it is given at any length", () => {
  const output = new OutputBuffer();
  let expected: number[] = [];
  for (let round = 0; round < 3; round++) {
    for (const length of [0, 1, 23, 24, 25, 4000, 5000, 100_000, 7]) {
      const piece = Uint8Array.from({ length }, (_, i) => i + length);
      output.append(piece);
      expected = [...expected, ...piece];
    }
    assert.equal(output.length, expected.length);
    assert.deepEqual(output.take(), Uint8Array.from(expected));
    expected = [];
  }
});

Deno.test("OutputBuffer.headers() splits a block that is longer than the peer's largest frame", () => {
  const output = new OutputBuffer();
  const block = Uint8Array.from({ length: 25 }, (_, i) => i);
  output.headers(7, block, true, 10);
  const frames = parseFrames(output.take()!);
  assert.deepEqual(frames.map(({ type, flags, payload }) => [type, flags, payload.length]), [[1, 1, 10], [9, 0, 10], [
    9,
    4,
    5,
  ]]);
  assert.deepEqual(frames.flatMap(({ payload }) => [...payload]), [...block]);
  output.headers(7, block.subarray(0, 20), false, 10);
  assert.deepEqual(parseFrames(output.take()!).map(({ type, flags }) => [type, flags]), [[1, 0], [9, 4]]);
});

Deno.test("OutputBuffer writes control frames", () => {
  const output = new OutputBuffer();
  output.resetStream(0x7fffffff, 0xffffffff);
  output.windowUpdate(1, 0x7fffffff);
  output.ping(new Uint8Array(8), true);
  output.goaway(5, 11, Uint8Array.of(1, 2));
  assert.deepEqual(parseFrames(output.take()!).map(describeFrame), [
    "RST_STREAM 2147483647 4294967295",
    "WINDOW_UPDATE 1 2147483647",
    "PING ack",
    "GOAWAY 5 11",
  ]);
});

Deno.test("OutputBuffer.trim() loses no output, and leaves what was taken alone", () => {
  const output = new OutputBuffer();
  output.append(Uint8Array.of(1, 2));
  output.trim();
  output.trim();
  const taken = output.take()!;
  for (let i = 0; i < 3; i++) output.trim();
  output.append(new Uint8Array(10_000).fill(9));
  assert.deepEqual([...taken], [1, 2]);
  assert.equal(output.take()!.length, 10_000);
});
