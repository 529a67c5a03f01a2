import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { Code, concatBytes, errors, InvariantError } from "../base/mod.ts";
import { ErrorCode } from "../http2/mod.ts";
import { ListLogger } from "../../tests/grpc/echo_server.ts";
import { callHeaders, framed, JoinedClient, messagesOf, type RawAnswer } from "../../tests/grpc/raw_client.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { asyncUnary } from "./async.ts";
import { GrpcServer, type GrpcServerOptions, type Gunzip } from "./server.ts";
import type { BidiCall, PlainRequest, ServerStreamingCall, UnaryCall } from "./types.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const codec = {
  requestSerialize: (text: string) => encoder.encode(text) as Buffer,
  requestDeserialize: (bytes: Uint8Array) => {
    if (bytes[0] === 0xff) throw new Error("not a message");
    return decoder.decode(bytes);
  },
  responseSerialize: (text: string) => {
    if (text === "unencodable") throw new Error("not encodable");
    return encoder.encode(text) as Buffer;
  },
  responseDeserialize: (bytes: Uint8Array) => decoder.decode(bytes),
};

const definition = {
  unary: { path: "/test.S/Unary", requestStream: false, responseStream: false, ...codec },
  stream: { path: "/test.S/Stream", requestStream: false, responseStream: true, ...codec },
  bidi: { path: "/test.S/Bidi", requestStream: true, responseStream: true, ...codec },
} as const;

const gunzip: Gunzip = (compressed, maxBytes) => {
  const bytes = gunzipSync(compressed);
  return bytes.length <= maxBytes ? bytes : undefined;
};

interface Fixture {
  clock: ManualClock;
  logger: ListLogger;
  server: GrpcServer;
  client: JoinedClient;
}

/** A server with the given handlers, and a client of it. */
function join(
  handlers: {
    unary?: (call: UnaryCall<string, string>) => void;
    stream?: (call: ServerStreamingCall<string, string>) => void;
    bidi?: (call: BidiCall<string, string>) => void;
  },
  options: Partial<GrpcServerOptions> = {},
): Fixture {
  const clock = new ManualClock();
  const logger = new ListLogger();
  const server = new GrpcServer({ clock, logger, ...options });
  server.addService(definition, handlers);
  return { clock, logger, server, client: new JoinedClient(server) };
}

const unary = (text: string, overrides: Record<string, string> = {}) => ({
  headers: callHeaders("/test.S/Unary", overrides),
  body: [framed(encoder.encode(text))],
});
const stream = (text: string) => ({ headers: callHeaders("/test.S/Stream"), body: [framed(encoder.encode(text))] });
const bidi = { headers: callHeaders("/test.S/Bidi"), keepOpen: true };

function statusIn(answer: RawAnswer): [code: number, message: string] {
  const fields = { ...answer.headers, ...answer.trailers };
  return [Number(fields["grpc-status"]), decodeURIComponent(fields["grpc-message"] ?? "")];
}

Deno.test("GrpcSession hands the request's own bytes to the handler, a view that ends with it", () => {
  let kept: UnaryCall<string, string> | undefined;
  const { client } = join({
    unary(call) {
      kept = call;
      assert.equal(decoder.decode(call.requestBytes), "hello");
      assert.equal(call.request, "hello");
      assert.equal(call.path, "/test.S/Unary");
      assert.equal(call.peer, "client");
      assert.equal(call.deadlineMs, Infinity);
      call.respondBytes(encoder.encode("he"), encoder.encode("llo"));
    },
  });
  const { answer } = client.play(unary("hello"));
  assert.deepEqual(messagesOf(answer).map((bytes) => decoder.decode(bytes)), ["hello"]);
  assert.deepEqual(statusIn(answer), [0, ""]);
  assert.equal(kept!.requestBytes.length, 0);
  assert.equal(kept!.isEnded, true);
  assert.equal(kept!.isCancelled, false);
});

