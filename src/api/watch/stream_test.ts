import assert from "node:assert/strict";
import { etcdserverpb } from "../../../proto/gen/mod.ts";
import { seededRandom } from "../../../tests/support/seeded_random.ts";
import { bytes, eventText, readEvent, RecordingSink, WatchFixture } from "../../../tests/support/watch_fixture.ts";
import { mvccpb } from "../../../proto/gen/mod.ts";
import { FramedMessagesPool } from "./framed_messages.ts";
import { HeaderWriter } from "../header.ts";
import { WatchResponseEncoder } from "./encode.ts";
import { type WatchCall, WatchStream } from "./stream.ts";

const noRequest = { createRequest: undefined, cancelRequest: undefined, progressRequest: undefined };

type Create = Partial<etcdserverpb.WatchCreateRequest>;

/** A call whose client takes what it is sent when the test says so. */
class TestCall {
  onMessage: ((request: etcdserverpb.WatchRequest, bytes: Uint8Array) => void) | undefined;
  onDrain: (() => void) | undefined;
  onEnd: (() => void) | undefined;
  isEnded = false;
  isPaused = false;
  /** What has been sent. */
  readonly responses: etcdserverpb.WatchResponse[] = [];
  /** Sizes of what was sent by one call. */
  readonly writes: { bytes: number; count: number }[] = [];
  /** Whether the client takes nothing. */
  isStalled = false;
  queuedBytes = 0;
  readonly #held: etcdserverpb.WatchRequest[] = [];

  constructor(readonly highWaterBytes = 1000) {}

  writeBytes(...pieces: Uint8Array[]): boolean {
    const message = pieces.flatMap((piece) => [...piece]);
    return this.#wrote([Uint8Array.from(message)], message.length);
  }

  writeFramed(messages: Uint8Array, count: number): boolean {
    const found: Uint8Array[] = [];
    const view = new DataView(messages.buffer, messages.byteOffset, messages.length);
    for (let at = 0; at < messages.length;) {
      assert.equal(messages[at], 0);
      const length = view.getUint32(at + 1);
      found.push(messages.slice(at + 5, at + 5 + length));
      at += 5 + length;
    }
    assert.equal(found.length, count);
    return this.#wrote(found, messages.length);
  }

  #wrote(messages: Uint8Array[], size: number): boolean {
    if (this.isEnded) return false;
    this.writes.push({ bytes: size, count: messages.length });
    for (const message of messages) this.responses.push(etcdserverpb.WatchResponse.decode(message));
    if (this.isStalled) this.queuedBytes += size;
    return this.queuedBytes <= this.highWaterBytes;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    while (!this.isPaused && this.#held.length > 0) this.send(this.#held.shift()!);
  }

  send(request: etcdserverpb.WatchRequest): void {
    if (this.isPaused) this.#held.push(request);
    else this.onMessage!(request, new Uint8Array(0));
  }

  /** The client takes what waits for it, and what comes. */
  drain(): Promise<void> {
    this.isStalled = false;
    return this.drainOnce();
  }

  /** The client takes what waits for it. */
  async drainOnce(): Promise<void> {
    this.queuedBytes = 0;
    this.onDrain!();
    await Promise.resolve();
  }
}

/** A stream on a keyspace of its own. */
class TestStream {
  readonly fixture = new WatchFixture();
  readonly call: TestCall;
  readonly stream: WatchStream;

  constructor(
    options: { highWaterBytes?: number; responseBytesMax?: number; pool?: FramedMessagesPool; fixture?: WatchFixture } =
      {},
  ) {
    if (options.fixture !== undefined) this.fixture = options.fixture;
    this.call = new TestCall(options.highWaterBytes);
    const term = () => 2;
    const { hub, clock } = this.fixture;
    this.stream = new WatchStream(this.call as unknown as WatchCall, {
      hub,
      clock,
      encoder: new WatchResponseEncoder(new HeaderWriter({ clusterId: 1n, memberId: 2n }, { term }), { term }),
      pool: options.pool ?? new FramedMessagesPool({ max: 10 }),
      responseBytesMax: options.responseBytesMax ?? 1 << 20,
      progressIntervalMs: 1000,
    });
  }

