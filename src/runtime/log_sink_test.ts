import assert from "node:assert/strict";
import { LogSink, type LogTarget } from "./log_sink.ts";

/** A target whose writes are finished by hand, and take at most `chunkBytes` at a time. */
class SlowTarget implements LogTarget {
  text = "";
  writes = 0;
  closed = false;
  #open: (() => void) | undefined;
  #gate: Promise<void> | undefined;

  constructor(readonly chunkBytes = Infinity) {}

  stall(): void {
    this.#gate = new Promise((resolve) => this.#open = resolve);
  }
  resume(): void {
    this.#gate = undefined;
    this.#open?.();
  }
  async write(bytes: Uint8Array): Promise<number> {
    this.writes++;
    await this.#gate;
    return this.writeSync(bytes);
  }
  writeSync(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, Math.min(bytes.length, this.chunkBytes));
    this.text += new TextDecoder().decode(taken);
    return taken.length;
  }
  close(): void {
    this.closed = true;
  }
}

function sinkOn(target: LogTarget): LogSink {
  return new LogSink(target, { droppedLine: (count) => `dropped ${count}\n` });
}

Deno.test("LogSink.push() writes the lines of a turn together, in order", async () => {
  const target = new SlowTarget();
  const sink = sinkOn(target);
  sink.push("a\n");
  sink.push("b\n");
  assert.equal(target.text, "", "nothing is written in the caller's turn");
  await sink.flush();
  assert.equal(target.text, "a\nb\n");
  assert.equal(target.writes, 1);
});

Deno.test("LogSink goes on where a short write has ended", async () => {
  const target = new SlowTarget(3);
  const sink = sinkOn(target);
  sink.push("0123456789\n");
  await sink.flush();
  assert.equal(target.text, "0123456789\n");
});

Deno.test("LogSink drops and counts what a stalled target leaves no room for", async () => {
  const target = new SlowTarget();
  target.stall();
  const sink = sinkOn(target);
  sink.push("first\n");
  await Promise.resolve();
  await Promise.resolve();
  const line = `${"x".repeat(1023)}\n`;
  for (let at = 0; at < 1100; at++) sink.push(line);
  target.resume();
  await sink.flush();
  assert.equal(target.text, `first\n${line.repeat(1024)}dropped 76\n`);
  sink.push("after\n");
  await sink.flush();
  assert.ok(target.text.endsWith("dropped 76\nafter\n"));
});

Deno.test("LogSink.flushSync() writes at once what has been pushed", async () => {
  const target = new SlowTarget(2);
  const sink = sinkOn(target);
  sink.push("last words\n");
  sink.flushSync();
  assert.equal(target.text, "last words\n");
  await sink.flush();
  assert.equal(target.text, "last words\n", "nothing is written twice");
});

Deno.test("LogSink falls silent when its target fails, and still closes it", async () => {
  let attempts = 0;
  let closed = false;
  const sink = sinkOn({
    write: () => {
      attempts++;
      return Promise.reject(new Error("broken pipe"));
    },
    writeSync: () => {
      throw new Error("broken pipe");
    },
    close: () => closed = true,
  });
  sink.push("a\n");
  await sink.flush();
  sink.push("b\n");
  await sink.flush();
  sink.flushSync();
  assert.equal(attempts, 1);
  await sink.close();
  assert.equal(closed, true);
});

Deno.test("LogSink.close() writes what waits first", async () => {
  const target = new SlowTarget();
  const sink = sinkOn(target);
  sink.push("a\n");
  await sink.close();
  assert.equal(target.text, "a\n");
  assert.equal(target.closed, true);
});