Deno.test("GrpcSession lets handlers answer later, in any order", () => {
  const calls: UnaryCall<string, string>[] = [];
  const { client } = join({ unary: (call) => void (call.request, calls.push(call)) });
  const requests = ["a", "b", "c"].map((text) => client.play(unary(text)));
  assert.equal(client.session.activeCalls, 3);
  for (const call of calls.reverse()) call.respond(call.request.toUpperCase());
  client.exchange();
  assert.deepEqual(requests.map(({ answer }) => decoder.decode(messagesOf(answer)[0])), ["A", "B", "C"]);
  assert.equal(client.session.activeCalls, 0);
});

Deno.test("GrpcSession answers what a handler throws: an EtcdError as it is, a bug as Unknown and in the log", () => {
  const { client, logger } = join({
    unary(call) {
      if (call.request === "expected") throw errors.noSpace();
      throw new TypeError("bug");
    },
  });
  assert.deepEqual(statusIn(client.play(unary("expected")).answer), [8, "etcdserver: mvcc: database space exceeded"]);
  assert.deepEqual(logger.lines, []);
  assert.deepEqual(statusIn(client.play(unary("x")).answer), [2, "bug"]);
  assert.match(logger.lines[0], /error gRPC handler failed .*test.S.Unary.*TypeError: bug/);
  assert.equal(client.session.isClosed, false);
});

Deno.test("GrpcSession lets a broken invariant through, so that the member stops", () => {
  const { client } = join({
    unary() {
      throw new InvariantError("broken");
    },
  });
  assert.throws(() => client.play(unary("x")), InvariantError);
});

Deno.test("GrpcSession answers Internal where a message cannot be decoded or encoded", () => {
  const { client } = join({ unary: (call) => call.respond(call.request), bidi: (call) => call.onMessage = () => {} });
  const malformed = framed(Uint8Array.of(0xff));
  assert.deepEqual(statusIn(client.play({ ...unary(""), body: [malformed] }).answer), [
    13,
    "grpc: error unmarshalling request: not a message",
  ]);
  assert.deepEqual(statusIn(client.play({ ...bidi, body: [malformed] }).answer), [
    13,
    "grpc: failed to unmarshal the received message: not a message",
  ]);
  assert.deepEqual(statusIn(client.play(unary("unencodable")).answer), [
    13,
    "grpc: error while marshaling: not encodable",
  ]);
});

Deno.test("asyncUnary() answers with what its promise gives, and logs a bug", async () => {
  const { client, logger } = join({
    unary: asyncUnary(async (request: string) => {
      await Promise.resolve();
      if (request === "expected") throw errors.noLeader();
      if (request === "bug") throw new Error("bug");
      return `${request}!`;
    }),
  });
  const requests = ["fine", "expected", "bug"].map((text) => client.play(unary(text)));
  await new Promise((resolve) => setTimeout(resolve));
  client.exchange();
  assert.equal(decoder.decode(messagesOf(requests[0].answer)[0]), "fine!");
  assert.deepEqual(requests.map(({ answer }) => statusIn(answer)[0]), [0, 14, 2]);
  assert.equal(logger.lines.length, 1);
});

Deno.test("GrpcSession ends a call at its deadline: for the client, and for the handler as a cancellation", () => {
  let call: UnaryCall<string, string> | undefined;
  let cancelled = 0;
  const { client, clock } = join({
    unary(unaryCall) {
      call = unaryCall;
      call.onCancel(() => cancelled++);
    },
  });
  const { answer } = client.play(unary("x", { "grpc-timeout": "250m" }));
  assert.equal(call!.deadlineMs, 250);
  clock.advance(249);
  client.exchange();
  assert.equal(cancelled, 0);
  clock.advance(11);
  client.exchange();
  assert.deepEqual(statusIn(answer), [4, "context deadline exceeded"]);
  assert.equal(cancelled, 1);
  assert.equal(call!.isCancelled, true);
  call!.respond("too late");
  client.exchange();
  assert.equal(messagesOf(answer).length, 0);
});

