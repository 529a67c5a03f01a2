import assert from "node:assert/strict";
import { concatBytes } from "../base/mod.ts";
import { Http2Connection } from "./connection.ts";
import { clientPreface, Flag, FrameType } from "./frames.ts";
import { encodeHeaderBlock } from "./hpack/encoder.ts";
import {
  dataFrame,
  frame,
  headersFrame,
  parseFrames,
  Peer,
  Recorder,
  requestHeaders,
  resetFrame,
  settingsFrame,
  takeAll,
  uint32,
  windowUpdateFrame,
} from "./testing.ts";
import { ErrorCode, type HeaderList, type Http2Stream } from "./types.ts";

const end = Flag.EndStream | Flag.EndHeaders;
const requestLine = requestHeaders.join(" ");
const status200 = encodeHeaderBlock([":status", "200"]);
const trailers = encodeHeaderBlock(["grpc-status", "0"]);

function ackFrame(peer: Peer): Uint8Array {
  const ping = parseFrames(takeAll(peer.connection)).find(({ type }) => type === FrameType.Ping)!;
  return frame(FrameType.Ping, 0, { flags: Flag.Ack, payload: ping.payload });
}

Deno.test("Http2Connection begins with its preface, and acknowledges the peer's settings", () => {
  const server = new Peer("server", { handshake: false });
  assert.deepEqual(server.output(), ["SETTINGS", "WINDOW_UPDATE 0 983041"]);
  server.send(clientPreface, settingsFrame());
  assert.deepEqual(server.output(), ["SETTINGS ack"]);
  const client = new Peer("client", { handshake: false });
  const first = takeAll(client.connection);
  assert.deepEqual(first.subarray(0, clientPreface.length), clientPreface);
  assert.deepEqual(parseFrames(first.subarray(clientPreface.length)).map(({ type }) => type), [4, 8]);
  client.send(settingsFrame());
  assert.deepEqual(client.output(), ["SETTINGS ack"]);
});

Deno.test("Http2Connection carries a unary call: request, body, answer, trailers", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders), dataFrame(1, 10), dataFrame(1, 5, Flag.EndStream));
  assert.deepEqual(peer.lines(), [`headers 1 ${requestLine}`, "data 1 10", "data 1 5 end"]);
  const { connection } = peer;
  assert.equal(connection.openStreams, 1);
  const stream = peer.stream(1);
  connection.consume(stream, 15);
  connection.sendEncodedHeaders(stream, status200, false);
  connection.sendPrefixedData(stream, new Uint8Array(5), new Uint8Array(20), false);
  connection.sendEncodedHeaders(stream, trailers, true);
  assert.deepEqual(peer.output(), ["HEADERS 1", "DATA 1 25", "HEADERS 1 end"]);
  assert.equal(connection.openStreams, 0);
  assert.equal(connection.lastPeerStreamId, 1);
});

Deno.test("Http2Connection reads trailers as the end of a request", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders), dataFrame(1, 3), headersFrame(1, ["x-checksum", "1"], end));
  assert.deepEqual(peer.lines().slice(1), ["data 1 3", "trailers 1 x-checksum 1"]);
});

Deno.test("Http2Connection puts a header block together from HEADERS and CONTINUATION, padded and with priority", () => {
  const block = encodeHeaderBlock(requestHeaders);
  const peer = new Peer("server");
  const head = concatBytes([Uint8Array.of(3, ...uint32(0), 200), block.subarray(0, 2), new Uint8Array(3)]);
  const flags = Flag.Padded | Flag.Priority | Flag.EndStream;
  peer.send(
    frame(FrameType.Headers, 1, { flags, payload: head }),
    frame(FrameType.Continuation, 1, { payload: block.subarray(2, 5) }),
    frame(FrameType.Continuation, 1, { flags: Flag.EndHeaders, payload: block.subarray(5) }),
  );
  assert.deepEqual(peer.lines(), [`headers 1 ${requestLine} end`]);
});

Deno.test("Http2Connection asks the client to stop when the answer is complete before the request", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders));
  peer.connection.sendEncodedHeaders(peer.stream(1), status200, true);
  assert.deepEqual(peer.output(), ["HEADERS 1 end", "RST_STREAM 1 0"]);
  assert.equal(peer.connection.openStreams, 0);
  peer.lines();
  peer.send(dataFrame(1, 10), headersFrame(1, ["a", "b"], end), windowUpdateFrame(1, 1000), resetFrame(1, 0));
  assert.deepEqual(peer.output(), []);
  assert.deepEqual(peer.lines(), []);
});

