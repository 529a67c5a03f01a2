import type { Http2Connection, Http2Stream } from "../http2/mod.ts";
import { prefixBytes } from "./message_reader.ts";

/** Puts the prefix before messages and hands them to HTTP/2. One for all connections of a server. */
export class MessageWriter {
  /** Overwritten by each message; HTTP/2 copies it where it has to keep it. */
  readonly #prefix = new Uint8Array(prefixBytes);

  /** Sends one message, in one DATA frame where it fits. The bytes must not change afterwards: what has to wait is not copied. */
  send(connection: Http2Connection, stream: Http2Stream, pieces: readonly Uint8Array[]): void {
    if (pieces.length === 1) {
      writePrefix(this.#prefix, pieces[0].length);
      connection.sendPrefixedData(stream, this.#prefix, pieces[0], false);
      return;
    }
    let bytes = 0;
    for (const piece of pieces) bytes += piece.length;
    const prefix = new Uint8Array(prefixBytes);
    writePrefix(prefix, bytes);
    connection.sendDataPieces(stream, [prefix, ...pieces], false);
  }
}

function writePrefix(prefix: Uint8Array, bytes: number): void {
  prefix[1] = bytes >>> 24;
  prefix[2] = bytes >>> 16;
  prefix[3] = bytes >>> 8;
  prefix[4] = bytes;
}