Deno.test("GrpcSession forgets the deadlines of calls that were answered", () => {
  const { client, server } = join({ unary: (call) => call.respond("") });
  client.play(unary("x", { "grpc-timeout": "1H" }));
  assert.equal(server.deadlines.size, 0);
});

Deno.test("GrpcSession tells handlers of every kind that their client is gone", () => {
  const cancelled: string[] = [];
  const { client } = join({
    unary: (call) => call.onCancel(() => cancelled.push("unary")),
    stream: (call) => call.onCancel(() => cancelled.push("stream")),
    bidi: (call) => call.onCancel(() => cancelled.push("bidi")),
  });
  const first = client.play(unary("x"));
  client.connection.reset(first.stream, ErrorCode.Cancel);
  client.exchange();
  assert.deepEqual(cancelled, ["unary"]);
  client.play(stream("x"));
  client.play(bidi);
  client.session.transportClosed("gone");
  assert.deepEqual(cancelled.sort(), ["bidi", "stream", "unary"]);
  assert.equal(client.session.activeCalls, 0);
});

Deno.test("onEnd tells a streaming handler once that its call is over: by an answer, by a reset, by a malformed message", () => {
  let ended = 0;
  const calls: BidiCall<string, string>[] = [];
  const { client } = join({
    bidi(call) {
      call.onMessage = () => {};
      call.onEnd = () => {
        assert.equal(call.isEnded, true);
        ended++;
      };
      calls.push(call);
    },
  });
  client.play(bidi);
  calls[0].end();
  calls[0].fail(errors.stopped());
  assert.equal(ended, 1);
  const second = client.play(bidi);
  client.connection.reset(second.stream, ErrorCode.Cancel);
  client.exchange();
  assert.equal(ended, 2);
  const third = client.play(bidi);
  client.connection.sendData(third.stream, framed(Uint8Array.of(0xff)), false);
  client.exchange();
  assert.equal(statusIn(third.answer)[0], Code.Internal);
  assert.equal(ended, 3);
});

Deno.test("onCancel() calls back at once when the call is cancelled already", () => {
  let call: UnaryCall<string, string> | undefined;
  const { client } = join({ unary: (unaryCall) => void (call = unaryCall) });
  client.play(unary("x"));
  client.session.transportClosed("gone");
  let cancelled = 0;
  call!.onCancel(() => cancelled++);
  assert.equal(cancelled, 1);
});

Deno.test("write() asks a stream to hold back, and onDrain to go on, while the client takes nothing", () => {
  let written = 0;
  const { client } = join({
    stream(call) {
      const message = new Uint8Array(10_000);
      const writeOn = () => {
        while (written < 300) {
          written++;
          if (!call.writeBytes(message)) return;
        }
        call.end();
      };
      call.onDrain = writeOn;
      writeOn();
    },
  });
  client.takesBodies = false;
  const { answer, stream: http2Stream } = client.play(stream("x"));
  assert.ok(written < 200, `${written} messages for a client that takes nothing`);
  client.takesBodies = true;
  let taken = 0;
  while (!answer.isEnded) {
    client.connection.consume(http2Stream, answer.body.length - taken);
    taken = answer.body.length;
    client.exchange();
  }
  assert.equal(written, 300);
  assert.equal(answer.body.length, 300 * 10_005);
  assert.deepEqual(statusIn(answer), [0, ""]);
});