  create(key: string, { end, ...request }: Create & { end?: string } = {}): void {
    const rangeEnd = end === undefined ? new Uint8Array(0) : bytes(end);
    this.call.send({
      ...noRequest,
      requestUnion: "createRequest",
      createRequest: {
        ...etcdserverpb.WatchCreateRequest.decode(new Uint8Array(0)),
        ...request,
        key: bytes(key),
        rangeEnd,
      },
    });
  }

  cancel(watchId: bigint): void {
    this.call.send({ ...noRequest, requestUnion: "cancelRequest", cancelRequest: { watchId } });
  }

  requestProgress(): void {
    this.call.send({ ...noRequest, requestUnion: "progressRequest", progressRequest: {} });
  }

  put(key: string, value = ""): void {
    this.fixture.put(key, value);
    this.fixture.hub.endRun();
  }

  /** What has been sent since the last call, in words. */
  take(): string[] {
    return this.call.responses.splice(0).map(responseText);
  }
}

function responseText(response: etcdserverpb.WatchResponse): string {
  const { header, watchId, created, canceled, compactRevision, cancelReason, fragment, events } = response;
  assert.deepEqual([header!.clusterId, header!.memberId, header!.raftTerm], [1n, 2n, 2]);
  return [
    `${watchId}@${header!.revision}`,
    ...(created ? ["created"] : []),
    ...(canceled ? ["canceled"] : []),
    ...(compactRevision === 0 ? [] : [`compacted ${compactRevision}`]),
    ...(cancelReason === "" ? [] : [cancelReason]),
    ...(fragment ? ["fragment"] : []),
    ...events.map((event) => eventText(readEvent(mvccpb.Event.encode(event)))),
  ].join(" ");
}

Deno.test("WatchStream gives out ids, takes the client's, and refuses those in use", () => {
  const test = new TestStream();
  test.create("a");
  test.create("b", { watchId: 2n });
  test.create("c");
  test.create("d");
  test.create("e", { watchId: 2n });
  test.create("f", { watchId: -(2n ** 63n) });
  test.create("g", { watchId: 7n });
  assert.deepEqual(test.take(), [
    "0@1 created",
    "2@1 created",
    "1@1 created",
    "3@1 created",
    "-1@1 created canceled mvcc: duplicate watch ID provided on the WatchStream",
    `${-(2n ** 63n)}@1 created`,
    "7@1 created",
  ]);
  for (const key of ["b", "f", "g"]) test.put(key, "v");
  assert.deepEqual(test.take(), ["2@2 +b=v@2", `${-(2n ** 63n)}@3 +f=v@3`, "7@4 +g=v@4"]);
  test.cancel(2n);
  test.cancel(2n);
  test.cancel(99n);
  test.create("h", { watchId: 2n });
  assert.deepEqual(test.take(), ["2@4 canceled", "2@4 created"]);
});

Deno.test("WatchStream refuses empty ranges and negative revisions with etcd's reasons", () => {
  const test = new TestStream();
  test.create("b", { end: "b" });
  test.create("b", { end: "a" });
  test.create("b", { startRevision: -1 });
  test.create("b", { end: "\0" });
  test.create("", { end: "" });
  test.create("", { end: "\0" });
  assert.deepEqual(test.take(), [
    "-1@1 created canceled mvcc: watcher range is empty",
    "-1@1 created canceled mvcc: watcher range is empty",
    "-1@1 created canceled etcdserver: mvcc: required revision has been compacted",
    "0@1 created",
    "1@1 created",
    "2@1 created",
  ]);
  test.put("\0", "v");
  assert.deepEqual(test.take(), ["1@2 +\0=v@2", "2@2 +\0=v@2"]);
});