Deno.test("Http2Connection.openStream() sends a request and its answer comes back as events", () => {
  const peer = new Peer("client");
  const stream = peer.connection.openStream(requestHeaders, false)!;
  peer.connection.sendData(stream, new Uint8Array(7), true);
  assert.deepEqual(peer.output(), ["HEADERS 1", "DATA 1 7 end"]);
  peer.send(headersFrame(1, [":status", "103"]), headersFrame(1, [":status", "200"]), dataFrame(1, 4));
  peer.send(headersFrame(1, ["grpc-status", "0"], end));
  assert.deepEqual(peer.lines(), ["headers 1 :status 200", "data 1 4", "trailers 1 grpc-status 0"]);
  assert.equal(peer.connection.openStreams, 0);
  assert.equal(peer.connection.openStream(requestHeaders, true)!.id, 3);
});

Deno.test("Http2Connection.openStream() gives undefined at the peer's bound and opens again below it", () => {
  const peer = new Peer("client");
  peer.send(settingsFrame([3, 1]));
  assert.equal(peer.connection.streamSlots, 1);
  const stream = peer.connection.openStream(requestHeaders, true)!;
  assert.equal(peer.connection.streamSlots, 0);
  assert.equal(peer.connection.openStream(requestHeaders, true), undefined);
  peer.connection.reset(stream, ErrorCode.Cancel);
  assert.equal(peer.connection.openStream(requestHeaders, true)!.id, 3);
});

Deno.test("Http2Connection.onOutput is called once for output that waits, and again after it was taken", () => {
  const peer = new Peer("server");
  peer.send(
    frame(FrameType.Ping, 0, { payload: new Uint8Array(8) }),
    frame(FrameType.Ping, 0, { payload: new Uint8Array(8) }),
  );
  peer.connection.ping(new Uint8Array(8));
  assert.equal(peer.events.outputs, 1);
  assert.deepEqual(peer.output(), ["PING ack", "PING ack", "PING"]);
  peer.connection.ping(new Uint8Array(8));
  assert.equal(peer.events.outputs, 2);
});

Deno.test("Http2Connection.ping() hears of its answer, and tells of the peer's", () => {
  const peer = new Peer("server");
  peer.connection.ping(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  peer.send(ackFrame(peer), frame(FrameType.Ping, 0, { payload: new Uint8Array(8) }));
  assert.deepEqual(peer.lines(), ["ping ack 1 2 3 4 5 6 7 8", "ping 1000"]);
});

Deno.test("Http2Connection.sendHeaders() begins with a size update when the peer's table shrank, constant blocks too", () => {
  for (const constant of [false, true]) {
    const peer = new Peer("server");
    peer.send(settingsFrame([1, 0]), headersFrame(1, requestHeaders, end));
    peer.output();
    if (constant) peer.connection.sendEncodedHeaders(peer.stream(1), status200, false);
    else peer.connection.sendHeaders(peer.stream(1), [":status", "200"], false);
    assert.deepEqual([...parseFrames(takeAll(peer.connection))[0].payload], [0x20, 0x88]);
    peer.connection.sendEncodedHeaders(peer.stream(1), trailers, true);
    assert.deepEqual(parseFrames(takeAll(peer.connection))[0].payload, trailers);
  }
});

Deno.test("Http2Connection.sendHeaders() splits a long block into CONTINUATION frames", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders, end));
  peer.output();
  peer.connection.sendHeaders(peer.stream(1), [":status", "200", "x", "\0".repeat(20_000)], false);
  const frames = parseFrames(takeAll(peer.connection));
  assert.deepEqual(frames.map(({ type, flags }) => [type, flags]), [[FrameType.Headers, 0], [
    FrameType.Continuation,
    4,
  ]]);
});

Deno.test("Http2Connection hands out the same list for the same block, so that it can be recognised", () => {
  const lists: HeaderList[] = [];
  class Keeper extends Recorder {
    override onHeaders(_stream: Http2Stream, headers: HeaderList): void {
      lists.push(headers);
    }
  }
  const server = new Http2Connection("server", new Keeper());
  const client = new Http2Connection("client", new Recorder());
  server.receive(takeAll(client), 0);
  client.receive(takeAll(server), 0);
  for (let i = 0; i < 3; i++) client.openStream(requestHeaders, true);
  server.receive(takeAll(client), 0);
  assert.equal(lists.length, 3);
  assert.equal(lists[1], lists[2]);
  assert.equal(lists[0][5], lists[1][5]);
});