Deno.test("writeFramed() sends messages in one frame, and copies what has to wait", () => {
  let call: BidiCall<string, string> | undefined;
  const { client, server } = join({ bidi: (bidiCall) => void (call = bidiCall) });
  const { answer, stream: http2Stream } = client.play(bidi);
  const both = concatBytes([framed(encoder.encode("one")), framed(encoder.encode("two"))]);
  assert.equal(call!.writeFramed(both, 2), true);
  both.fill(0);
  client.exchange();
  assert.deepEqual(messagesOf(answer).map((message) => decoder.decode(message)), ["one", "two"]);
  client.takesBodies = false;
  const large = framed(new Uint8Array(10_000).fill(1));
  let written = 2;
  while (call!.writeFramed(large, 1)) written++;
  large.fill(0);
  client.takesBodies = true;
  for (let taken = 0; answer.body.length > taken;) {
    client.connection.consume(http2Stream, answer.body.length - taken);
    taken = answer.body.length;
    client.exchange();
  }
  const messages = messagesOf(answer).slice(2);
  assert.equal(messages.length, written - 1);
  assert.ok(messages.every((message) => message.length === 10_000 && message.every((byte) => byte === 1)));
  const [stats] = server.methodStats().filter(({ method }) => method === "Bidi");
  assert.equal(stats.messagesSent, written + 1);
  assert.equal(stats.bytesSent, 6 + (written - 1) * 10_000);
});

Deno.test("A handler that ignores write() is cut off at the bound of its queue", () => {
  let isCancelled = false;
  let written = 0;
  const { client, server } = join({
    stream(call) {
      call.onCancel(() => isCancelled = true);
      for (; !isCancelled && written < 1000; written++) call.writeBytes(new Uint8Array(10_000));
    },
  }, { limits: { sendQueueBytesMax: 1_000_000 } });
  client.takesBodies = false;
  const { answer } = client.play(stream("x"));
  assert.equal(isCancelled, true);
  assert.ok(written < 300, `${written} messages`);
  assert.equal(answer.resetCode, ErrorCode.EnhanceYourCalm);
  assert.equal(server.methodStats()[1].handled[Code.ResourceExhausted], 1);
});

Deno.test("pause() holds a client's messages back by flow control, resume() hands them over in order", () => {
  let call: BidiCall<string, string> | undefined;
  const got: number[] = [];
  let isHalfClosed = false;
  const { client } = join({
    bidi(bidiCall) {
      call = bidiCall;
      call.onMessage = (_message, bytes) => {
        got.push(bytes[0]);
        call!.pause();
      };
      call.onHalfClose = () => {
        isHalfClosed = true;
        call!.end();
      };
    },
  });
  const { stream: http2Stream, answer } = client.play(bidi);
  for (let i = 0; i < 200; i++) {
    client.connection.sendData(http2Stream, framed(new Uint8Array(10_000).fill(i)), i === 199);
    client.exchange();
  }
  assert.deepEqual(got, [0]);
  assert.ok(http2Stream.queuedBytes > 1_000_000, "the client must be held back");
  while (!isHalfClosed) {
    call!.resume();
    client.exchange();
  }
  assert.deepEqual(got, Array.from({ length: 200 }, (_, i) => i));
  assert.deepEqual(statusIn(answer), [0, ""]);
});

Deno.test("GrpcSession takes gzip, and bounds what comes out of it", () => {
  const { client } = join({ unary: (call) => call.respond(String(call.requestBytes.length)) }, {
    gunzip,
    limits: { receiveMessageBytesMax: 100_000 },
  });
  const compressed = (bytes: number) => ({
    ...unary("", { "grpc-encoding": "gzip" }),
    body: [framed(gzipSync(new Uint8Array(bytes)), { flags: 1 })],
  });
  assert.equal(decoder.decode(messagesOf(client.play(compressed(100_000)).answer)[0]), "100000");
  assert.deepEqual(statusIn(client.play(compressed(50_000_000)).answer), [
    8,
    "grpc: received message after decompression larger than max 100000",
  ]);
  const broken = client.play({ ...compressed(0), body: [framed(Uint8Array.of(1, 2, 3), { flags: 1 })] }).answer;
  assert.equal(statusIn(broken)[0], 13);
  assert.match(statusIn(broken)[1], /^grpc: failed to decompress the message: /);
  const plain = client.play(unary("12345", { "grpc-encoding": "gzip" })).answer;
  assert.equal(decoder.decode(messagesOf(plain)[0]), "5");
});