Deno.test("WatchStream creates a watch whose history was compacted, then cancels it; its id stays in use until the client cancels it", () => {
  const test = new TestStream();
  for (let i = 0; i < 4; i++) test.put("a", String(i));
  test.fixture.compact(4);
  test.create("a", { startRevision: 2 });
  assert.deepEqual(test.take(), ["0@5 created"]);
  test.fixture.settle();
  assert.deepEqual(test.take(), ["0@0 canceled compacted 4"]);
  test.create("a", { watchId: 5n, startRevision: 3 });
  test.fixture.settle();
  test.create("a", { watchId: 5n });
  test.cancel(5n);
  test.create("a", { watchId: 5n });
  assert.deepEqual(test.take(), [
    "5@5 created",
    "5@0 canceled compacted 4",
    "-1@5 created canceled mvcc: duplicate watch ID provided on the WatchStream",
    "5@5 canceled",
    "5@5 created",
  ]);
});

Deno.test("WatchStream passes filters and the wish for values before on", () => {
  const test = new TestStream();
  test.create("a", { filters: [0], prevKv: true });
  test.create("a", { filters: [1, 9] });
  test.put("a", "1");
  test.fixture.delete("a");
  test.fixture.hub.endRun();
  assert.deepEqual(test.take().slice(2), ["1@2 +a=1@2", "0@3 -a@3<1"]);
});

Deno.test("WatchStream sends what a turn brings to its watches in one frame", () => {
  const test = new TestStream();
  for (let i = 0; i < 500; i++) test.create("a");
  test.take();
  test.call.writes.length = 0;
  test.put("a", "x".repeat(50));
  assert.equal(test.take().length, 500);
  assert.ok(test.call.writes.length <= 4, `${test.call.writes.length} writes`);
  assert.ok(test.call.writes.every(({ bytes }) => bytes <= 16 * 1024));
});

Deno.test("WatchStream sends responses one by one where buffers are scarce, large or of odd ids, in their order all the same", () => {
  const pool = new FramedMessagesPool({ max: 1 });
  const first = new TestStream({ pool });
  const second = new TestStream({ pool, fixture: first.fixture });
  for (const test of [first, second]) {
    test.create("a", { watchId: 2n ** 40n });
    test.create("a");
    test.create("a", { end: "b" });
    test.take();
  }
  const large = "x".repeat(5000);
  first.fixture.put("a", "1");
  first.fixture.put("aa", large);
  first.fixture.hub.endRun();
  for (const test of [first, second]) {
    assert.deepEqual(test.take(), [`${2n ** 40n}@3 +a=1@2`, "0@3 +a=1@2", `1@3 +a=1@2 +aa=${large}@3`]);
  }
  assert.notEqual(pool.take(), undefined, "the buffer has not been given back");
});

Deno.test("WatchStream splits large responses for watches that allow it, each but the last marked as a fragment", () => {
  const test = new TestStream({ responseBytesMax: 5000 });
  test.create("a", { end: "b", fragment: true });
  test.create("a", { end: "b" });
  test.take();
  const value = "x".repeat(2000);
  test.fixture.txn(["a1", value], ["a2", value], ["a3", value], ["a4", value], ["a5", "y".repeat(6000)]);
  test.fixture.hub.endRun();
  const event = (i: number) => `+a${i}=${i === 5 ? "y".repeat(6000) : value}@2`;
  assert.deepEqual(test.take(), [
    `0@2 fragment ${event(1)} ${event(2)}`,
    `0@2 fragment ${event(3)} ${event(4)}`,
    `0@2 ${event(5)}`,
    `1@2 ${[1, 2, 3, 4, 5].map(event).join(" ")}`,
  ]);
});

