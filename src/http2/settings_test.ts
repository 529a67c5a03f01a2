import assert from "node:assert/strict";
import { frameHeadBytes } from "./frames.ts";
import { resolveOptions } from "./options.ts";
import { OutputBuffer } from "./output.ts";
import { PeerSettings, SettingId, writeSettings } from "./settings.ts";
import { parseFrames, settingsFrame } from "./testing.ts";
import { ErrorCode } from "./types.ts";

function apply(peer: PeerSettings, pairs: [number, number][], fromServer = false): ErrorCode {
  const bytes = settingsFrame(...pairs);
  return peer.apply(bytes, frameHeadBytes, bytes.length, fromServer);
}

Deno.test("PeerSettings.apply() takes over what it knows, the last value of each, and ignores the rest", () => {
  const peer = new PeerSettings();
  const code = apply(peer, [[SettingId.InitialWindowSize, 1], [0xee, 5], [SettingId.InitialWindowSize, 7]]);
  assert.equal(code, ErrorCode.NoError);
  assert.equal(peer.initialWindowBytes, 7);
  apply(peer, [[SettingId.MaxConcurrentStreams, 0], [SettingId.HeaderTableSize, 0xffffffff], [
    SettingId.MaxFrameSize,
    20_000,
  ]]);
  assert.equal(peer.maxConcurrentStreams, 0);
  assert.equal(peer.headerTableBytes, 0xffffffff);
  assert.equal(peer.maxFrameBytes, 20_000);
});

Deno.test("PeerSettings.apply() refuses values out of range (RFC 9113, section 6.5.2)", () => {
  const cases: [pair: [number, number], fromServer: boolean, code: ErrorCode][] = [
    [[SettingId.EnablePush, 1], false, ErrorCode.NoError],
    [[SettingId.EnablePush, 2], false, ErrorCode.ProtocolError],
    [[SettingId.EnablePush, 0], true, ErrorCode.NoError],
    [[SettingId.EnablePush, 1], true, ErrorCode.ProtocolError],
    [[SettingId.InitialWindowSize, 0x7fffffff], false, ErrorCode.NoError],
    [[SettingId.InitialWindowSize, 0x80000000], false, ErrorCode.FlowControlError],
    [[SettingId.MaxFrameSize, 16_383], false, ErrorCode.ProtocolError],
    [[SettingId.MaxFrameSize, 16_384], false, ErrorCode.NoError],
    [[SettingId.MaxFrameSize, 0xffffff], false, ErrorCode.NoError],
    [[SettingId.MaxFrameSize, 0x1000000], false, ErrorCode.ProtocolError],
  ];
  for (const [pair, fromServer, code] of cases) {
    assert.equal(apply(new PeerSettings(), [pair], fromServer), code, `${pair}`);
  }
});

Deno.test("writeSettings() announces what differs from the defaults", () => {
  const announced = (role: "server" | "client", options: Parameters<typeof resolveOptions>[0]) => {
    const output = new OutputBuffer();
    writeSettings(output, resolveOptions(options), role);
    const { payload } = parseFrames(output.take()!)[0];
    const view = new DataView(payload.buffer, payload.byteOffset);
    return Array.from({ length: payload.length / 6 }, (_, i) => [view.getUint16(6 * i), view.getUint32(6 * i + 2)]);
  };
  const plain = { maxConcurrentStreams: Infinity, initialWindowBytes: 65_535, maxHeaderListBytes: 9 };
  assert.deepEqual(announced("server", plain), [[6, 9]]);
  assert.deepEqual(announced("client", plain), [[2, 0], [6, 9]]);
  const all = {
    ...plain,
    maxConcurrentStreams: 5,
    initialWindowBytes: 1,
    maxFrameBytes: 20_000,
    headerTableBytes: 100,
  };
  assert.deepEqual(announced("server", all), [[1, 100], [3, 5], [4, 1], [5, 20_000], [6, 9]]);
});

Deno.test("resolveOptions() refuses what HTTP/2 cannot express", () => {
  assert.throws(() => resolveOptions({ initialWindowBytes: 2 ** 31 }));
  assert.throws(() => resolveOptions({ connectionWindowBytes: 65_534 }));
  assert.throws(() => resolveOptions({ maxFrameBytes: 16_383 }));
  assert.throws(() => resolveOptions({ streamQueueLowWaterBytes: 2, streamQueueHighWaterBytes: 1 }));
});
