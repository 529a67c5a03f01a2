import type { HeaderList, Http2Stream } from "./types.ts";

/** Everything that a connection knows of a stream, RFC 9113, section 5.1. In the connection's table from open to closed. */
export class Stream implements Http2Stream {
  readonly id: number;
  context: unknown = undefined;

  /** The peer's first header block has come. */
  headersReceived = false;
  /** The peer has sent END_STREAM. */
  remoteEnded = false;
  /** We have sent END_STREAM. */
  localEnded = false;
  /** Not in the connection's table any more; everything done to it is ignored. */
  closed = false;

  /** Bytes that the peer may still send. Negative when a smaller initial window took effect. */
  receiveWindow: number;
  /** Bytes handed to the layer above that it has not consumed. */
  unconsumedBytes = 0;
  /** Bytes consumed that no WINDOW_UPDATE has told the peer of. */
  unannouncedBytes = 0;
  /** Bytes of body received. */
  bodyBytes = 0;
  /** Value of the peer's content-length, -1 without one. */
  contentLength = -1;

  /** Bytes that we may still send. Negative when the peer made its initial window smaller. */
  sendWindow: number;
  /** What is to be sent, from `queueAt` on, the first piece from `pieceAt` on. */
  queue: Uint8Array[] | undefined = undefined;
  queueAt = 0;
  pieceAt = 0;
  queuedBytes = 0;
  /** The end of our side is queued: END_STREAM on the last DATA frame, or trailers. */
  endQueued = false;
  /** Trailers that follow the queue: still to be encoded, as that must happen in the order of sending, or constant. */
  queuedTrailers: HeaderList | undefined = undefined;
  queuedTrailerBlock: Uint8Array | undefined = undefined;
  /** The queue has been above the high-water mark: `onWritable` is due at the low-water mark. */
  aboveHighWater = false;
  /** In the sender's ring. */
  scheduled = false;
  nextScheduled: Stream | undefined = undefined;

  constructor(id: number, receiveWindow: number, sendWindow: number) {
    this.id = id;
    this.receiveWindow = receiveWindow;
    this.sendWindow = sendWindow;
  }

  /** Adds a piece to the queue, by reference. */
  enqueue(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (this.queue === undefined) this.queue = [piece];
    else this.queue.push(piece);
    this.queuedBytes += piece.length;
  }

  dropQueue(): void {
    this.queue = undefined;
    this.queueAt = 0;
    this.pieceAt = 0;
    this.queuedBytes = 0;
    this.queuedTrailers = undefined;
    this.queuedTrailerBlock = undefined;
  }
}