Deno.test("Fragments leave as the client takes them, and no other response comes among them", async () => {
  const value = "x".repeat(2000);
  const test = new TestStream({ responseBytesMax: 3000, highWaterBytes: 1000 });
  test.create("a", { end: "b", fragment: true });
  for (let i = 0; i < 3; i++) test.put("c");
  test.create("c", { startRevision: 2 });
  test.take();
  test.call.isStalled = true;
  test.fixture.txn(["a1", value], ["a2", value], ["a3", value], ["a4", value]);
  test.fixture.hub.endRun();
  test.fixture.compact(4);
  test.fixture.settle();
  const event = (i: number) => `+a${i}=${value}@5`;
  assert.deepEqual(test.take(), [`0@5 fragment ${event(1)}`], "more was sent than the client takes");
  assert.ok(test.call.isPaused);
  await test.call.drainOnce();
  assert.deepEqual(test.take(), [`0@5 fragment ${event(2)}`]);
  assert.ok(test.call.isPaused);
  await test.call.drain();
  assert.deepEqual(test.take(), [`0@5 fragment ${event(3)}`, `0@5 ${event(4)}`, "1@0 canceled compacted 4"]);
  assert.ok(!test.call.isPaused);
  test.put("a");
  assert.deepEqual(test.take(), ["0@6 +a=@6"]);
});

Deno.test("A client that takes nothing costs a bounded amount of memory, and misses nothing when it goes on", async () => {
  const highWaterBytes = 100_000;
  const test = new TestStream({ highWaterBytes });
  const watches = 100;
  for (let i = 0; i < watches; i++) test.create("a", { end: "b" });
  test.take();
  test.call.isStalled = true;
  const value = "x".repeat(1000);
  for (let i = 0; i < 300; i++) {
    test.put(`a${i % 5}`, value);
    test.fixture.settle();
  }
  // The mark, and what was written before it was known to be reached.
  assert.ok(test.call.queuedBytes <= highWaterBytes + 16 * 1024, `${test.call.queuedBytes} bytes wait`);
  assert.equal(test.fixture.hub.slowWatchers, watches);
  assert.equal(test.fixture.clock.turnCount, 0, "it is busy with a client that takes nothing");
  assert.ok(test.call.isPaused);
  while (test.fixture.hub.slowWatchers > 0) {
    await test.call.drain();
    test.fixture.settle();
  }
  const revisions = new Map<bigint, number[]>();
  for (const { watchId, events } of test.call.responses) {
    const list = revisions.get(watchId) ?? [];
    revisions.set(watchId, list);
    list.push(...events.map(({ kv }) => kv!.modRevision));
  }
  assert.equal(revisions.size, watches);
  const all = Array.from({ length: 300 }, (_, i) => i + 2);
  for (const list of revisions.values()) assert.deepEqual(list, all);
});

Deno.test("Among the watches of a client that takes little at a time none is left behind", async () => {
  const test = new TestStream({ highWaterBytes: 100 });
  for (let i = 0; i < 5; i++) test.create("a");
  test.take();
  const counts = new Map<bigint, number>();
  for (let i = 0; i < 100; i++) {
    test.call.isStalled = true;
    test.put("a", "x".repeat(5000));
    test.fixture.settle();
    await test.call.drain();
    test.call.isStalled = true;
    test.fixture.settle();
    for (const { watchId, events } of test.call.responses.splice(0)) {
      counts.set(watchId, (counts.get(watchId) ?? 0) + events.length);
    }
    await test.call.drain();
  }
  const [least, most] = [Math.min(...counts.values()), Math.max(...counts.values())];
  assert.equal(counts.size, 5);
  assert.ok(least > 0.7 * most, [...counts.values()].join(" "));
});

Deno.test("Watches of a stream have their turns though others are always ahead of them in the history", async () => {
  const test = new TestStream({ highWaterBytes: 0 });
  for (const key of ["a", "b", "c"]) test.create(key);
  test.take();
  const counts = new Map<bigint, number>();
  for (let i = 0; i < 60; i++) {
    test.call.isStalled = true;
    for (const key of ["a", "b", "c"]) test.put(key, "x".repeat(5000));
    test.fixture.settle();
    for (const { watchId, events } of test.call.responses.splice(0)) {
      counts.set(watchId, (counts.get(watchId) ?? 0) + events.length);
    }
    await test.call.drain();
  }
  assert.ok([0n, 1n, 2n].every((id) => (counts.get(id) ?? 0) > 50), [...counts].join(" "));
});

