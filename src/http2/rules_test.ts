import assert from "node:assert/strict";
import { Flag, FrameType } from "./frames.ts";
import { encodeHeaderBlock } from "./hpack/encoder.ts";
import {
  dataFrame,
  frame,
  headersFrame,
  Peer,
  requestHeaders,
  resetFrame,
  settingsFrame,
  uint32,
  windowUpdateFrame,
} from "./testing.ts";
import { ErrorCode } from "./types.ts";

const end = Flag.EndStream | Flag.EndHeaders;
const { ProtocolError, FlowControlError, StreamClosed, FrameSizeError, CompressionError } = ErrorCode;

/** Priority fields of a HEADERS or PRIORITY frame. */
function priority(dependency: number): number[] {
  return [...uint32(dependency), 15];
}

function push(flags: number): Uint8Array {
  return frame(FrameType.PushPromise, 1, { flags, payload: [...uint32(2), 0x82] });
}

const request = encodeHeaderBlock(requestHeaders);
/** Stream 1 is open, stream 3 half closed by the peer. */
const open = [headersFrame(1, requestHeaders), headersFrame(3, requestHeaders, end)];

/** What a client may not send, and the connection error that it is: RFC 9113 by section. */
const connectionErrors: Record<string, { frames: Uint8Array[]; code: ErrorCode }> = {
  "4.1 frame above the announced size": {
    frames: [frame(FrameType.Ping, 0, { length: 16_385 })],
    code: FrameSizeError,
  },
  "4.3 invalid header block": {
    frames: [frame(FrameType.Headers, 1, { flags: end, payload: [0xff] })],
    code: CompressionError,
  },
  "5.1 DATA on an idle stream": { frames: [dataFrame(5, 1)], code: ProtocolError },
  "5.1 RST_STREAM on an idle stream": { frames: [resetFrame(5, 0)], code: ProtocolError },
  "5.1 WINDOW_UPDATE on an idle stream": { frames: [windowUpdateFrame(5, 1)], code: ProtocolError },
  "5.1 WINDOW_UPDATE on a stream of ours that never was": { frames: [windowUpdateFrame(2, 1)], code: ProtocolError },
  "5.1.1 stream with an even id": { frames: [headersFrame(2, requestHeaders)], code: ProtocolError },
  "5.1.1 stream id that was passed over": {
    frames: [headersFrame(9, requestHeaders), headersFrame(5, requestHeaders)],
    code: ProtocolError,
  },
  "6.1 DATA on stream 0": { frames: [dataFrame(0, 1)], code: ProtocolError },
  "6.1 DATA with too much padding": {
    frames: [frame(FrameType.Data, 1, { flags: Flag.Padded, payload: [2, 0] })],
    code: ProtocolError,
  },
  "6.1 DATA padded without a length": {
    frames: [frame(FrameType.Data, 1, { flags: Flag.Padded })],
    code: FrameSizeError,
  },
  "6.2 HEADERS on stream 0": { frames: [headersFrame(0, requestHeaders)], code: ProtocolError },
  "6.2 HEADERS with too much padding": {
    frames: [frame(FrameType.Headers, 5, { flags: Flag.Padded | end, payload: [9, 0x82] })],
    code: ProtocolError,
  },
  "6.2 HEADERS padded without a length": {
    frames: [frame(FrameType.Headers, 5, { flags: Flag.Padded | end })],
    code: FrameSizeError,
  },
  "6.2 HEADERS too short for its priority": {
    frames: [frame(FrameType.Headers, 5, { flags: Flag.Priority | end, payload: [0, 0, 0, 0] })],
    code: FrameSizeError,
  },
  "6.2 another stream within a header block": {
    frames: [frame(FrameType.Headers, 5, { payload: request }), frame(FrameType.Continuation, 7, { flags: 4 })],
    code: ProtocolError,
  },
  "6.2 another frame within a header block": {
    frames: [
      frame(FrameType.Headers, 5, { payload: request }),
      frame(FrameType.Ping, 0, { payload: new Uint8Array(8) }),
    ],
    code: ProtocolError,
  },
  "5.5 an unknown frame within a header block": {
    frames: [frame(FrameType.Headers, 5, { payload: request }), frame(0x77, 5)],
    code: ProtocolError,
  },
  "6.3 PRIORITY on stream 0": { frames: [frame(FrameType.Priority, 0, { payload: priority(1) })], code: ProtocolError },
  "6.4 RST_STREAM on stream 0": { frames: [resetFrame(0, 0)], code: ProtocolError },
  "6.4 RST_STREAM of a wrong length": {
    frames: [frame(FrameType.RstStream, 1, { payload: [0] })],
    code: FrameSizeError,
  },
  "6.5 SETTINGS on a stream": { frames: [frame(FrameType.Settings, 1)], code: ProtocolError },
  "6.5 SETTINGS of a wrong length": { frames: [frame(FrameType.Settings, 0, { payload: [0] })], code: FrameSizeError },
  "6.5 SETTINGS acknowledgment with a payload": {
    frames: [frame(FrameType.Settings, 0, { flags: Flag.Ack, payload: [0, 1, 0, 0, 0, 0] })],
    code: FrameSizeError,
  },
  "6.5.2 invalid push setting": { frames: [settingsFrame([2, 2])], code: ProtocolError },
  "6.5.2 initial window too large": { frames: [settingsFrame([4, 0x80000000])], code: FlowControlError },
  "6.5.2 frame size out of range": { frames: [settingsFrame([5, 1])], code: ProtocolError },
  "6.6 PUSH_PROMISE": { frames: [push(Flag.EndHeaders)], code: ProtocolError },
  "6.7 PING on a stream": { frames: [frame(FrameType.Ping, 1, { payload: new Uint8Array(8) })], code: ProtocolError },
  "6.7 PING of a wrong length": { frames: [frame(FrameType.Ping, 0, { payload: [1] })], code: FrameSizeError },
  "6.8 GOAWAY on a stream": {
    frames: [frame(FrameType.Goaway, 1, { payload: new Uint8Array(8) })],
    code: ProtocolError,
  },
  "6.8 GOAWAY of a wrong length": { frames: [frame(FrameType.Goaway, 0, { payload: [1] })], code: FrameSizeError },
  "6.9 WINDOW_UPDATE of a wrong length": { frames: [frame(FrameType.WindowUpdate, 0)], code: FrameSizeError },
  "6.9 WINDOW_UPDATE of the connection by nothing": { frames: [windowUpdateFrame(0, 0)], code: ProtocolError },
  "6.9.1 connection window above 2^31-1": { frames: [windowUpdateFrame(0, 0x7fffffff)], code: FlowControlError },
  "6.9.2 stream window above 2^31-1 by a setting": {
    frames: [windowUpdateFrame(1, 0x7fff0000), settingsFrame([4, 0x7fffffff])],
    code: FlowControlError,
  },
  "6.10 CONTINUATION without HEADERS": {
    frames: [frame(FrameType.Continuation, 1, { flags: 4 })],
    code: ProtocolError,
  },
  "6.10 CONTINUATION after the end of the block": {
    frames: [headersFrame(5, requestHeaders), frame(FrameType.Continuation, 5, { flags: 4 })],
    code: ProtocolError,
  },
};