Deno.test("GrpcSession names the encodings that it takes when it is sent another", () => {
  const { client } = join({}, { gunzip });
  const { server } = join({});
  assert.equal(server.acceptEncoding, "identity");
  const bare = join({ unary: () => {} }, { gunzip });
  const { answer } = bare.client.play(unary("x", { "grpc-encoding": "br" }));
  assert.equal(answer.headers["grpc-accept-encoding"], "identity,gzip");
  assert.deepEqual(statusIn(answer), [12, 'grpc: Decompressor is not installed for grpc-encoding "br"']);
  assert.deepEqual(statusIn(client.play(unary("x")).answer), [12, "unknown method Unary for service test.S"]);
});

Deno.test("GrpcSession refuses to send a message above the bound", () => {
  const { client } = join({ unary: (call) => call.respondBytes(new Uint8Array(101)) }, {
    limits: { sendMessageBytesMax: 100 },
  });
  assert.deepEqual(statusIn(client.play(unary("x")).answer), [
    8,
    "grpc: trying to send message larger than max (101 vs. 100)",
  ]);
});

Deno.test("GrpcSession pings a silent client, and closes when nothing comes back", () => {
  let isCancelled = false;
  const { client, clock, server } = join({ unary: (call) => call.onCancel(() => isCancelled = true) }, {
    keepalive: { intervalMs: 1000, timeoutMs: 200 },
  });
  client.play(unary("x"));
  clock.advance(1100);
  client.exchange();
  assert.equal(client.pingCount, 1);
  clock.advance(1100);
  client.exchange();
  assert.equal(client.pingCount, 2);
  clock.advance(2000);
  assert.equal(client.session.isClosed, true);
  assert.equal(isCancelled, true);
  assert.equal(server.connectionCount, 0);
  clock.advance(2000);
  assert.equal(clock.timerCount, 0);
});

Deno.test("GrpcSession closes with too_many_pings when a client pings too often", () => {
  const { client, clock } = join({ unary: () => {} }, { pingMinTimeMs: 5000 });
  client.play(unary("x"));
  for (let i = 0; i < 4 && !client.session.isClosed; i++) {
    client.connection.ping(new Uint8Array(8));
    client.exchange();
    clock.advance(1000);
  }
  assert.equal(client.session.isClosed, true);
  assert.deepEqual([client.goawayCode, client.goaway], [ErrorCode.EnhanceYourCalm, "too_many_pings"]);
});

Deno.test("GrpcSession forgives pings that answer data, also data that waited for flow control", () => {
  const { client } = join({ stream: (call) => void call.writeBytes(new Uint8Array(2_000_000)) }, {
    pingMinTimeMs: 5000,
  });
  client.takesBodies = false;
  const { stream: http2Stream, answer } = client.play(stream("x"));
  for (let taken = 0; taken < answer.body.length;) {
    client.connection.ping(new Uint8Array(8));
    client.connection.consume(http2Stream, answer.body.length - taken);
    taken = answer.body.length;
    client.exchange();
  }
  assert.equal(answer.body.length, 2_000_005);
  assert.equal(client.session.isClosed, false);
});

Deno.test("drain() lets running calls end, takes no new ones, and closes after the last", () => {
  const calls: UnaryCall<string, string>[] = [];
  const { client, server } = join({ unary: (call) => void calls.push(call) });
  const { answer } = client.play(unary("x"));
  server.drain();
  client.exchange();
  assert.equal(client.session.isClosed, false);
  assert.throws(() => client.open(unary("y")), /no more streams/);
  calls[0].respond("done");
  client.exchange();
  assert.deepEqual(statusIn(answer), [0, ""]);
  assert.equal(client.session.isClosed, true);
  assert.equal(server.connectionCount, 0);
});