Deno.test("A watch that has to let another one go first has its turn after it", async () => {
  const test = new TestStream({ highWaterBytes: 0 });
  test.create("a");
  test.create("b");
  test.take();
  test.call.isStalled = true;
  test.put("b", "fills it");
  test.put("a", "1");
  await test.call.drain();
  test.put("b", "2");
  assert.deepEqual(test.take(), ["1@2 +b=fills it@2"]);
  test.fixture.settle();
  assert.deepEqual(test.take(), ["0@4 +a=1@3", "1@4 +b=2@4"]);
});

Deno.test("A watch that ended while it waited for its turn holds no other up", async () => {
  const test = new TestStream({ highWaterBytes: 0 });
  for (const key of ["a", "b", "c"]) test.create(key);
  test.call.isStalled = true;
  test.put("a", "fills it");
  test.put("b", "1");
  await test.call.drain();
  test.call.isStalled = true;
  // Watch 1 goes first: the others are put off.
  test.put("c", "2");
  test.put("a", "3");
  test.take();
  test.cancel(2n);
  test.fixture.settle();
  assert.deepEqual(test.take(), ["2@5 canceled"]);
  await test.call.drain();
  test.fixture.settle();
  assert.deepEqual(test.take(), ["0@5 +a=3@5", "1@5 +b=1@3"]);
});

Deno.test("Streams of clients that take as they please lose nothing and leave no watch waiting", async () => {
  const firstSeed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 31));
  for (let run = 0; run < Number(Deno.env.get("RUNS") ?? 60); run++) {
    const seed = firstSeed + run;
    const random = seededRandom(seed);
    const fixture = new WatchFixture({
      limits: { turnMs: 0, readEventsMax: 1 + random.below(6), readBytesMax: 10_000, convoyWatchersMax: 3 },
    });
    const tests = [10, 300, 5000].map((highWaterBytes) => new TestStream({ highWaterBytes, fixture }));
    // Each watch has a twin that takes everything at once.
    const twins = tests.map((test) =>
      ["a", "b", "c", "a", "b"].map((key) => {
        const end = random.below(2) === 0 ? undefined : "d";
        test.create(key, { end });
        const sink = new RecordingSink();
        fixture.watch(key, { end, sink });
        return sink;
      })
    );
    for (const test of tests) test.take();
    for (let i = 0; i < 200; i++) {
      const test = tests[random.below(tests.length)];
      const kind = random.below(10);
      if (kind < 4) test.put("abc"[random.below(3)], "x".repeat(random.below(3) === 0 ? 5000 : 10));
      else if (kind < 6) test.call.isStalled = true;
      else if (kind < 8) await test.call.drain();
      else fixture.clock.turn();
      // Watches that come and go, and may end while they wait for their turn.
      if (random.below(20) === 0) test.create("a", { end: "d", watchId: 100n });
      if (random.below(20) === 0) test.cancel(100n);
    }
    for (let round = 0; fixture.hub.slowWatchers > 0; round++) {
      assert.ok(round < 1000, `SEED=${seed} RUNS=1: ${fixture.hub.slowWatchers} watchers wait for ever`);
      for (const test of tests) await test.call.drain();
      fixture.settle();
    }
    for (const [number, test] of tests.entries()) {
      const seen = twins[number].map((): string[] => []);
      for (const { watchId, events } of test.call.responses) {
        if (watchId < 0n || watchId === 100n) continue;
        seen[Number(watchId)].push(...events.map((event) => eventText(readEvent(mvccpb.Event.encode(event)))));
      }
      assert.deepEqual(
        seen.map((each) => each.join(" ")),
        twins[number].map((sink) => sink.seen),
        `SEED=${seed} RUNS=1`,
      );
    }
  }
});

Deno.test("WatchStream reads no more requests while its client takes no answers", async () => {
  const test = new TestStream({ highWaterBytes: 200 });
  test.call.isStalled = true;
  for (let i = 0; i < 50; i++) test.create("a");
  const before = test.call.responses.length;
  assert.ok(before < 20, `${before} answers`);
  assert.equal(test.fixture.hub.watchers, before);
  await test.call.drain();
  assert.equal(test.call.responses.length, 50);
});

