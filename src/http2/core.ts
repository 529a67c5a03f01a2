import { emptyBytes } from "../base/mod.ts";
import { AbuseMeter } from "./abuse.ts";
import { HpackDecoder } from "./hpack/decoder.ts";
import { HpackEncoder } from "./hpack/encoder.ts";
import { latin1IntoBytes } from "./hpack/latin1.ts";
import type { Http2Settings } from "./options.ts";
import { OutputBuffer } from "./output.ts";
import { ReceiveFlow } from "./receive_flow.ts";
import { RecentIds } from "./recent_ids.ts";
import { Sender, type SenderHost } from "./sender.ts";
import { PeerSettings } from "./settings.ts";
import type { Stream } from "./stream.ts";
import { StreamTable } from "./stream_table.ts";
import { ErrorCode, type Http2Events } from "./types.ts";

/** Which end of a connection this is. */
export type Role = "server" | "client";

/** What both directions of a connection share: its parts, its streams from open to closed, and its end. */
export class ConnectionCore implements SenderHost {
  readonly role: Role;
  readonly events: Http2Events;
  readonly settings: Http2Settings;
  readonly peer = new PeerSettings();
  readonly output = new OutputBuffer();
  readonly decoder: HpackDecoder;
  readonly encoder: HpackEncoder;
  readonly sender: Sender;
  readonly flow: ReceiveFlow;
  readonly abuse: AbuseMeter;
  /** The streams that are open or half closed. */
  readonly streams = new StreamTable();
  readonly recentlyReset = new RecentIds();

  /** Time of the call that is being carried out. */
  nowMs = 0;
  /** The highest id of a stream that the peer has opened. */
  lastPeerStreamId = 0;
  /** The id of the next stream that we open. */
  nextLocalStreamId: number;
  /** Nothing is done any more; what is in the output may still be written. */
  closed = false;
  /** The last stream was named in a GOAWAY, the peer's or ours: with the last stream the connection ends. */
  finishing = false;
  /** The peer has sent GOAWAY: it accepts no new streams. */
  goawayReceived = false;
  /** `onOutput` was called and the output not taken since. */
  #outputAnnounced = false;

  constructor(role: Role, events: Http2Events, settings: Http2Settings) {
    this.role = role;
    this.events = events;
    this.settings = settings;
    this.decoder = new HpackDecoder(settings.maxHeaderListBytes);
    this.encoder = new HpackEncoder(settings.encoderTableBytes);
    this.abuse = new AbuseMeter(settings.abuse);
    const { output, encoder, peer, abuse } = this;
    this.sender = new Sender(this, { output, encoder, peer, abuse, settings });
    this.flow = new ReceiveFlow(this.output, settings);
    this.nextLocalStreamId = role === "client" ? 1 : 2;
  }

  /** Tells the layer above of new output. Called at the end of everything that may have made some. */
  announceOutput(): void {
    if (this.#outputAnnounced || this.output.length === 0) return;
    this.#outputAnnounced = true;
    this.events.onOutput();
  }

  takeOutput(): Uint8Array | undefined {
    this.sender.pump();
    this.#outputAnnounced = false;
    return this.output.take();
  }

  /** Whether the stream has never been opened, RFC 9113, section 5.1.1. */
  isIdle(id: number): boolean {
    const peers = (id & 1) === (this.role === "server" ? 1 : 0);
    return peers ? id > this.lastPeerStreamId : id >= this.nextLocalStreamId;
  }

  onLocalEnd(stream: Stream): void {
    stream.localEnded = true;
    if (stream.remoteEnded) {
      this.#completeStream(stream);
    } else if (this.role === "server") {
      // The answer is complete: the rest of the request is of no use (RFC 9113, section 8.1).
      this.output.resetStream(stream.id, ErrorCode.NoError);
      this.recentlyReset.add(stream.id);
      this.#completeStream(stream);
    }
  }

  onWritable(stream: Stream): void {
    this.events.onWritable(stream);
  }

  /** Closes the stream when both sides have ended. */
  onRemoteEnd(stream: Stream): void {
    if (stream.localEnded && !stream.closed) this.#completeStream(stream);
  }

  /** Ends a stream by RST_STREAM, without telling the layer above. */
  resetStream(stream: Stream, code: ErrorCode): void {
    this.output.resetStream(stream.id, code);
    this.recentlyReset.add(stream.id);
    this.closeStream(stream);
  }

  /** A stream error, RFC 9113, section 5.4.2: the peer's fault. */
  failStream(stream: Stream, code: ErrorCode): void {
    this.resetStream(stream, code);
    this.events.onReset(stream, code);
    this.countReset();
  }

  /** A stream error of a stream that is not in the table. */
  failUnknownStream(id: number, code: ErrorCode): void {
    this.output.resetStream(id, code);
    this.recentlyReset.add(id);
    this.countReset();
  }

  /** Takes a stream out of the table, without telling anybody. */
  closeStream(stream: Stream): void {
    stream.closed = true;
    this.streams.delete(stream.id);
    this.sender.drop(stream);
    if (stream.unconsumedBytes > 0) {
      this.flow.refund(stream.unconsumedBytes);
      stream.unconsumedBytes = 0;
    }
    if (this.finishing && this.streams.size === 0) this.finish(ErrorCode.NoError, "drained");
  }

  /** Charges a reset; too many end the connection. */
  countReset(): void {
    if (!this.closed && !this.abuse.onReset(this.nowMs)) {
      this.fail(ErrorCode.EnhanceYourCalm, "too many streams were reset");
    }
  }

  /** Charges a frame that moves nothing forward; too many end the connection. */
  countIdleFrame(): void {
    if (!this.closed && !this.abuse.onIdleFrame(this.nowMs)) {
      this.fail(ErrorCode.EnhanceYourCalm, "too many frames without use");
    }
  }

  /** From now on the connection ends with its last stream. */
  finishAfterStreams(): void {
    this.finishing = true;
    if (this.streams.size === 0) this.finish(ErrorCode.NoError, "drained");
  }

  /** A connection error, RFC 9113, section 5.4.1: GOAWAY, then the end. */
  fail(code: ErrorCode, reason: string): void {
    if (this.closed) return;
    this.output.goaway(this.lastPeerStreamId, code, reason === "" ? emptyBytes : textBytes(reason));
    this.finish(code, reason);
  }

  /** The end of the connection: of all streams first, then of itself. */
  finish(code: ErrorCode, reason: string): void {
    if (this.closed) return;
    this.closed = true;
    const streams = this.streams.values();
    this.streams.clear();
    for (const stream of streams) {
      stream.closed = true;
      this.sender.drop(stream);
    }
    for (const stream of streams) this.events.onReset(stream, code);
    this.announceOutput();
    this.events.onClose(code, reason);
  }

  #completeStream(stream: Stream): void {
    this.abuse.onCompletedStream();
    this.closeStream(stream);
  }
}

function textBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  latin1IntoBytes(text, bytes, 0);
  return bytes;
}
