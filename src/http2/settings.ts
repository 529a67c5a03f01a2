import {
  defaultFrameBytes,
  defaultWindowBytes,
  Flag,
  FrameType,
  largestFrameBytes,
  largestWindowBytes,
  readUint32,
} from "./frames.ts";
import { defaultTableBytes } from "./hpack/decoder.ts";
import type { Http2Settings } from "./options.ts";
import type { OutputBuffer } from "./output.ts";
import { ErrorCode } from "./types.ts";

/** Setting identifiers, RFC 9113, section 6.5.2. */
export const SettingId = {
  HeaderTableSize: 0x1,
  EnablePush: 0x2,
  MaxConcurrentStreams: 0x3,
  InitialWindowSize: 0x4,
  MaxFrameSize: 0x5,
  MaxHeaderListSize: 0x6,
} as const;

/** Length of one setting in a SETTINGS frame. */
export const settingBytes = 6;

/** What the peer has announced; until then, the defaults of RFC 9113, section 6.5.2. */
export class PeerSettings {
  headerTableBytes = defaultTableBytes;
  maxConcurrentStreams = Infinity;
  initialWindowBytes = defaultWindowBytes;
  maxFrameBytes = defaultFrameBytes;

  /** Takes over a SETTINGS payload; gives the error that it makes, {@link ErrorCode.NoError} for none. */
  apply(bytes: Uint8Array, start: number, end: number, fromServer: boolean): ErrorCode {
    for (let at = start; at < end; at += settingBytes) {
      const id = (bytes[at] << 8) | bytes[at + 1];
      const value = readUint32(bytes, at + 2);
      switch (id) {
        case SettingId.HeaderTableSize:
          this.headerTableBytes = value;
          break;
        case SettingId.EnablePush:
          if (value > 1 || (fromServer && value !== 0)) return ErrorCode.ProtocolError;
          break;
        case SettingId.MaxConcurrentStreams:
          this.maxConcurrentStreams = value;
          break;
        case SettingId.InitialWindowSize:
          if (value > largestWindowBytes) return ErrorCode.FlowControlError;
          this.initialWindowBytes = value;
          break;
        case SettingId.MaxFrameSize:
          if (value < defaultFrameBytes || value > largestFrameBytes) return ErrorCode.ProtocolError;
          this.maxFrameBytes = value;
          break;
        default:
          // SETTINGS_MAX_HEADER_LIST_SIZE is advice; unknown settings are ignored (RFC 9113, section 6.5.2).
          break;
      }
    }
    return ErrorCode.NoError;
  }
}

/** Writes our first SETTINGS frame: what differs from the defaults. */
export function writeSettings(output: OutputBuffer, settings: Http2Settings, role: "server" | "client"): void {
  const pairs: [id: number, value: number][] = [];
  if (settings.headerTableBytes !== defaultTableBytes) {
    pairs.push([SettingId.HeaderTableSize, settings.headerTableBytes]);
  }
  if (role === "client") pairs.push([SettingId.EnablePush, 0]);
  else if (settings.maxConcurrentStreams <= 0xffffffff) {
    pairs.push([SettingId.MaxConcurrentStreams, settings.maxConcurrentStreams]);
  }
  if (settings.initialWindowBytes !== defaultWindowBytes) {
    pairs.push([SettingId.InitialWindowSize, settings.initialWindowBytes]);
  }
  if (settings.maxFrameBytes !== defaultFrameBytes) pairs.push([SettingId.MaxFrameSize, settings.maxFrameBytes]);
  pairs.push([SettingId.MaxHeaderListSize, settings.maxHeaderListBytes]);
  output.frameHead(pairs.length * settingBytes, FrameType.Settings, 0, 0);
  for (const [id, value] of pairs) {
    output.uint16(id);
    output.uint32(value);
  }
}

/** Writes the acknowledgment of a SETTINGS frame. */
export function writeSettingsAck(output: OutputBuffer): void {
  output.frameHead(0, FrameType.Settings, Flag.Ack, 0);
}
