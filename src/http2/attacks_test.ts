import assert from "node:assert/strict";
import { concatBytes } from "../base/mod.ts";
import { Flag, FrameType } from "./frames.ts";
import { encodeHeaderBlock } from "./hpack/encoder.ts";
import type { Http2Options } from "./options.ts";
import {
  dataFrame,
  frame,
  headersFrame,
  Peer,
  Recorder,
  requestHeaders,
  resetFrame,
  settingsFrame,
  uint32,
  windowUpdateFrame,
} from "./testing.ts";
import { ErrorCode, type HeaderList, type Http2Stream } from "./types.ts";

const end = Flag.EndStream | Flag.EndHeaders;
const status200 = encodeHeaderBlock([":status", "200"]);
const calm = /^close 11 too many/;

/** Sends chunk after chunk until the connection ends; gives how many it took, or undefined when `most` were not enough. */
function floodUntilClosed(peer: Peer, most: number, chunk: (i: number) => Uint8Array): number | undefined {
  for (let i = 0; i < most; i++) {
    peer.send(chunk(i));
    if (peer.connection.isClosed) return i + 1;
    if (i % 100 === 0) peer.output();
  }
  return undefined;
}

const limits: Http2Options = {
  abuse: { resetBurst: 50, resetsPerSecond: 10, idleFrameBurst: 200, idleFramesPerSecond: 10 },
};

/** Floods that cost an allowance each; `allowed` is how many chunks it lasts for. */
const floods: Record<string, { allowed: number; chunk: (i: number) => Uint8Array }> = {
  "rapid reset": {
    allowed: 50,
    chunk: (i) => concatBytes([headersFrame(11 + 2 * i, requestHeaders), resetFrame(11 + 2 * i, ErrorCode.Cancel)]),
  },
  "resets that it makes us send, by an invalid WINDOW_UPDATE": {
    allowed: 50,
    chunk: (i) => concatBytes([headersFrame(11 + 2 * i, requestHeaders), windowUpdateFrame(11 + 2 * i, 0)]),
  },
  "resets that it makes us send, by a window that overflows": {
    allowed: 50,
    chunk: (i) => concatBytes([headersFrame(11 + 2 * i, requestHeaders), windowUpdateFrame(11 + 2 * i, 0x7fffffff)]),
  },
  "resets that it makes us send, by PRIORITY": {
    allowed: 50,
    chunk: (i) => {
      const id = 11 + 2 * i;
      return concatBytes([
        headersFrame(id, requestHeaders),
        frame(FrameType.Priority, id, { payload: [...uint32(id), 0] }),
      ]);
    },
  },
  "resets that it makes us send, by DATA after the end": {
    allowed: 50,
    chunk: (i) => concatBytes([headersFrame(11 + 2 * i, requestHeaders, end), dataFrame(11 + 2 * i, 0)]),
  },
  "malformed requests": { allowed: 50, chunk: (i) => headersFrame(11 + 2 * i, ["a", "b"]) },
  "header lists above the bound": {
    allowed: 50,
    chunk: (i) =>
      headersFrame(11 + 2 * i, [
        ...requestHeaders,
        ...new Array(300).fill(["a", "b".repeat(256)]).flat().slice(0, 100),
      ]),
  },
  "PING": { allowed: 200, chunk: () => frame(FrameType.Ping, 0, { payload: new Uint8Array(8) }) },
  "PING acknowledgments": {
    allowed: 200,
    chunk: () => frame(FrameType.Ping, 0, { flags: 1, payload: new Uint8Array(8) }),
  },
  "SETTINGS": { allowed: 200, chunk: (i) => settingsFrame([4, i]) },
  "SETTINGS acknowledgments": { allowed: 200, chunk: () => frame(FrameType.Settings, 0, { flags: Flag.Ack }) },
  "PRIORITY": { allowed: 200, chunk: (i) => frame(FrameType.Priority, 1 + 2 * i, { payload: [0, 0, 0, 0, 1] }) },
  "empty DATA": { allowed: 200, chunk: () => dataFrame(1, 0) },
  "DATA of padding": {
    allowed: 200,
    chunk: () => frame(FrameType.Data, 1, { flags: Flag.Padded, payload: [3, 0, 0, 0] }),
  },
  "WINDOW_UPDATE by one": { allowed: 200, chunk: () => windowUpdateFrame(0, 1) },
  "WINDOW_UPDATE on a stream that is gone": { allowed: 200, chunk: () => windowUpdateFrame(3, 70_000) },
  "RST_STREAM on a stream that is gone": { allowed: 200, chunk: () => resetFrame(3, 0) },
  "DATA on a stream that is gone": { allowed: 200, chunk: () => dataFrame(3, 10) },
  "HEADERS on a stream that is gone": { allowed: 200, chunk: () => headersFrame(3, requestHeaders) },
  "unknown frames": { allowed: 200, chunk: () => frame(0x99, 0) },
  "GOAWAY": { allowed: 200, chunk: () => frame(FrameType.Goaway, 0, { payload: new Uint8Array(8) }) },
};

