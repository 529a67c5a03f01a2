import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { concatBytes, equalBytes } from "../base/mod.ts";
import { Http2Connection } from "./connection.ts";
import { clientPreface, Flag, FrameType } from "./frames.ts";
import { encodeHeaderBlock } from "./hpack/encoder.ts";
import { dataFrame, frame, headersFrame, Recorder, requestHeaders, resetFrame, settingsFrame } from "./testing.ts";
import { takeAll, windowUpdateFrame } from "./testing.ts";
import { ErrorCode, type HeaderList, type Http2Stream } from "./types.ts";

const end = Flag.EndStream | Flag.EndHeaders;

/** Notes events with everything in them, data joined over frames, and answers what has ended. */
class Answering extends Recorder {
  connection!: Http2Connection;
  override onHeaders(stream: Http2Stream, headers: HeaderList, endStream: boolean): void {
    super.onHeaders(stream, headers, endStream);
    if (endStream) this.#answer(stream);
  }
  override onData(stream: Http2Stream, data: Uint8Array, endStream: boolean): void {
    this.lines.push(`data ${stream.id} ${data.join(" ")}${endStream ? " end" : ""}`);
    this.connection.consume(stream, data.length);
    if (endStream) this.#answer(stream);
  }
  override onTrailers(stream: Http2Stream, headers: HeaderList): void {
    super.onTrailers(stream, headers);
    this.#answer(stream);
  }
  #answer(stream: Http2Stream): void {
    this.connection.sendHeaders(stream, [":status", "200", "x-stream", `${stream.id}`], false);
    this.connection.sendData(stream, new Uint8Array(3000), false);
    this.connection.sendTrailers(stream, ["grpc-status", "0"]);
  }
}

function answeringServer(): { events: Answering; connection: Http2Connection } {
  const events = new Answering();
  const connection = new Http2Connection("server", events, { maxHeaderListBytes: 4000, queuedBytesMax: 100_000 });
  events.connection = connection;
  return { events, connection };
}

const streamId = fc.integer({ min: 0, max: 12 });

/** A frame that is hardly ever right. */
const oddFrame: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.tuple(streamId, fc.nat(13)).map(([id, code]) => resetFrame(id, code)),
  fc.tuple(streamId, fc.nat(70_000)).map(([id, increment]) => windowUpdateFrame(id, increment)),
  fc.tuple(streamId, fc.nat(300), fc.nat(1)).map(([id, byteCount, flags]) => dataFrame(id, byteCount, flags)),
  streamId.map((id) => headersFrame(id, requestHeaders, end)),
  fc.tuple(fc.nat(7), fc.nat(70_000)).map(([id, value]) => settingsFrame([id, value])),
  fc.record({ type: fc.nat(12), streamId, flags: fc.nat(255), payload: fc.uint8Array({ maxLength: 60, size: "max" }) })
    .map(
      ({ type, streamId, flags, payload }) => frame(type, streamId, { flags, payload }),
    ),
);

/** A step of a sensible session; `which` chooses among the streams whose requests have not ended. */
type Step =
  | { kind: "open" | "openInParts" | "openIndexed" | "openAndEnd" | "ping" | "settings" | "window" }
  | { kind: "data" | "end" | "trailers" | "reset"; which: number; byteCount: number }
  | { kind: "odd"; bytes: Uint8Array };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constantFrom("open", "openInParts", "openIndexed", "openAndEnd", "ping", "settings", "window"),
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      kind: fc.constantFrom("data", "data", "end", "trailers", "reset"),
      which: fc.nat(),
      byteCount: fc.nat(300),
    }),
  },
  { weight: 1, arbitrary: oddFrame.map((bytes) => ({ kind: "odd" as const, bytes })) },
);