Deno.test("Http2Connection.reset() ends a stream both ways, without an event, and what still comes is ignored", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders));
  const stream = peer.stream(1);
  peer.lines();
  peer.connection.reset(stream, ErrorCode.Cancel);
  peer.connection.sendData(stream, new Uint8Array(1), false);
  peer.connection.sendHeaders(stream, [":status", "200"], false);
  peer.connection.consume(stream, 5);
  peer.connection.reset(stream, ErrorCode.Cancel);
  peer.send(dataFrame(1, 10), headersFrame(1, ["a", "b"], end));
  assert.deepEqual(peer.output(), ["RST_STREAM 1 8"]);
  assert.deepEqual(peer.lines(), []);
});

Deno.test("Http2Connection expects nothing more for a stream that both ends have reset", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders));
  peer.connection.reset(peer.stream(1), ErrorCode.NoError);
  peer.send(resetFrame(1, ErrorCode.Cancel), headersFrame(1, requestHeaders));
  assert.equal(peer.connection.isClosed, true);
  assert.equal(peer.output().at(-1), `GOAWAY 1 ${ErrorCode.StreamClosed}`);
});

Deno.test("Http2Connection tells of a stream that the peer resets", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders), resetFrame(1, ErrorCode.Cancel));
  assert.deepEqual(peer.lines().slice(1), ["reset 1 8"]);
  assert.equal(peer.connection.openStreams, 0);
  peer.connection.sendEncodedHeaders(peer.stream(1), status200, false);
  assert.deepEqual(peer.output(), []);
});

Deno.test("Http2Connection.drain() lets what is on its way arrive, names the last stream, refuses later ones, closes", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders, end));
  peer.connection.drain();
  peer.connection.drain();
  assert.equal(peer.connection.isDraining, true);
  peer.send(headersFrame(3, requestHeaders, end));
  const ack = ackFrame(peer);
  peer.lines();
  peer.send(ack);
  assert.deepEqual(peer.output(), ["GOAWAY 3 0"]);
  peer.send(headersFrame(5, requestHeaders, end));
  assert.deepEqual(peer.output(), ["RST_STREAM 5 7"]);
  assert.deepEqual(peer.lines(), []);
  peer.connection.sendEncodedHeaders(peer.stream(1), status200, true);
  assert.deepEqual(peer.lines(), []);
  peer.connection.sendEncodedHeaders(peer.stream(3), status200, true);
  assert.deepEqual(peer.lines(), ["close 0 drained"]);
  assert.deepEqual(peer.output(), ["HEADERS 1 end", "HEADERS 3 end"]);
  assert.equal(peer.connection.wantsInput, false);
});

Deno.test("Http2Connection.drain() sends the first GOAWAY with the largest id", () => {
  const peer = new Peer("server");
  peer.connection.drain();
  assert.deepEqual(peer.output(), ["GOAWAY 2147483647 0", "PING"]);
});

Deno.test("Http2Connection.drain() does not wait for ever for the answer to its PING", () => {
  const peer = new Peer("server", { drainPingTimeoutMs: 100 });
  peer.connection.drain();
  for (const nowMs of [5000, 5099]) peer.connection.tick(nowMs);
  assert.deepEqual(peer.lines(), []);
  peer.connection.tick(5100);
  assert.deepEqual(peer.lines(), ["close 0 drained"]);
});

Deno.test("Http2Connection.drain() of a client opens nothing more and ends with its last stream", () => {
  const peer = new Peer("client");
  peer.connection.openStream(requestHeaders, true);
  peer.connection.drain();
  assert.equal(peer.connection.openStream(requestHeaders, true), undefined);
  peer.send(headersFrame(1, [":status", "200"], end));
  assert.deepEqual(peer.lines().slice(1), ["close 0 drained"]);
  assert.deepEqual(peer.output(), ["HEADERS 1 end", "GOAWAY 0 0"]);
});

Deno.test("Http2Connection.drain() of a client leaves its streams the time that they need", () => {
  const peer = new Peer("client", { drainPingTimeoutMs: 100 });
  peer.connection.openStream(requestHeaders, true);
  peer.connection.drain();
  peer.output();
  for (const nowMs of [5000, 5100]) peer.connection.tick(nowMs);
  assert.deepEqual(peer.output(), []);
  assert.equal(peer.connection.isClosed, false);
});

Deno.test("Http2Connection heeds the peer's GOAWAY: streams above the last are refused, the others end in peace", () => {
  const peer = new Peer("client");
  for (let i = 0; i < 3; i++) peer.connection.openStream(requestHeaders, true);
  peer.send(frame(FrameType.Goaway, 0, { payload: [...uint32(3), ...uint32(0), 7, 7] }));
  assert.deepEqual(peer.lines(), ["goaway 3 0 2", "reset 5 7"]);
  assert.equal(peer.connection.streamSlots, 0);
  assert.equal(peer.connection.openStream(requestHeaders, true), undefined);
  peer.send(headersFrame(1, [":status", "200"], end), headersFrame(3, [":status", "200"], end));
  assert.deepEqual(peer.lines().at(-1), "close 0 drained");
});