for (const [name, { allowed, chunk }] of Object.entries(floods)) {
  Deno.test(`Http2Connection ends a flood with ENHANCE_YOUR_CALM: ${name}`, () => {
    const peer = new Peer("server", { ...limits, maxHeaderListBytes: 8000 });
    peer.send(headersFrame(1, requestHeaders), headersFrame(3, requestHeaders));
    peer.connection.reset(peer.stream(3), ErrorCode.Cancel);
    peer.lines();
    const count = floodUntilClosed(peer, allowed * 2, chunk);
    assert(count !== undefined, "the flood was let through");
    assert(count > allowed * 0.9 && count <= allowed + 1, `ended after ${count}`);
    assert.match(peer.lines().at(-1)!, calm);
    assert.match(peer.output().at(-1)!, /^GOAWAY \d+ 11$/);
  });
}

Deno.test("Http2Connection lets a peer that does useful work cancel and ping as often as it likes", () => {
  const peer = new Peer("server", limits);
  for (let i = 0; i < 1000; i++) {
    const id = 1 + 4 * i;
    peer.send(headersFrame(id, requestHeaders, end), headersFrame(id + 2, requestHeaders), dataFrame(id + 2, 5));
    peer.send(frame(FrameType.Ping, 0, { payload: new Uint8Array(8) }), windowUpdateFrame(0, 1));
    peer.send(resetFrame(id + 2, ErrorCode.Cancel));
    peer.connection.sendEncodedHeaders(peer.stream(id), status200, true);
    if (i % 100 === 0) peer.output();
  }
  assert.equal(peer.connection.isClosed, false);
});

Deno.test("Http2Connection lets a client that is sent much measure the connection with PINGs", () => {
  const peer = new Peer("server", limits);
  peer.send(headersFrame(1, requestHeaders, end), windowUpdateFrame(0, 1_000_000), windowUpdateFrame(1, 1_000_000));
  peer.connection.sendEncodedHeaders(peer.stream(1), status200, false);
  for (let i = 0; i < 2000; i++) {
    peer.connection.sendData(peer.stream(1), new Uint8Array(200), false);
    peer.send(frame(FrameType.Ping, 0, { payload: new Uint8Array(8) }));
    if (i % 100 === 0) peer.output();
  }
  assert.equal(peer.connection.isClosed, false);
});

Deno.test("Http2Connection ends a connection whose tiny WINDOW_UPDATEs extort tiny frames", () => {
  const peer = new Peer("server", limits);
  peer.send(settingsFrame([4, 0]), headersFrame(1, requestHeaders, end));
  peer.connection.sendData(peer.stream(1), new Uint8Array(10_000), true);
  const count = floodUntilClosed(peer, 500, () => windowUpdateFrame(1, 1));
  assert(count !== undefined && count <= 201);
  assert.match(peer.lines().at(-1)!, calm);
});

Deno.test("Http2Connection gives allowance back with time", () => {
  const peer = new Peer("server", limits);
  for (let i = 0; i < 1000; i++) {
    peer.nowMs += 100;
    peer.send(headersFrame(1 + 2 * i, requestHeaders), resetFrame(1 + 2 * i, ErrorCode.Cancel));
  }
  assert.equal(peer.connection.isClosed, false);
});

Deno.test("Http2Connection bounds a header block that never ends, by bytes and by frames", () => {
  const byBytes = new Peer("server", { maxHeaderListBytes: 20_000 });
  byBytes.send(frame(FrameType.Headers, 1, { payload: new Uint8Array(16_000) }));
  byBytes.send(frame(FrameType.Continuation, 1, { payload: new Uint8Array(4000) }));
  assert.deepEqual(byBytes.lines(), []);
  byBytes.send(frame(FrameType.Continuation, 1, { payload: [0] }));
  assert.deepEqual(byBytes.lines(), ["close 11 header block too long"]);
  const byFrames = new Peer("server", limits);
  byFrames.send(frame(FrameType.Headers, 1, { payload: [] }));
  const count = floodUntilClosed(byFrames, 500, () => frame(FrameType.Continuation, 1));
  assert(count !== undefined && count > 190 && count <= 201, `ended after ${count}`);
  assert.match(byFrames.lines().at(-1)!, calm);
});