function sessionFrames(steps: readonly Step[]): Uint8Array[] {
  const frames = [clientPreface, settingsFrame(), frame(FrameType.Settings, 0, { flags: Flag.Ack })];
  const open: number[] = [];
  let nextId = 1;
  let opened = 0;
  for (const step of steps) {
    if (step.kind === "odd") frames.push(step.bytes);
    else if ("which" in step) {
      if (open.length === 0) continue;
      const at = step.which % open.length;
      const id = open[at];
      if (step.kind === "data") frames.push(dataFrame(id, step.byteCount));
      else open.splice(at, 1);
      if (step.kind === "end") frames.push(dataFrame(id, step.byteCount, Flag.EndStream));
      else if (step.kind === "trailers") frames.push(headersFrame(id, ["x-checksum", "1"], end));
      else if (step.kind === "reset") frames.push(resetFrame(id, ErrorCode.Cancel));
    } else if (step.kind === "ping") frames.push(frame(FrameType.Ping, 0, { payload: new Uint8Array(8) }));
    else if (step.kind === "settings") frames.push(settingsFrame([4, 1000 * (opened % 70)]));
    else if (step.kind === "window") frames.push(windowUpdateFrame(0, 5000));
    else {
      const id = nextId;
      nextId += 2;
      opened++;
      const endFlag = step.kind === "openAndEnd" ? Flag.EndStream : 0;
      if (step.kind !== "openAndEnd") open.push(id);
      const block = encodeHeaderBlock(requestHeaders);
      if (step.kind === "openInParts") {
        frames.push(frame(FrameType.Headers, id, { payload: block.subarray(0, 3) }));
        frames.push(frame(FrameType.Continuation, id, { flags: Flag.EndHeaders, payload: block.subarray(3) }));
      } else {
        const payload = step.kind === "openIndexed"
          ? concatBytes([block, Uint8Array.of(0x40, 1, 0x61, 1, 0x62)])
          : block;
        frames.push(frame(FrameType.Headers, id, { flags: Flag.EndHeaders | endFlag, payload }));
      }
    }
  }
  return frames;
}

const session = fc.array(step, { maxLength: 60, size: "max" }).map(sessionFrames);

function feed(connection: Http2Connection, bytes: Uint8Array, sizes: readonly number[]): void {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const until = Math.min(bytes.length, at + sizes[i % sizes.length]);
    const chunk = bytes.slice(at, until);
    connection.receive(chunk, 5);
    chunk.fill(0xee);
    at = until;
  }
}

Deno.test("Http2Connection gives the same events and the same answers however its input is cut", () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(session, sizes, (frames, sizes) => {
      const bytes = concatBytes(frames);
      const whole = answeringServer();
      whole.connection.receive(bytes, 5);
      const cut = answeringServer();
      feed(cut.connection, bytes, sizes);
      assert.deepEqual(cut.events.lines, whole.events.lines);
      assert(equalBytes(takeAll(cut.connection), takeAll(whole.connection)));
    }),
    propertyOptions({ numRuns: 1000 }),
  );
});

/** Whatever came in, the connection still keeps its own rules. */
function assertSound(connection: Http2Connection, events: Recorder): void {
  takeAll(connection);
  connection.tick(1e9);
  takeAll(connection);
  const closes = events.lines.filter((line) => line.startsWith("close "));
  assert.equal(closes.length, connection.isClosed ? 1 : 0);
  if (connection.isClosed) {
    assert.equal(connection.openStreams, 0);
    assert.equal(connection.queuedBytes, 0);
    assert.match(events.lines.at(-1)!, /^close /);
  }
}

Deno.test("Http2Connection takes random bytes, after its preface or without, at either end, without throwing", () => {
  const input = fc.array(fc.uint8Array({ maxLength: 200, size: "max" }), { maxLength: 10 });
  fc.assert(
    fc.property(input, fc.boolean(), fc.boolean(), (chunks, greeted, server) => {
      const { events, connection } = answeringServer();
      const tested = server ? connection : new Http2Connection("client", events);
      if (greeted) tested.receive(server ? concatBytes([clientPreface, settingsFrame()]) : settingsFrame(), 5);
      for (const chunk of chunks) tested.receive(chunk, 5);
      assertSound(tested, events);
    }),
    propertyOptions({ numRuns: 1000 }),
  );
});

