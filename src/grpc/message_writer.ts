import type { Http2Connection, Http2Stream } from "../http2/mod.ts";
import { prefixBytes } from "./message_reader.ts";

/** Messages up to this size are put together with their prefix in one buffer, so that they leave in one DATA frame. */
const scratchBytes = 32 * 1024;

/** Puts the prefix before messages and hands them to HTTP/2. One for all connections of a server. */
export class MessageWriter {
  readonly #scratch = new Uint8Array(scratchBytes);

  /** Sends one message, given as pieces in order. False when the stream's queue is above its high-water mark. */
  send(connection: Http2Connection, stream: Http2Stream, pieces: readonly Uint8Array[]): boolean {
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    const scratch = this.#scratch;
    scratch[0] = 0;
    scratch[1] = bytes >>> 24;
    scratch[2] = bytes >>> 16;
    scratch[3] = bytes >>> 8;
    scratch[4] = bytes;
    if (prefixBytes + bytes <= scratchBytes) {
      let at = prefixBytes;
      for (const piece of pieces) {
        scratch.set(piece, at);
        at += piece.length;
      }
      return connection.sendData(stream, scratch.subarray(0, at), false);
    }
    let writable = connection.sendData(stream, scratch.subarray(0, prefixBytes), false);
    for (const piece of pieces) writable = connection.sendData(stream, piece, false);
    return writable;
  }
}