Deno.test("A progress request is answered for the stream once all its watches have been given everything", () => {
  const test = new TestStream();
  for (let i = 0; i < 4; i++) test.put("a", String(i));
  test.requestProgress();
  assert.deepEqual(test.take(), [], "an answer without watches");
  test.create("a");
  test.create("a", { startRevision: 2 });
  test.requestProgress();
  test.requestProgress();
  assert.deepEqual(test.take(), ["0@5 created", "1@5 created"]);
  test.fixture.settle();
  assert.deepEqual(test.take(), ["1@5 +a=0@2 +a=1@3 +a=2@4 +a=3@5", "-1@5"]);
  test.requestProgress();
  assert.deepEqual(test.take(), ["-1@5"]);
});

Deno.test("Progress is not told while a watch of the stream waits for its start, but when that is reached or it is cancelled", () => {
  const test = new TestStream();
  test.create("a");
  test.create("b", { startRevision: 3 });
  test.create("b", { startRevision: 100 });
  test.take();
  test.requestProgress();
  test.put("a", "1");
  test.put("a", "2");
  test.put("a", "3");
  assert.deepEqual(test.take(), ["0@2 +a=1@2", "0@3 +a=2@3", "0@4 +a=3@4"]);
  test.cancel(2n);
  assert.deepEqual(test.take(), ["2@4 canceled", "-1@4"]);
});

Deno.test("Progress follows the events that it covers, also those of the same turn", () => {
  const test = new TestStream();
  test.create("a");
  test.create("a", { startRevision: 2 });
  test.take();
  test.requestProgress();
  test.put("a", "1");
  assert.deepEqual(test.take(), ["0@2 +a=1@2", "1@2 +a=1@2", "-1@2"]);
});

Deno.test("Progress notifications come at multiples of the interval, to idle watches that have been given everything", () => {
  const test = new TestStream();
  const { clock } = test.fixture;
  clock.advance(400);
  test.create("a", { progressNotify: true });
  test.create("b", { progressNotify: true, startRevision: 5 });
  test.create("c");
  test.take();
  clock.advance(599);
  assert.deepEqual(test.take(), []);
  clock.advance(1);
  assert.deepEqual(test.take(), ["0@1"]);
  test.put("a", "1");
  clock.advance(1000);
  assert.deepEqual(test.take(), ["0@2 +a=1@2"], "events take the place of a notification");
  clock.advance(1000);
  assert.deepEqual(test.take(), ["0@2"]);
  test.cancel(0n);
  test.cancel(1n);
  assert.equal(clock.timerCount, 0);
});

Deno.test("A client that takes nothing is sent no progress notifications", () => {
  const test = new TestStream({ highWaterBytes: 10 });
  test.create("a", { progressNotify: true });
  test.call.isStalled = true;
  test.create("a");
  test.take();
  test.fixture.clock.advance(5000);
  assert.deepEqual(test.take(), []);
});

Deno.test("WatchStream.release() leaves no watcher and no timer behind", () => {
  const test = new TestStream();
  test.create("a", { progressNotify: true });
  test.create("a", { startRevision: 1 });
  test.requestProgress();
  test.call.isEnded = true;
  test.stream.release();
  assert.deepEqual([test.fixture.hub.watchers, test.fixture.clock.timerCount], [0, 0]);
  test.put("a");
  test.fixture.settle();
});

Deno.test("A stream that ends while it is told of events gives its buffer back", () => {
  const pool = new FramedMessagesPool({ max: 1 });
  const test = new TestStream({ pool });
  test.create("a");
  test.fixture.watch("a", {
    sink: {
      take() {
        test.call.isEnded = true;
        test.stream.release();
        return true;
      },
      compacted() {},
    },
  });
  test.put("a");
  assert.notEqual(pool.take(), undefined);
});