Deno.test("Http2Connection takes sessions with some octets changed, lost or repeated without throwing", () => {
  const change = fc.record({ at: fc.nat(), kind: fc.constantFrom("change", "lose", "repeat"), octet: fc.nat(255) });
  fc.assert(
    fc.property(session, fc.array(change, { maxLength: 6 }), (frames, changes) => {
      let bytes = concatBytes(frames);
      for (const { at, kind, octet } of changes) {
        const where = clientPreface.length + at % (bytes.length - clientPreface.length);
        const rest = bytes.subarray(kind === "repeat" ? where : where + 1);
        bytes = concatBytes([
          bytes.subarray(0, where),
          kind === "lose" ? new Uint8Array(0) : Uint8Array.of(octet),
          rest,
        ]);
      }
      const { events, connection } = answeringServer();
      connection.receive(bytes, 5);
      assertSound(connection, events);
    }),
    propertyOptions({ numRuns: 1000 }),
  );
});

/** One call of the traffic test: what goes there and what comes back. */
interface Exchange {
  readonly request: Uint8Array[];
  readonly response: Uint8Array[];
  readonly requestTrailers: boolean;
  readonly responseTrailers: "list" | "block" | "none";
}

/** Collects the body of each stream, and consumes it in pieces of its own choice. */
class Collector extends Recorder {
  connection!: Http2Connection;
  readonly bodies = new Map<number, Uint8Array[]>();
  readonly headers = new Map<number, HeaderList>();
  readonly trailers = new Map<number, HeaderList>();
  readonly ended = new Set<number>();
  constructor(readonly onEnd: (stream: Http2Stream) => void) {
    super();
  }
  override onHeaders(stream: Http2Stream, headers: HeaderList, endStream: boolean): void {
    this.headers.set(stream.id, [...headers]);
    this.bodies.set(stream.id, []);
    if (endStream) this.#end(stream);
  }
  override onData(stream: Http2Stream, data: Uint8Array, endStream: boolean): void {
    this.bodies.get(stream.id)!.push(data.slice());
    this.connection.consume(stream, data.length >>> 1);
    this.connection.consume(stream, data.length - (data.length >>> 1));
    if (endStream) this.#end(stream);
  }
  override onTrailers(stream: Http2Stream, headers: HeaderList): void {
    this.trailers.set(stream.id, [...headers]);
    this.#end(stream);
  }
  #end(stream: Http2Stream): void {
    assert(!this.ended.has(stream.id));
    this.ended.add(stream.id);
    this.onEnd(stream);
  }
}

const piece = fc.tuple(fc.nat(2000), fc.nat(255)).map(([length, first]) =>
  Uint8Array.from({ length }, (_, i) => first + i)
);
const exchange: fc.Arbitrary<Exchange> = fc.record({
  request: fc.array(piece, { maxLength: 4 }),
  response: fc.array(piece, { maxLength: 4 }),
  requestTrailers: fc.boolean(),
  responseTrailers: fc.constantFrom("list", "block", "none"),
});

function sendBody(connection: Http2Connection, stream: Http2Stream, pieces: readonly Uint8Array[]): void {
  pieces.forEach((piece, i) => {
    if (i % 3 === 0) connection.sendData(stream, piece, false);
    else if (i % 3 === 1) connection.sendPrefixedData(stream, piece.subarray(0, 5), piece.subarray(5), false);
    else connection.sendDataPieces(stream, [piece.subarray(0, 7), piece.subarray(7)], false);
  });
}