Deno.test("GrpcServer counts calls and messages by method and status", () => {
  const { client, server } = join({
    unary: (call) => call.request === "fail" ? call.fail(errors.compacted()) : call.respond(""),
    bidi(call) {
      call.onMessage = (message) => void call.write(message);
    },
  });
  client.play(unary("x"));
  client.play(unary("fail"));
  const { stream: http2Stream } = client.play({
    ...bidi,
    body: [framed(encoder.encode("1")), framed(encoder.encode("2"))],
  });
  client.connection.reset(http2Stream, ErrorCode.Cancel);
  client.exchange();
  const [unaryStats, streamStats, bidiStats] = server.methodStats();
  assert.deepEqual([unaryStats.service, unaryStats.method, unaryStats.kind], ["test.S", "Unary", "unary"]);
  assert.deepEqual([streamStats.kind, bidiStats.kind], ["server_stream", "bidi_stream"]);
  assert.equal(unaryStats.started, 2);
  assert.deepEqual([unaryStats.handled[Code.Ok], unaryStats.handled[Code.OutOfRange]], [1, 1]);
  assert.deepEqual([unaryStats.messagesReceived, unaryStats.messagesSent], [2, 1]);
  assert.deepEqual([bidiStats.messagesReceived, bidiStats.messagesSent, bidiStats.handled[Code.Canceled]], [2, 2, 1]);
});

Deno.test("GrpcSession hands requests that are not gRPC to handlePlain, with body and answer", () => {
  const bodies: number[] = [];
  const { client } = join({}, {
    handlePlain(request: PlainRequest) {
      assert.deepEqual([request.method, request.path, request.authority], ["POST", "/v3/kv/put?x=1", "localhost"]);
      assert.deepEqual(request.headers, ["content-type", "application/json", "te", "trailers"]);
      request.onData = (piece) => {
        bodies.push(piece.length);
        request.consume(piece.length);
      };
      request.onEnd = () => {
        request.respond(201, ["x", "y"]);
        request.write(encoder.encode("made"));
        request.end();
      };
    },
  });
  const { answer } = client.play({
    headers: callHeaders("/v3/kv/put?x=1", { "content-type": "application/json" }),
    body: [new Uint8Array(10), new Uint8Array(20)],
  });
  assert.deepEqual(bodies, [10, 20]);
  assert.deepEqual(answer.headers, { ":status": "201", x: "y" });
  assert.equal(decoder.decode(answer.body), "made");
});

Deno.test("GrpcSession resets a plain request whose handler fails, and lives on", () => {
  const { client, logger } = join({ unary: (call) => call.respond("fine") }, {
    handlePlain() {
      throw new Error("bug");
    },
  });
  const { answer } = client.play({ headers: callHeaders("/x", { "content-type": "text/plain" }) });
  assert.equal(answer.resetCode, ErrorCode.Cancel);
  assert.equal(logger.lines.length, 1);
  assert.deepEqual(statusIn(client.play(unary("x")).answer), [0, ""]);
});

Deno.test("GrpcSession refuses a request above the bound, whether it comes whole or in pieces", () => {
  const { client } = join({ unary: () => assert.fail("too large") }, { limits: { receiveMessageBytesMax: 100 } });
  const whole = framed(new Uint8Array(101));
  for (const body of [[whole], [whole.subarray(0, 50), whole.subarray(50)]]) {
    const { answer } = client.play({ headers: callHeaders("/test.S/Unary"), body });
    assert.deepEqual(statusIn(answer), [8, "grpc: received message larger than max (101 vs. 100)"]);
  }
});

Deno.test("A stream's handler gets no more messages after it has ended the call", () => {
  const got: string[] = [];
  const { client } = join({
    bidi(call) {
      call.onMessage = (message) => {
        got.push(message);
        call.fail(errors.noLeader());
      };
      call.onHalfClose = () => assert.fail("the call has ended");
    },
  });
  const messages = concatBytes(["a", "b", "c"].map((text) => framed(encoder.encode(text))));
  const { answer } = client.play({ headers: callHeaders("/test.S/Bidi"), body: [messages] });
  assert.deepEqual(got, ["a"]);
  assert.equal(statusIn(answer)[0], 14);
});
