import assert from "node:assert/strict";
import { concatBytes } from "../base/mod.ts";
import { Flag, FrameType } from "./frames.ts";
import { encodeHeaderBlock } from "./hpack/encoder.ts";
import {
  dataFrame,
  describeFrame,
  frame,
  headersFrame,
  parseFrames,
  Peer,
  Recorder,
  requestHeaders,
  settingsFrame,
  takeAll,
  windowUpdateFrame,
} from "./testing.ts";
import type { Http2Options } from "./options.ts";
import { ErrorCode, type Http2Stream } from "./types.ts";

const end = Flag.EndStream | Flag.EndHeaders;
const status200 = encodeHeaderBlock([":status", "200"]);
const trailers = encodeHeaderBlock(["grpc-status", "0"]);

/** A server that has been asked on streams 1, 3, 5, ... and has answered with headers. */
function answering(streams: number, options: Http2Options & { events?: Recorder } = {}): Peer {
  const peer = new Peer("server", options);
  for (let i = 0; i < streams; i++) {
    peer.send(headersFrame(1 + 2 * i, requestHeaders, end));
    peer.connection.sendEncodedHeaders(peer.stream(1 + 2 * i), status200, false);
  }
  peer.output();
  peer.lines();
  return peer;
}

function numbered(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

Deno.test("Http2Connection.sendData() sends no more than the connection's window, and goes on when it grows", () => {
  const peer = answering(1);
  peer.connection.sendData(peer.stream(1), numbered(70_000), true);
  assert.deepEqual(peer.output(), ["DATA 1 16384", "DATA 1 16384", "DATA 1 16384", "DATA 1 16383"]);
  assert.equal(peer.connection.queuedBytes, 4465);
  assert.equal(peer.stream(1).queuedBytes, 4465);
  peer.send(windowUpdateFrame(1, 10_000));
  assert.deepEqual(peer.output(), []);
  peer.send(windowUpdateFrame(0, 1000));
  assert.deepEqual(peer.output(), ["DATA 1 1000"]);
  peer.send(windowUpdateFrame(0, 100_000));
  assert.deepEqual(peer.output(), ["DATA 1 3465 end"]);
  assert.equal(peer.connection.openStreams, 0);
  assert.equal(peer.connection.queuedBytes, 0);
});

Deno.test("Http2Connection.sendData() sends no more than the stream's window, also when the peer makes it smaller", () => {
  const peer = answering(1);
  peer.send(windowUpdateFrame(0, 1_000_000), settingsFrame([4, 100]));
  peer.output();
  peer.connection.sendData(peer.stream(1), numbered(500), false);
  assert.deepEqual(peer.output(), ["DATA 1 100"]);
  peer.send(settingsFrame([4, 50]));
  peer.send(windowUpdateFrame(1, 40));
  assert.deepEqual(peer.output(), ["SETTINGS ack"]);
  peer.send(windowUpdateFrame(1, 20));
  assert.deepEqual(peer.output(), ["DATA 1 10"]);
  peer.send(settingsFrame([4, 60]));
  assert.deepEqual(peer.output(), ["SETTINGS ack", "DATA 1 10"]);
  peer.send(settingsFrame([4, 10_000]));
  assert.deepEqual(peer.output(), ["SETTINGS ack", "DATA 1 380"]);
});

Deno.test("Http2Connection.sendData() sends one byte at a time to a peer whose window is one", () => {
  const peer = answering(0);
  peer.send(settingsFrame([4, 0]), headersFrame(1, requestHeaders, end));
  peer.output();
  peer.connection.sendEncodedHeaders(peer.stream(1), status200, false);
  peer.connection.sendData(peer.stream(1), numbered(2), true);
  assert.deepEqual(peer.output(), ["HEADERS 1"]);
  peer.send(windowUpdateFrame(1, 1));
  assert.deepEqual(peer.output(), ["DATA 1 1"]);
  peer.send(windowUpdateFrame(1, 1));
  assert.deepEqual(peer.output(), ["DATA 1 1 end"]);
});

Deno.test("Http2Connection.sendData() of nothing ends a stream even without a window", () => {
  const peer = answering(0);
  peer.send(settingsFrame([4, 0]), headersFrame(1, requestHeaders, end));
  peer.output();
  peer.connection.sendEncodedHeaders(peer.stream(1), status200, false);
  peer.connection.sendData(peer.stream(1), new Uint8Array(0), true);
  assert.deepEqual(peer.output(), ["HEADERS 1", "DATA 1 0 end"]);
});

Deno.test("Http2Connection keeps frames within what the peer accepts", () => {
  const peer = answering(1);
  peer.send(settingsFrame([4, 100_000], [5, 20_000]), windowUpdateFrame(0, 100_000));
  peer.output();
  peer.connection.sendData(peer.stream(1), numbered(50_000), true);
  assert.deepEqual(peer.output(), ["DATA 1 20000", "DATA 1 20000", "DATA 1 10000 end"]);
});

Deno.test("Http2Connection lets streams take turns, and a blocked stream holds up nobody", () => {
  const peer = answering(3, { outputHighWaterBytes: 30_000 });
  peer.send(windowUpdateFrame(0, 1_000_000), windowUpdateFrame(1, 100_000), windowUpdateFrame(5, 100_000));
  for (const id of [1, 3, 5]) peer.connection.sendData(peer.stream(id), numbered(80_000), true);
  const order = parseFrames(takeAll(peer.connection)).map((frame) => describeFrame(frame));
  assert.deepEqual(order.slice(0, 9).map((line) => line.slice(0, 6)), [
    ..."DATA 1,DATA 1,DATA 1,DATA 3,DATA 5,DATA 1,DATA 3,DATA 5,DATA 1".split(","),
  ]);
  assert.equal(order.filter((line) => line.startsWith("DATA 3")).length, 4);
  assert.deepEqual(order.filter((line) => line.endsWith("end")), ["DATA 1 14464 end", "DATA 5 14464 end"]);
  peer.send(windowUpdateFrame(3, 100_000));
  assert.deepEqual(peer.output(), ["DATA 3 14465 end"]);
});

Deno.test("Http2Connection.sendTrailers() waits for the data before it; so does a constant block", () => {
  for (const constant of [false, true]) {
    const peer = answering(1);
    peer.connection.sendData(peer.stream(1), numbered(65_536), false);
    if (constant) peer.connection.sendEncodedHeaders(peer.stream(1), trailers, true);
    else peer.connection.sendTrailers(peer.stream(1), ["grpc-status", "0"]);
    assert.equal(peer.output().length, 4);
    peer.send(windowUpdateFrame(0, 1), windowUpdateFrame(1, 1));
    assert.deepEqual(peer.output(), ["DATA 1 1", "HEADERS 1 end"]);
    assert.equal(peer.connection.openStreams, 0);
  }
});

Deno.test("Http2Connection encodes waiting trailers in the order of sending, so that the tables agree", () => {
  const peer = answering(2);
  peer.connection.sendData(peer.stream(1), numbered(65_536), false);
  peer.connection.sendTrailers(peer.stream(1), ["x-first", "1"]);
  peer.connection.sendTrailers(peer.stream(3), ["x-second", "2"]);
  peer.send(windowUpdateFrame(0, 1), windowUpdateFrame(1, 1));
  const client = new Peer("client");
  client.connection.openStream(requestHeaders, true);
  client.connection.openStream(requestHeaders, true);
  client.send(headersFrame(1, [":status", "200"]), headersFrame(3, [":status", "200"]));
  client.send(takeAll(peer.connection));
  assert.deepEqual(client.lines().filter((line) => line.startsWith("trailers")), [
    "trailers 3 x-second 2",
    "trailers 1 x-first 1",
  ]);
});

Deno.test("Http2Connection.sendDataPieces() and sendPrefixedData() keep the bytes in order, at once and in the queue", () => {
  for (const windowBytes of [1_000_000, 10, 0]) {
    const peer = answering(0);
    peer.send(settingsFrame([4, windowBytes]), headersFrame(1, requestHeaders, end), windowUpdateFrame(0, 1_000_000));
    peer.output();
    const stream = peer.stream(1);
    const sent = numbered(40_000);
    const prefix = sent.slice(0, 5);
    peer.connection.sendEncodedHeaders(stream, status200, false);
    peer.connection.sendPrefixedData(stream, prefix, sent.subarray(5, 30), false);
    prefix.fill(0xff);
    const pieces = [sent.subarray(30, 31), new Uint8Array(0), sent.subarray(31, 20_000), sent.subarray(20_000, 20_003)];
    peer.connection.sendDataPieces(stream, pieces, false);
    pieces.length = 0;
    peer.connection.sendData(stream, sent.subarray(20_003), true);
    const first = takeAll(peer.connection);
    if (windowBytes < 1000) peer.send(windowUpdateFrame(1, 1_000_000));
    const frames = parseFrames(concatBytes([first, takeAll(peer.connection)]));
    const received = concatBytes(frames.filter(({ type }) => type === FrameType.Data).map(({ payload }) => payload));
    assert.deepEqual(received, sent);
    assert.equal(frames.at(-1)!.flags & Flag.EndStream, 1);
  }
});

Deno.test("Http2Connection.onWritable follows a queue that was above the high-water mark, once, at the low-water mark", () => {
  const peer = answering(1, { streamQueueHighWaterBytes: 1000, streamQueueLowWaterBytes: 100 });
  const stream = peer.stream(1);
  peer.connection.sendData(stream, numbered(65_535), false);
  peer.connection.sendData(stream, numbered(900), false);
  peer.send(windowUpdateFrame(0, 100_000), windowUpdateFrame(1, 850));
  assert.deepEqual(peer.lines(), []);
  peer.connection.sendData(stream, numbered(1200), false);
  assert.equal(stream.queuedBytes, 1250);
  peer.send(windowUpdateFrame(1, 1149));
  assert.deepEqual(peer.lines(), []);
  peer.send(windowUpdateFrame(1, 1));
  assert.deepEqual(peer.lines(), ["writable 1"]);
  peer.send(windowUpdateFrame(1, 1));
  assert.deepEqual(peer.lines(), []);
});

Deno.test("Http2Connection lets onWritable send and reset", () => {
  class Filler extends Recorder {
    left = 20;
    override onWritable(stream: Http2Stream): void {
      super.onWritable(stream);
      if (this.left-- > 0) peer.connection.sendData(stream, numbered(20_000), false);
      else peer.connection.reset(stream, ErrorCode.Cancel);
    }
  }
  const options = { streamQueueHighWaterBytes: 10_000, streamQueueLowWaterBytes: 1000, outputHighWaterBytes: 30_000 };
  const peer = answering(1, { events: new Filler(), ...options });
  peer.send(windowUpdateFrame(0, 1_000_000), windowUpdateFrame(1, 1_000_000));
  peer.connection.sendData(peer.stream(1), numbered(100_000), false);
  let bytes = 0;
  for (let output = peer.connection.takeOutput(); output !== undefined; output = peer.connection.takeOutput()) {
    assert(output.length < 30_000 + 2 * 16_400);
    bytes += parseFrames(output).reduce(
      (sum, { type, payload }) => type === FrameType.Data ? sum + payload.length : sum,
      0,
    );
  }
  assert.equal(bytes, 500_000);
  assert.equal(peer.connection.openStreams, 0);
  assert.equal(peer.connection.queuedBytes, 0);
});

Deno.test("Http2Connection.reset() forgets what was queued", () => {
  const peer = answering(1);
  peer.connection.sendData(peer.stream(1), numbered(100_000), false);
  peer.output();
  peer.connection.reset(peer.stream(1), ErrorCode.Cancel);
  assert.equal(peer.connection.queuedBytes, 0);
  peer.send(windowUpdateFrame(0, 100_000));
  assert.deepEqual(peer.output(), ["RST_STREAM 1 8"]);
});

Deno.test("Http2Connection.consume() sums up WINDOW_UPDATEs until half of a window is due", () => {
  const peer = new Peer("server", { initialWindowBytes: 65_536, connectionWindowBytes: 131_072 });
  peer.send(headersFrame(1, requestHeaders));
  const stream = peer.stream(1);
  for (let i = 0; i < 2; i++) {
    peer.send(dataFrame(1, 16_384));
    peer.connection.consume(stream, 16_383);
    assert.deepEqual(peer.output(), []);
  }
  peer.connection.consume(stream, 2);
  assert.deepEqual(peer.output(), ["WINDOW_UPDATE 1 32768"]);
  peer.connection.consume(stream, 1000);
  for (let i = 0; i < 2; i++) peer.send(dataFrame(1, 16_384));
  peer.connection.consume(stream, 32_768);
  assert.deepEqual(peer.output(), ["WINDOW_UPDATE 0 65536", "WINDOW_UPDATE 1 32768"]);
});

Deno.test("Http2Connection gives back to the connection what a stream has left when it ends, however it ends", () => {
  const ends: Record<string, (peer: Peer) => void> = {
    "our reset": (peer) => peer.connection.reset(peer.stream(1), ErrorCode.Cancel),
    "the peer's reset": (peer) => peer.send(frame(FrameType.RstStream, 1, { payload: [0, 0, 0, 8] })),
    "a complete answer": (peer) => peer.connection.sendEncodedHeaders(peer.stream(1), status200, true),
    "a stream error": (peer) => peer.send(windowUpdateFrame(1, 0)),
  };
  for (const [name, finish] of Object.entries(ends)) {
    const peer = new Peer("server", { connectionWindowBytes: 65_535 });
    peer.send(headersFrame(1, requestHeaders));
    for (let i = 0; i < 3; i++) peer.send(dataFrame(1, 16_384));
    finish(peer);
    assert(peer.output().includes("WINDOW_UPDATE 0 49152"), name);
    peer.connection.consume(peer.stream(1), 49_152);
    assert.deepEqual(peer.output(), [], name);
  }
});

Deno.test("Http2Connection gives back padding at once, and data for streams that are gone", () => {
  const peer = new Peer("server", { connectionWindowBytes: 65_535, initialWindowBytes: 65_535 });
  peer.send(headersFrame(1, requestHeaders));
  const padded = frame(FrameType.Data, 1, { flags: Flag.Padded, payload: [255, ...new Array(255).fill(0)] });
  for (let i = 0; i < 128; i++) peer.send(padded);
  assert.deepEqual(peer.output(), ["WINDOW_UPDATE 0 32768", "WINDOW_UPDATE 1 32768"]);
  peer.connection.reset(peer.stream(1), ErrorCode.Cancel);
  peer.output();
  for (let i = 0; i < 2; i++) peer.send(dataFrame(1, 16_384));
  assert.deepEqual(peer.output(), ["WINDOW_UPDATE 0 32768"]);
});

Deno.test("Http2Connection holds the peer to the windows that it was given", () => {
  const options = { connectionWindowBytes: 100_000, initialWindowBytes: 70_000, maxFrameBytes: 50_000 };
  const onStream = new Peer("server", options);
  onStream.send(headersFrame(1, requestHeaders), dataFrame(1, 50_000), dataFrame(1, 20_000));
  onStream.send(dataFrame(1, 1));
  assert(onStream.output().includes("RST_STREAM 1 3"));
  const onConnection = new Peer("server", options);
  onConnection.send(headersFrame(1, requestHeaders), headersFrame(3, requestHeaders));
  onConnection.send(dataFrame(1, 50_000), dataFrame(3, 50_000), dataFrame(3, 1));
  assert.equal(onConnection.output().at(-1), "GOAWAY 3 3");
});

Deno.test("Http2Connection lets the peer use the default window until it has acknowledged a smaller one", () => {
  const before = new Peer("server", { handshake: false, initialWindowBytes: 10 });
  before.send(
    new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    settingsFrame(),
    headersFrame(1, requestHeaders),
  );
  before.send(dataFrame(1, 16_384));
  before.output();
  assert.equal(before.lines().at(-1), "data 1 16384");
  before.send(frame(FrameType.Settings, 0, { flags: Flag.Ack }), dataFrame(1, 1));
  assert.deepEqual(before.output(), ["RST_STREAM 1 3"]);
  before.send(headersFrame(3, requestHeaders), dataFrame(3, 11));
  assert.deepEqual(before.output(), ["RST_STREAM 3 3"]);
});