for (const [rule, { frames, code }] of Object.entries(connectionErrors)) {
  Deno.test(`Http2Connection ends with GOAWAY: RFC 9113, ${rule}`, () => {
    const peer = new Peer("server");
    peer.send(...open);
    peer.output();
    peer.lines();
    peer.send(...frames);
    assert.match(peer.output().at(-1)!, new RegExp(`^GOAWAY \\d+ ${code}$`));
    const lines = peer.lines();
    assert.match(lines.at(-1)!, new RegExp(`^close ${code} `));
    assert(lines.includes(`reset 1 ${code}`) && lines.includes(`reset 3 ${code}`));
    assert.equal(peer.connection.isClosed, true);
  });
}

const pseudo = requestHeaders.slice(0, 6);

/** What a client may not send on one stream, and the stream error that it is. */
const streamErrors: Record<string, { frames: Uint8Array[]; id: number; code: ErrorCode; known?: boolean }> = {
  "5.1 DATA after END_STREAM": { frames: [dataFrame(3, 1)], id: 3, code: StreamClosed, known: true },
  "5.1 HEADERS after END_STREAM": {
    frames: [headersFrame(3, ["a", "b"], end)],
    id: 3,
    code: StreamClosed,
    known: true,
  },
  "5.3.1 HEADERS that depend on themselves": {
    frames: [
      frame(FrameType.Headers, 5, { flags: end | Flag.Priority, payload: [...priority(5), ...request] }),
    ],
    id: 5,
    code: ProtocolError,
  },
  "5.3.1 PRIORITY that depends on itself": {
    frames: [frame(FrameType.Priority, 1, { payload: priority(1) })],
    id: 1,
    code: ProtocolError,
    known: true,
  },
  "6.3 PRIORITY of a wrong length": {
    frames: [frame(FrameType.Priority, 1, { payload: [0] })],
    id: 1,
    code: FrameSizeError,
    known: true,
  },
  "6.9 WINDOW_UPDATE by nothing": { frames: [windowUpdateFrame(1, 0)], id: 1, code: ProtocolError, known: true },
  "6.9.1 window above 2^31-1": {
    frames: [windowUpdateFrame(1, 0x7fffffff)],
    id: 1,
    code: FlowControlError,
    known: true,
  },
  "8.1 second header block without END_STREAM": {
    frames: [headersFrame(1, ["a", "b"])],
    id: 1,
    code: ProtocolError,
    known: true,
  },
  "8.1 trailers with a pseudo-header": {
    frames: [headersFrame(1, [":path", "/"], end)],
    id: 1,
    code: ProtocolError,
    known: true,
  },
  "8.1.1 body shorter than content-length": {
    frames: [headersFrame(5, [...pseudo, "content-length", "3"]), dataFrame(5, 2, Flag.EndStream)],
    id: 5,
    code: ProtocolError,
    known: true,
  },
  "8.1.1 body longer than content-length": {
    frames: [headersFrame(5, [...pseudo, "content-length", "3"]), dataFrame(5, 4)],
    id: 5,
    code: ProtocolError,
    known: true,
  },
  "8.1.1 body shorter than content-length, ended by trailers": {
    frames: [headersFrame(5, [...pseudo, "content-length", "3"]), headersFrame(5, ["a", "b"], end)],
    id: 5,
    code: ProtocolError,
    known: true,
  },
  "8.1.1 content-length without a body": {
    frames: [headersFrame(5, [...pseudo, "content-length", "3"], end)],
    id: 5,
    code: ProtocolError,
  },
  "8.2.1 name in upper case": { frames: [headersFrame(5, [...pseudo, "A", "b"])], id: 5, code: ProtocolError },
  "8.2.1 line break in a value": { frames: [headersFrame(5, [...pseudo, "a", "b\r\n"])], id: 5, code: ProtocolError },
  "8.2.2 connection-specific field": {
    frames: [headersFrame(5, [...pseudo, "connection", "close"])],
    id: 5,
    code: ProtocolError,
  },
  "8.2.2 te other than trailers": { frames: [headersFrame(5, [...pseudo, "te", "gzip"])], id: 5, code: ProtocolError },
  "8.3 unknown pseudo-header": { frames: [headersFrame(5, [...pseudo, ":x", "1"])], id: 5, code: ProtocolError },
  "8.3 response pseudo-header": {
    frames: [headersFrame(5, [...pseudo, ":status", "200"])],
    id: 5,
    code: ProtocolError,
  },
  "8.3 pseudo-header after a field": { frames: [headersFrame(5, ["a", "b", ...pseudo])], id: 5, code: ProtocolError },
  "8.3.1 repeated :path": { frames: [headersFrame(5, [...pseudo, ":path", "/"])], id: 5, code: ProtocolError },
  "8.3.1 no :method": { frames: [headersFrame(5, pseudo.slice(2))], id: 5, code: ProtocolError },
  "8.3.1 empty :path": { frames: [headersFrame(5, [...pseudo.slice(0, 4), ":path", ""])], id: 5, code: ProtocolError },
};

