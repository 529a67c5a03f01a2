import assert from "node:assert/strict";
import { etcdserverpb } from "../../../proto/gen/mod.ts";
import { errors, type EtcdError } from "../../base/mod.ts";
import type { RenewalWaiter } from "../../server/mod.ts";
import { HeaderWriter } from "../header.ts";
import { LeaseResponseEncoder } from "./encode.ts";
import { KeepAliveStream } from "./keep_alive.ts";

/** A stream whose leases from 100 on must wait, and whose client reads as slowly as it is told. */
class Stream {
  readonly sent: string[] = [];
  readonly waiting: [id: bigint, waiter: RenewalWaiter][] = [];
  isPaused = false;
  isFull = false;
  end: "open" | "ended" | EtcdError = "open";
  readonly call = {
    onDrain: undefined as (() => void) | undefined,
    writeBytes: (bytes: Uint8Array) => {
      const { ID, TTL, header } = etcdserverpb.LeaseKeepAliveResponse.decode(bytes);
      this.sent.push(`${ID}:${TTL}@${header!.revision}`);
      return !this.isFull;
    },
    pause: () => void (this.isPaused = true),
    resume: () => void (this.isPaused = false),
    end: () => void (this.end = "ended"),
    fail: (error: unknown) => void (this.end = error as EtcdError),
  };
  readonly keyspace = { revision: 5 };
  readonly stream = new KeepAliveStream(this.call, {
    leases: {
      renewNow: (id) => id < 100n ? 10 : -1,
      renewLater: (id, waiter) => id < 100n ? waiter.renewed(10) : void this.waiting.push([id, waiter]),
    },
    keyspace: this.keyspace,
    encoder: new LeaseResponseEncoder(new HeaderWriter({ clusterId: 1n, memberId: 2n }, { term: () => 3 })),
  });

  receive(...ids: number[]): void {
    for (const id of ids) this.stream.receive(BigInt(id));
  }

  answer(id: number, ttlSeconds: number): void {
    const at = this.waiting.findIndex(([waiting]) => waiting === BigInt(id));
    const [[, waiter]] = this.waiting.splice(at, 1);
    waiter.renewed(ttlSeconds);
  }
}

Deno.test("KeepAliveStream answers in the order of the requests, with the revisions at which they came", () => {
  const test = new Stream();
  test.receive(1, 100);
  test.keyspace.revision = 6;
  test.receive(2, 101, 3);
  assert.deepEqual(test.sent, ["1:10@5"]);
  assert.equal(test.waiting.length, 2, "all are on their way");
  test.answer(101, 0);
  assert.deepEqual(test.sent, ["1:10@5"]);
  test.answer(100, 7);
  assert.deepEqual(test.sent, ["1:10@5", "100:7@5", "2:10@6", "101:0@6", "3:10@6"]);
  test.receive(4);
  assert.equal(test.sent.length, 6);
});

Deno.test("KeepAliveStream ends when all that was asked before the client's end is answered", () => {
  const test = new Stream();
  test.receive(100, 1);
  test.stream.finish();
  assert.equal(test.end, "open");
  test.answer(100, 7);
  assert.equal(test.end, "ended");
  const idle = new Stream();
  idle.stream.finish();
  assert.equal(idle.end, "ended");
});

Deno.test("KeepAliveStream takes no more requests while 1024 wait, and again when half of them are answered", () => {
  const test = new Stream();
  for (let i = 0; i < 1023; i++) test.receive(100 + i);
  assert.equal(test.isPaused, false);
  test.receive(2000);
  assert.equal(test.isPaused, true);
  for (let i = 0; i < 512; i++) test.answer(100 + i, 7);
  assert.equal(test.isPaused, true);
  test.answer(612, 7);
  assert.equal(test.isPaused, false);
});

Deno.test("KeepAliveStream takes no more requests while the client does not take answers", () => {
  const test = new Stream();
  test.isFull = true;
  test.receive(1);
  assert.equal(test.isPaused, true);
  test.isFull = false;
  test.call.onDrain!();
  assert.equal(test.isPaused, false);
  test.receive(2);
  assert.equal(test.isPaused, false);
});

Deno.test("KeepAliveStream fails with a renewal that fails", () => {
  const test = new Stream();
  test.receive(100);
  test.waiting[0][1].failed(errors.stopped());
  assert.deepEqual(test.end, errors.stopped());
});