Deno.test("Http2Connection, both ends back to back, carries any traffic to its end through tiny windows and tables", () => {
  const options = fc.record({
    initialWindowBytes: fc.integer({ min: 1, max: 3000 }),
    headerTableBytes: fc.nat(5000),
    encoderTableBytes: fc.nat(5000),
    outputHighWaterBytes: fc.integer({ min: 1, max: 5000 }),
    maxConcurrentStreams: fc.integer({ min: 1, max: 30 }),
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 10 });
  // The windows are tiny here: small WINDOW_UPDATEs are no attack.
  const abuse = { idleFrameBurst: 1e9 };
  fc.assert(
    fc.property(
      fc.array(exchange, { maxLength: 30, size: "max" }),
      options,
      options,
      sizes,
      (exchanges, forServer, forClient, sizes) => {
        const headersOf = (i: number) => [...requestHeaders, "x-call", `${i}`, "x-long", "v".repeat((i * 37) % 300)];
        const callOf = (headers: HeaderList) => Number(headers[headers.indexOf("x-call") + 1]);
        const serverEvents: Collector = new Collector((stream) => {
          const i = callOf(serverEvents.headers.get(stream.id)!);
          const { response, responseTrailers } = exchanges[i];
          server.sendHeaders(stream, [":status", "200", "x-call", `${i}`], false);
          sendBody(server, stream, response);
          if (responseTrailers === "list") server.sendTrailers(stream, ["x-end", `${i}`]);
          else if (responseTrailers === "block") {
            server.sendEncodedHeaders(stream, encodeHeaderBlock(["x-end", `${i}`]), true);
          } else server.sendData(stream, new Uint8Array(0), true);
        });
        // What is sent before the server's bound on streams is known may be refused; it is sent again.
        const waiting = exchanges.map((_, i) => i);
        const callsById = new Map<number, number>();
        const clientEvents: Collector = new Collector(() => {});
        clientEvents.onReset = (stream, code) => {
          assert.equal(code, ErrorCode.RefusedStream);
          waiting.push(callsById.get(stream.id)!);
        };
        const server = new Http2Connection("server", serverEvents, { ...forServer, abuse });
        const client = new Http2Connection("client", clientEvents, { ...forClient, abuse });
        serverEvents.connection = server;
        clientEvents.connection = client;
        for (let turn = 0; clientEvents.ended.size < exchanges.length; turn++) {
          assert(turn < 200_000, "the traffic has come to a stop");
          while (waiting.length > 0) {
            const stream = client.openStream(headersOf(waiting[0]), false);
            if (stream === undefined) break;
            callsById.set(stream.id, waiting[0]);
            const { request, requestTrailers } = exchanges[waiting.shift()!];
            sendBody(client, stream, request);
            if (requestTrailers) client.sendTrailers(stream, ["x-end", "1"]);
            else client.sendData(stream, new Uint8Array(0), true);
          }
          const there = client.takeOutput();
          if (there !== undefined) feed(server, there, sizes);
          const back = server.takeOutput();
          if (back !== undefined) feed(client, back, sizes);
        }
        for (const id of clientEvents.ended) {
          const i = callOf(clientEvents.headers.get(id)!);
          const { request, response, responseTrailers, requestTrailers } = exchanges[i];
          assert.deepEqual(serverEvents.headers.get(id), headersOf(i));
          assert(equalBytes(concatBytes(serverEvents.bodies.get(id)!), concatBytes(request)));
          assert(equalBytes(concatBytes(clientEvents.bodies.get(id)!), concatBytes(response)));
          assert.deepEqual(clientEvents.trailers.get(id), responseTrailers === "none" ? undefined : ["x-end", `${i}`]);
          assert.equal(serverEvents.trailers.has(id), requestTrailers);
        }
        for (const connection of [server, client]) {
          assert.equal(connection.openStreams, 0);
          assert.equal(connection.queuedBytes, 0);
          assert.equal(connection.isClosed, false);
        }
      },
    ),
    propertyOptions({ numRuns: 100 }),
  );
});

Deno.test("Http2Connection ends a whole connection in peace while calls are under way", () => {
  const serverEvents: Collector = new Collector((stream) => {
    server.sendHeaders(stream, [":status", "200"], true);
  });
  const clientEvents = new Collector(() => {});
  const server = new Http2Connection("server", serverEvents);
  const client = new Http2Connection("client", clientEvents);
  serverEvents.connection = server;
  clientEvents.connection = client;
  const exchangeAll = () => {
    for (let quiet = false; !quiet;) {
      const there = takeAll(client);
      const back = takeAll(server);
      quiet = there.length + back.length === 0;
      server.receive(there, 1);
      client.receive(back, 1);
    }
  };
  exchangeAll();
  const stream = client.openStream(requestHeaders, false)!;
  exchangeAll();
  server.drain();
  exchangeAll();
  assert.equal(client.openStream(requestHeaders, true), undefined);
  assert.deepEqual([server.isClosed, client.isClosed], [false, false]);
  client.sendData(stream, new Uint8Array(10), true);
  exchangeAll();
  assert.deepEqual([server.isClosed, client.isClosed], [true, true]);
  assert(clientEvents.ended.has(stream.id));
  assert.deepEqual(serverEvents.lines, ["close 0 drained"]);
  assert.equal(clientEvents.lines.at(-1), "close 0 drained");
  assert(!clientEvents.lines.some((line) => line.startsWith("reset")), ErrorCode.NoError.toString());
});
