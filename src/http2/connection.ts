import { assert, emptyBytes, equalBytes } from "../base/mod.ts";
import { ConnectionCore, type Role } from "./core.ts";
import { clientPreface, largestStreamId } from "./frames.ts";
import { type Http2Options, resolveOptions } from "./options.ts";
import { Receiver } from "./receiver.ts";
import { writeSettings } from "./settings.ts";
import { Stream } from "./stream.ts";
import { ErrorCode, type HeaderList, type Http2Events, type Http2Stream } from "./types.ts";

/** Payload of the PING that separates the two GOAWAYs of a graceful end. */
const drainPing: Uint8Array = Uint8Array.from("detcd-go", (char) => char.charCodeAt(0));

/**
 * One end of an HTTP/2 connection (RFC 9113) as a state machine: bytes in become events, calls become bytes out. It does no I/O and
 * knows no clock.
 *
 * The transport gives what it reads to {@link receive}, stops reading while {@link wantsInput} is false, and writes what
 * {@link takeOutput} gives: after the constructor (the preface is waiting there), and whenever `onOutput` was called, in each case until
 * `takeOutput` gives undefined. It calls {@link tick} now and then, and {@link transportClosed} at the end.
 *
 * Methods of a stream that is gone do nothing: a reset may have come at any time.
 */
export class Http2Connection {
  readonly #core: ConnectionCore;
  readonly #receiver: Receiver;
  /** When the connection was first given the time; its time-outs count from there. */
  #startedMs = -1;
  #draining = false;
  /** The first `tick` after `drain`, from which the wait for the answer to its PING counts; -1 before. */
  #drainedMs = -1;
  #lastStreamNamed = false;

