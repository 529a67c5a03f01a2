import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import type { etcdserverpb } from "../../../proto/gen/mod.ts";
import { Code, concatBytes, EtcdError } from "../../base/mod.ts";
import { Metadata, type ResponseStream } from "../../grpc/mod.ts";
import { StorageError } from "../../ports/mod.ts";
import { sendSnapshot } from "./snapshot_stream.ts";

/** A call whose client takes messages when the test says so. */
class TestCall implements ResponseStream<etcdserverpb.SnapshotResponse> {
  readonly messages: etcdserverpb.SnapshotResponse[] = [];
  readonly path = "";
  readonly metadata = new Metadata();
  readonly deadlineMs = Infinity;
  readonly arrivalMs = 0;
  readonly peer = "";
  readonly transport = { peer: "", local: "", scheme: "http" as const };
  leading = undefined;
  trailing = undefined;
  isEnded = false;
  isCancelled = false;
  onDrain: (() => void) | undefined;
  onEnd: (() => void) | undefined;
  /** Messages that the client still takes. */
  constructor(public room = Infinity) {}

  onCancel(): void {
    throw new Error("not used");
  }
  fail(): void {
    this.isEnded = true;
  }
  write(message: etcdserverpb.SnapshotResponse): boolean {
    this.messages.push(message);
    return --this.room > 0;
  }
  writeFramed(): boolean {
    throw new Error("not used");
  }
  writeBytes(): boolean {
    throw new Error("not used");
  }
  end(): void {
    this.isEnded = true;
  }
  cancel(): void {
    this.isEnded = this.isCancelled = true;
    this.onEnd?.();
  }
}

/** Pieces of these lengths, each of its own byte; notes whether it was let go. */
class Source implements AsyncIterable<Uint8Array> {
  given = 0;
  released = false;
  constructor(readonly lengths: readonly number[], readonly failure?: Error) {}
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      for (const length of this.lengths) yield await Promise.resolve(new Uint8Array(length).fill(++this.given));
      if (this.failure !== undefined) throw this.failure;
    } finally {
      this.released = true;
    }
  }
}

const clock = new class extends ManualClock {
  override afterInput(callback: () => void): void {
    queueMicrotask(callback);
  }
}();

function send(call: TestCall, source: Source, expectedBytes = 0): Promise<void> {
  return sendSnapshot(call, { source, clock, expectedBytes, version: "3.7.0" });
}

/** Lets promises run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 100; i++) await Promise.resolve();
}

Deno.test("sendSnapshot() fills the bytes up to whole blocks and ends with the SHA-256 of all before", async () => {
  for (const lengths of [[700, 300], [512], [], [511], [513, 511]]) {
    const call = new TestCall();
    await send(call, new Source(lengths));
    const sent = concatBytes(call.messages.map(({ blob }) => blob));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    assert.equal(sent.length, Math.ceil(total / 512) * 512 + 32);
    assert.deepEqual(
      sent.subarray(0, total),
      concatBytes(lengths.map((length, i) => new Uint8Array(length).fill(i + 1))),
    );
    assert.ok(sent.subarray(total, -32).every((byte) => byte === 0));
    const digest = createHash("sha256").update(sent.subarray(0, -32)).digest();
    assert.equal(sent.subarray(-32).toHex(), digest.toString("hex"));
    assert.equal(call.isEnded, true);
    assert.ok(call.messages.every(({ version }) => version === "3.7.0"));
  }
});

Deno.test("sendSnapshot() tells about how much remains, and that nothing does in the last message alone", async () => {
  const call = new TestCall();
  await send(call, new Source([1000, 1000, 1000]), 2500);
  assert.deepEqual(call.messages.map(({ remainingBytes }) => remainingBytes), [1500, 500, 32, 32, 0]);
});

Deno.test("sendSnapshot() reads on only when the client has taken what it was sent", async () => {
  const call = new TestCall(2);
  const source = new Source([1000, 1000, 1000, 1000]);
  const done = send(call, source);
  await settle();
  assert.equal(source.given, 2);
  call.room = 1;
  call.onDrain!();
  await settle();
  assert.equal(source.given, 3);
  call.room = Infinity;
  call.onDrain!();
  await done;
  assert.equal(call.isEnded, true);
});

Deno.test("sendSnapshot() lets the snapshot go when its client goes away, also one that takes no more", async () => {
  const call = new TestCall(2);
  const source = new Source([1000, 1000, 1000, 1000]);
  const done = send(call, source);
  await settle();
  call.cancel();
  await done;
  assert.equal(source.released, true);
  assert.ok(source.given < 4);
  assert.equal(call.messages.length, 2);
});

Deno.test("sendSnapshot() says when the storage gives the snapshot up, and sends no digest", async () => {
  const call = new TestCall();
  const given = new StorageError("aborted", "Cannot go on with snapshot: too slow");
  await assert.rejects(send(call, new Source([600], given)), new EtcdError(Code.Aborted, given.message));
  assert.equal(call.messages.length, 1);
  const broken = new StorageError("corrupt", "row 5");
  await assert.rejects(send(call, new Source([], broken)), broken);
});