Deno.test("Http2Connection answers a header bomb by ending the stream, and goes on", () => {
  const peer = new Peer("server", { maxHeaderListBytes: 10_000 });
  const entry = [0x40, 1, 0x61, 0x7f, 0xa1, 0x1e, ...new Array(4000).fill(0x78)];
  const bomb = [...encodeHeaderBlock(requestHeaders), ...entry, ...new Array(5000).fill(0xbe)];
  peer.send(frame(FrameType.Headers, 1, { flags: end, payload: bomb }));
  assert.deepEqual(peer.output(), ["RST_STREAM 1 11"]);
  peer.send(frame(FrameType.Headers, 3, { flags: end, payload: [...encodeHeaderBlock(requestHeaders), 0xbe] }));
  assert.equal(peer.lines()[0], `headers 3 ${requestHeaders.join(" ")} a ${"x".repeat(4000)} end`);
});

Deno.test("Http2Connection refuses streams above the announced bound, and takes new ones when there is room", () => {
  const peer = new Peer("server", { maxConcurrentStreams: 2 });
  for (const id of [1, 3, 5]) peer.send(headersFrame(id, requestHeaders));
  assert.deepEqual(peer.output(), ["RST_STREAM 5 7"]);
  assert.equal(peer.lines().length, 2);
  peer.send(resetFrame(1, ErrorCode.Cancel), headersFrame(7, requestHeaders));
  assert.deepEqual(peer.output(), []);
  assert.equal(peer.connection.openStreams, 2);
});

/** Answers every request with a page of 1000 bytes. */
class Answering extends Recorder {
  peer!: Peer;
  override onHeaders(stream: Http2Stream, headers: HeaderList, endStream: boolean): void {
    super.onHeaders(stream, headers, endStream);
    this.peer.connection.sendEncodedHeaders(stream, status200, false);
    this.peer.connection.sendData(stream, new Uint8Array(1000), true);
  }
}

Deno.test("Http2Connection stops reading from a client that never reads, and starts again when it does", () => {
  const events = new Answering();
  const peer = new Peer("server", { events, outputHighWaterBytes: 50_000 });
  events.peer = peer;
  peer.send(windowUpdateFrame(0, 0x7ffe0000));
  let requests = 0;
  while (peer.connection.wantsInput) {
    peer.send(
      headersFrame(1 + 2 * requests, requestHeaders, end),
      frame(FrameType.Ping, 0, { payload: new Uint8Array(8) }),
    );
    requests++;
    assert(requests < 100, "reading never stopped");
  }
  assert(peer.connection.outputBytes < 52_000);
  for (let i = 0; i < 1000; i++) peer.send(headersFrame(1 + 2 * requests++, requestHeaders, end));
  assert(peer.connection.outputBytes < 50_000 + 1000 * 20 + 2000, "only headers may go above the bound");
  peer.connection.takeOutput();
  assert.equal(peer.connection.wantsInput, true);
  let taken = 0;
  for (let output = peer.connection.takeOutput(); output !== undefined; output = peer.connection.takeOutput()) {
    assert(output.length <= 52_000);
    taken += output.length;
  }
  assert(taken > 900_000);
  assert.equal(peer.connection.openStreams, 0);
});

Deno.test("Http2Connection refuses new requests while a client that grants no window is owed too much", () => {
  const events = new Answering();
  const peer = new Peer("server", { events, queuedBytesMax: 5000 });
  events.peer = peer;
  peer.send(settingsFrame([4, 0]));
  peer.output();
  for (let i = 0; i < 8; i++) peer.send(headersFrame(1 + 2 * i, requestHeaders, end));
  assert.equal(peer.connection.queuedBytes, 6000);
  assert.deepEqual(peer.output().filter((line) => line.startsWith("RST")), ["RST_STREAM 13 7", "RST_STREAM 15 7"]);
  peer.send(settingsFrame([4, 10_000]));
  assert.equal(peer.connection.queuedBytes, 0);
  peer.send(headersFrame(17, requestHeaders, end));
  assert(peer.output().includes("DATA 17 1000 end"));
});

Deno.test("Http2Connection holds no more of a frame than the bound that it announced", () => {
  const peer = new Peer("server");
  peer.send(frame(FrameType.Data, 1, { length: 0xffffff }).subarray(0, 9));
  assert.deepEqual(peer.lines(), ["close 6 frame too long"]);
});