Deno.test("Http2Connection.close() ends every stream, then itself, once, and does nothing more", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders), headersFrame(3, requestHeaders));
  peer.lines();
  peer.connection.close(ErrorCode.EnhanceYourCalm, "too_many_pings");
  peer.connection.close(ErrorCode.NoError);
  peer.connection.transportClosed("gone");
  peer.connection.drain();
  peer.connection.ping(new Uint8Array(8));
  peer.connection.tick(1e9);
  peer.send(headersFrame(5, requestHeaders));
  assert.deepEqual(peer.lines(), ["reset 1 11", "reset 3 11", "close 11 too_many_pings"]);
  const [goaway, ...rest] = parseFrames(takeAll(peer.connection));
  assert.equal(new TextDecoder().decode(goaway.payload.subarray(8)), "too_many_pings");
  assert.deepEqual([...goaway.payload.subarray(0, 8)], [...uint32(3), ...uint32(11)]);
  assert.deepEqual(rest, []);
});

Deno.test("Http2Connection.close() from within an event stops the rest of the chunk", () => {
  class Closer extends Recorder {
    override onHeaders(stream: Http2Stream, headers: HeaderList, endStream: boolean): void {
      super.onHeaders(stream, headers, endStream);
      peer.connection.close(ErrorCode.InternalError, "enough");
    }
  }
  const peer = new Peer("server", { events: new Closer() });
  peer.send(headersFrame(1, requestHeaders), headersFrame(3, requestHeaders));
  assert.deepEqual(peer.lines(), [`headers 1 ${requestLine}`, "reset 1 2", "close 2 enough"]);
});

Deno.test("Http2Connection.transportClosed() ends every stream without a GOAWAY", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders));
  peer.lines();
  peer.connection.transportClosed("reset by peer");
  assert.deepEqual(peer.lines(), ["reset 1 8", "close 8 reset by peer"]);
  assert.deepEqual(peer.output(), []);
  assert.equal(peer.connection.isClosed, true);
});

Deno.test("Http2Connection.tick() ends a connection whose peer stays silent", () => {
  const silent = new Peer("server", { handshake: false, prefaceTimeoutMs: 100 });
  silent.connection.tick(0);
  silent.connection.tick(99);
  assert.deepEqual(silent.lines(), []);
  silent.connection.tick(100);
  assert.deepEqual(silent.lines(), ["close 1 no connection preface in time"]);

  const half = new Peer("server", { handshake: false, prefaceTimeoutMs: 100 });
  half.send(clientPreface.subarray(0, 10));
  half.connection.tick(half.nowMs + 100);
  assert.deepEqual(half.lines(), ["close 1 no connection preface in time"]);

  const unacknowledging = new Peer("server", { handshake: false, prefaceTimeoutMs: 100, settingsAckTimeoutMs: 300 });
  unacknowledging.send(clientPreface, settingsFrame());
  unacknowledging.connection.tick(unacknowledging.nowMs + 299);
  assert.deepEqual(unacknowledging.lines(), []);
  unacknowledging.connection.tick(unacknowledging.nowMs + 300);
  assert.deepEqual(unacknowledging.lines(), ["close 4 settings not acknowledged in time"]);

  const inBlock = new Peer("server", { prefaceTimeoutMs: 100 });
  inBlock.connection.tick(inBlock.nowMs + 1e6);
  inBlock.nowMs += 1e6;
  inBlock.send(headersFrame(1, requestHeaders, 0));
  inBlock.connection.tick(inBlock.nowMs + 99);
  assert.deepEqual(inBlock.lines(), []);
  inBlock.connection.tick(inBlock.nowMs + 100);
  assert.deepEqual(inBlock.lines(), ["close 1 a header block was not ended in time"]);
});

Deno.test("Http2Connection throws where the layer above breaks the rules", () => {
  const peer = new Peer("server");
  peer.send(headersFrame(1, requestHeaders));
  peer.connection.sendEncodedHeaders(peer.stream(1), status200, false);
  peer.connection.sendData(peer.stream(1), new Uint8Array(100_000), true);
  assert.throws(() => peer.connection.sendData(peer.stream(1), new Uint8Array(1), false), /after its end/);
  assert.throws(() => peer.connection.sendEncodedHeaders(peer.stream(1), trailers, true), /after its end/);
  assert.throws(() => peer.connection.openStream(requestHeaders, true), /only a client/);
  assert.throws(() => peer.connection.ping(new Uint8Array(7)), /8 bytes/);
});