for (const [rule, { frames, id, code, known }] of Object.entries(streamErrors)) {
  Deno.test(`Http2Connection ends the stream: RFC 9113, ${rule}`, () => {
    const peer = new Peer("server");
    peer.send(...open);
    peer.output();
    peer.lines();
    peer.send(...frames);
    assert.deepEqual(peer.output().filter((line) => !line.startsWith("WINDOW")), [`RST_STREAM ${id} ${code}`]);
    assert.equal(peer.lines().includes(`reset ${id} ${code}`), known === true);
    peer.send(headersFrame(7, requestHeaders, end));
    assert.equal(peer.lines().length, 1, "the connection goes on");
  });
}

Deno.test("Http2Connection tells a stream that has ended from one that was never opened (RFC 9113, section 5.1)", () => {
  for (
    const [bytes, expected] of [
      [headersFrame(3, requestHeaders), /^GOAWAY 3 5$/],
      [dataFrame(3, 1), /^RST_STREAM 3 5$/],
    ] as const
  ) {
    const peer = new Peer("server");
    peer.send(...open);
    peer.connection.sendEncodedHeaders(peer.stream(3), encodeHeaderBlock([":status", "200"]), true);
    peer.output();
    peer.send(windowUpdateFrame(3, 1), resetFrame(3, 0), frame(FrameType.Priority, 3, { payload: priority(1) }));
    assert.deepEqual(peer.output(), []);
    peer.send(bytes);
    assert.match(peer.output()[0], expected);
  }
});