  constructor(role: Role, events: Http2Events, options: Http2Options = {}) {
    const settings = resolveOptions(options);
    this.#core = new ConnectionCore(role, events, settings);
    this.#receiver = new Receiver(this.#core, { onPingAck: (payload) => this.#onPingAck(payload) });
    if (role === "client") this.#core.output.append(clientPreface);
    writeSettings(this.#core.output, settings, role);
    this.#core.flow.writeFirstUpdate();
  }

  /** Which end of the connection this is. */
  get role(): Role {
    return this.#core.role;
  }

  /** Streams that are open or half closed. */
  get openStreams(): number {
    return this.#core.streams.size;
  }

  /** The highest id of a stream that the peer has opened, 0 for none. */
  get lastPeerStreamId(): number {
    return this.#core.lastPeerStreamId;
  }

  /** Whether the connection is over. True already while the streams that it takes along get their `onReset`. */
  get isClosed(): boolean {
    return this.#core.closed;
  }

  /** Whether {@link drain} was called. */
  get isDraining(): boolean {
    return this.#draining;
  }

  /** Bytes that wait for {@link takeOutput}, without what flow control holds back. */
  get outputBytes(): number {
    return this.#core.output.length;
  }

  /** Bytes of all streams that flow control, or the bound of the output, holds back. */
  get queuedBytes(): number {
    return this.#core.sender.queuedBytes;
  }

  /**
   * Whether the transport should read on. False while the peer does not take what it is owed: a peer that floods and never reads
   * costs `outputHighWaterBytes` and what one more read leads to. Look again after each write.
   */
  get wantsInput(): boolean {
    return !this.#core.closed && this.#core.output.length < this.#core.settings.outputHighWaterBytes;
  }

  /** How many more streams {@link openStream} would open now. */
  get streamSlots(): number {
    const core = this.#core;
    if (core.role !== "client" || core.closed || core.goawayReceived || core.finishing) return 0;
    if (core.nextLocalStreamId > largestStreamId) return 0;
    return Math.max(0, core.peer.maxConcurrentStreams - core.streams.size);
  }

  /**
   * Handles bytes from the peer: every frame that is whole now. Never throws because of what the peer sent; events may call any other
   * method, but not this one.
   *
   * @param bytes belong to the caller again when the call returns.
   */
  receive(bytes: Uint8Array, nowMs: number): void {
    const core = this.#core;
    if (core.closed) return;
    this.#setTime(nowMs);
    this.#receiver.receive(bytes);
    core.announceOutput();
  }

  /**
   * The bytes to be written next; undefined when there are none. They belong to the connection and stay as they are until the next
   * call, which therefore has to wait until they are written.
   */
  takeOutput(): Uint8Array | undefined {
    return this.#core.takeOutput();
  }

  /**
   * Client: opens a stream with a request. Undefined when the peer's bound on streams is reached, or the connection is ending; see
   * {@link streamSlots}.
   */
  openStream(headers: HeaderList, endStream: boolean): Http2Stream | undefined {
    const core = this.#core;
    assert(core.role === "client", "only a client opens streams");
    if (this.streamSlots === 0) return undefined;
    const stream = new Stream(core.nextLocalStreamId, core.flow.newStreamWindow, core.peer.initialWindowBytes);
    core.nextLocalStreamId += 2;
    core.streams.add(stream);
    core.sender.sendHeaders(stream, headers, endStream);
    core.announceOutput();
    return stream;
  }

  /** Sends a header block, compressed with the dynamic table. As the end of a stream it waits until the data before it has gone. */
  sendHeaders(stream: Http2Stream, headers: HeaderList, endStream: boolean): void {
    if ((stream as Stream).closed) return;
    this.#core.sender.sendHeaders(stream as Stream, headers, endStream);
    this.#core.announceOutput();
  }

  /**
   * Sends a block that `encodeHeaderBlock` made. As the end of a stream it waits until the data before it has gone.
   *
   * @param block is held by reference while it waits: it must not change.
   */
  sendEncodedHeaders(stream: Http2Stream, block: Uint8Array, endStream: boolean): void {
    if ((stream as Stream).closed) return;
    this.#core.sender.sendBlock(stream as Stream, block, endStream);
    this.#core.announceOutput();
  }

  /** Sends trailers: {@link sendHeaders} with the end of the stream. */
  sendTrailers(stream: Http2Stream, headers: HeaderList): void {
    this.sendHeaders(stream, headers, true);
  }

  /**
   * Sends a piece of body, in as many DATA frames as the peer's bounds ask for. What cannot go at once is queued; the stream's
   * `queuedBytes` tells how much, and `onWritable` when there is room again.
   *
   * @param data is copied if it goes at once, else held by reference until it has gone: it must not change before.
   */
  sendData(stream: Http2Stream, data: Uint8Array, endStream: boolean): void {
    if ((stream as Stream).closed) return;
    this.#core.sender.sendData(stream as Stream, data, endStream);
    this.#core.announceOutput();
  }

  /**
   * {@link sendData} of two pieces as one payload, without joining them before.
   *
   * @param prefix always belongs to the caller again when the call returns; keep it small.
   * @param data as for {@link sendData}.
   */
  sendPrefixedData(stream: Http2Stream, prefix: Uint8Array, data: Uint8Array, endStream: boolean): void {
    if ((stream as Stream).closed) return;
    this.#core.sender.sendPrefixedData(stream as Stream, prefix, data, endStream);
    this.#core.announceOutput();
  }

  /**
   * {@link sendData} of any number of pieces as one payload.
   *
   * @param pieces the array belongs to the caller again when the call returns; the pieces are as `data` for {@link sendData}.
   */
  sendDataPieces(stream: Http2Stream, pieces: readonly Uint8Array[], endStream: boolean): void {
    if ((stream as Stream).closed) return;
    this.#core.sender.sendPieces(stream as Stream, pieces, endStream);
    this.#core.announceOutput();
  }

  /** Ends a stream at once, both ways, and forgets what it had queued. No event follows. */
  reset(stream: Http2Stream, code: ErrorCode): void {
    if ((stream as Stream).closed) return;
    this.#core.resetStream(stream as Stream, code);
    this.#core.announceOutput();
  }

  /**
   * The layer above has taken `byteCount` bytes of the data that it was given, and may be given as many more. What a stream has left when it
   * ends counts as taken.
   */
  consume(stream: Http2Stream, byteCount: number): void {
    if ((stream as Stream).closed) return;
    this.#core.flow.consume(stream as Stream, byteCount);
    this.#core.announceOutput();
  }

  /** Sends a PING; `onPingAck` tells of the answer. `payload` has 8 bytes. */
  ping(payload: Uint8Array): void {
    assert(payload.length === 8, "a PING carries 8 bytes");
    if (this.#core.closed) return;
    this.#core.output.ping(payload, false);
    this.#core.announceOutput();
  }

  /**
   * Ends the connection gracefully, RFC 9113, section 6.8. A server says that it will end, lets what is on its way arrive (a PING there and
   * back), names the last stream, refuses later ones, and closes after the last of them; a client opens nothing more. `onClose` follows.
   */
  drain(): void {
    const core = this.#core;
    if (core.closed || this.isDraining) return;
    this.#draining = true;
    if (core.role === "client") {
      core.output.goaway(0, ErrorCode.NoError, emptyBytes);
      core.finishAfterStreams();
    } else {
      core.output.goaway(largestStreamId, ErrorCode.NoError, emptyBytes);
      core.output.ping(drainPing, false);
    }
    core.announceOutput();
  }

  /** Ends the connection at once, with a GOAWAY: every open stream gets `onReset` with `code`, then `onClose` is called. */
  close(code: ErrorCode, debug = ""): void {
    this.#core.fail(code, debug);
  }

  /** The transport is gone: every open stream gets `onReset`, then `onClose` is called, unless the connection was over already. */
  transportClosed(reason: string): void {
    this.#core.finish(ErrorCode.Cancel, reason);
  }

  /**
   * Tells the time: ends a connection whose peer is silent in its preface or within a header block, does not acknowledge our settings,
   * or does not answer the PING of {@link drain}. Also lets go of the buffers of a connection that was idle since the last call. Once a
   * second is enough.
   */
  tick(nowMs: number): void {
    const core = this.#core;
    if (core.closed) return;
    this.#setTime(nowMs);
    const { prefaceTimeoutMs, settingsAckTimeoutMs, drainPingTimeoutMs } = core.settings;
    const ageMs = nowMs - this.#startedMs;
    if (this.#draining && this.#drainedMs < 0) this.#drainedMs = nowMs;
    const receiver = this.#receiver;
    if (!receiver.settingsReceived && ageMs >= prefaceTimeoutMs) {
      core.fail(ErrorCode.ProtocolError, "no connection preface in time");
    } else if (!receiver.settingsAcked && ageMs >= settingsAckTimeoutMs) {
      core.fail(ErrorCode.SettingsTimeout, "settings not acknowledged in time");
    } else if (receiver.headers.openStreamId !== 0 && nowMs - receiver.headers.openSinceMs >= prefaceTimeoutMs) {
      core.fail(ErrorCode.ProtocolError, "a header block was not ended in time");
    } else if (this.isDraining && nowMs - this.#drainedMs >= drainPingTimeoutMs) {
      this.#nameLastStream();
    }
    receiver.trim();
    core.output.trim();
    core.announceOutput();
  }

  #setTime(nowMs: number): void {
    const core = this.#core;
    core.nowMs = nowMs;
    if (this.#startedMs >= 0) return;
    this.#startedMs = nowMs;
    core.abuse.start(nowMs);
  }

  #onPingAck(payload: Uint8Array): void {
    if (this.isDraining && equalBytes(payload, drainPing)) this.#nameLastStream();
    else this.#core.events.onPingAck(payload);
  }

  #nameLastStream(): void {
    const core = this.#core;
    if (this.#lastStreamNamed || core.role === "client") return;
    this.#lastStreamNamed = true;
    this.#receiver.headers.refuseNewStreams();
    core.output.goaway(core.lastPeerStreamId, ErrorCode.NoError, emptyBytes);
    core.finishAfterStreams();
  }
}
