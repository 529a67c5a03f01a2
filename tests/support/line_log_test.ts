import assert from "node:assert/strict";
import { LineLog } from "./line_log.ts";

function streamOf(...chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
}

Deno.test("LineLog.line() finds a line that was cut into chunks, before or after it was asked for", async () => {
  const log = new LineLog();
  const early = log.line("ready");
  await log.follow(streamOf("one\nnow rea", "dy\nthree"));
  assert.equal(await early, "now ready");
  assert.equal(await log.line("three"), "three");
});

Deno.test("LineLog.line() gives undefined when the output ends without the line", async () => {
  const log = new LineLog();
  const missing = log.line("ready");
  await log.follow(streamOf("one\n"));
  assert.equal(await missing, undefined);
});

Deno.test("LineLog keeps the newest 400 lines", async () => {
  const log = new LineLog();
  await log.follow(streamOf(Array.from({ length: 1000 }, (_, i) => `line ${i}\n`).join("")));
  const lines = log.text().split("\n");
  assert.equal(lines.length, 400);
  assert.equal(lines[0], "line 600");
  assert.equal(lines[399], "line 999");
});