Deno.test("Http2Connection refuses a preface that is not one, and a first frame that is not SETTINGS", () => {
  const cases: [Uint8Array, RegExp][] = [
    [new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"), /^close 1 invalid connection preface$/],
    [new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSX"), /^close 1 invalid connection preface$/],
  ];
  for (const [bytes, expected] of cases) {
    const peer = new Peer("server", { handshake: false });
    for (const byte of bytes) peer.send(Uint8Array.of(byte));
    assert.match(peer.lines()[0], expected);
  }
  for (const first of [headersFrame(1, requestHeaders), frame(FrameType.Settings, 0, { flags: Flag.Ack })]) {
    const peer = new Peer("server", { handshake: false });
    peer.send(new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), first);
    assert.deepEqual(peer.lines(), ["close 1 the first frame is not SETTINGS"]);
  }
});

Deno.test("Http2Connection ignores what it does not know (RFC 9113, sections 4.1, 5.5, 6.5.2)", () => {
  const peer = new Peer("server");
  const unknown = frame(0xee, 0x80000001, { flags: 0xff, payload: [1, 2, 3] });
  peer.send(
    unknown,
    settingsFrame([0xff, 0xffffffff]),
    frame(FrameType.Ping, 0x80000000, { flags: 0xfe, payload: new Uint8Array(8) }),
  );
  assert.deepEqual(peer.output(), ["SETTINGS ack", "PING ack"]);
  peer.send(frame(FrameType.Headers, 1, { flags: end | 0xc2, payload: request }));
  assert.equal(peer.lines().at(-1), `headers 1 ${requestHeaders.join(" ")} end`);
});

/** What a server may not send. */
const clientErrors: Record<string, { frames: Uint8Array[]; expected: RegExp }> = {
  "DATA before headers": { frames: [dataFrame(1, 1)], expected: /^RST_STREAM 1 1$/ },
  "a response without :status": { frames: [headersFrame(1, ["a", "b"])], expected: /^RST_STREAM 1 1$/ },
  "a response with request fields": {
    frames: [headersFrame(1, [":status", "200", ":path", "/"])],
    expected: /^RST_STREAM 1 1$/,
  },
  "an informational response that ends the stream": {
    frames: [headersFrame(1, [":status", "103"], end)],
    expected: /^RST_STREAM 1 1$/,
  },
  "a header list above our bound": {
    frames: [headersFrame(1, [":status", "200", "x", "y".repeat(2000)])],
    expected: /^RST_STREAM 1 11$/,
  },
  "headers on a stream that we have not opened": {
    frames: [headersFrame(3, [":status", "200"])],
    expected: /^GOAWAY 0 1$/,
  },
  "a stream of its own": { frames: [headersFrame(2, requestHeaders)], expected: /^GOAWAY 0 1$/ },
  "a push": { frames: [push(Flag.EndHeaders)], expected: /^GOAWAY 0 1$/ },
  "push switched on": { frames: [settingsFrame([2, 1])], expected: /^GOAWAY 0 1$/ },
};

for (const [rule, { frames, expected }] of Object.entries(clientErrors)) {
  Deno.test(`Http2Connection as a client refuses ${rule}`, () => {
    const peer = new Peer("client", { maxHeaderListBytes: 1000 });
    peer.connection.openStream(requestHeaders, true);
    peer.output();
    peer.send(...frames);
    assert.match(peer.output()[0], expected);
  });
}

Deno.test("Http2Connection as a client takes content-length without a body, as in the answer to HEAD", () => {
  const peer = new Peer("client");
  peer.connection.openStream(requestHeaders, true);
  peer.send(headersFrame(1, [":status", "200", "content-length", "5"]), dataFrame(1, 0, Flag.EndStream));
  assert.deepEqual(peer.lines(), ["headers 1 :status 200 content-length 5", "data 1 0 end"]);
});
