import { InvariantError } from "../base/mod.ts";
import type { GrpcServer, GrpcSession } from "../grpc/mod.ts";
import type { Clock } from "../ports/mod.ts";
import type { ByteStream } from "./listener_stream.ts";

/** After the last output, the client gets so long to close its side, so that it reads a last GOAWAY. */
const lingerMs = 1000;

/** After so many bytes written in one turn others get theirs: a write that the kernel takes at once does not end the turn. */
const turnBytesMax = 256 * 1024;

/** Carries bytes between a stream and its gRPC session. */
export class Http2Driver {
  readonly #stream: ByteStream;
  readonly #session: GrpcSession;
  readonly #clock: Clock;
  #isFlushScheduled = false;
  #isWriting = false;
  /** When the running write began; undefined when none is running. */
  #writeStartedMs: number | undefined;
  /** Lets the read loop go on, when it waits for output to be written. */
  #resumeReading: (() => void) | undefined;
  /** When the session was over and everything written. */
  #lingerStartedMs: number | undefined;

  constructor(stream: ByteStream, server: GrpcServer) {
    this.#stream = stream;
    this.#clock = server.clock;
    this.#session = server.openConnection(stream, {
      onOutput: () => this.#scheduleFlush(),
      onClose: () => this.#scheduleFlush(),
    });
  }

  /** Serves until the connection has ended. `buffer` starts with `received` bytes that have been read already. */
  async run(buffer: Uint8Array, received: number): Promise<void> {
    const session = this.#session;
    this.#scheduleFlush();
    try {
      for (let count: number | null = received; count !== null; count = await this.#stream.read(buffer)) {
        if (session.isClosed) continue;
        session.receive(buffer.subarray(0, count));
        if (!session.wantsInput && !session.isClosed) await this.#untilWantsInput();
      }
      session.transportClosed("the client closed the connection");
    } finally {
      session.transportClosed("the connection failed");
    }
  }

  drain(): void {
    this.#session.drain();
  }

  /** Cuts the connection off. */
  abort(reason: string): void {
    this.#session.close(reason);
  }

  /** Whether the connection must be closed by force: its client takes nothing, or does not close its side. */
  isStuck(nowMs: number, writeStallMs: number): boolean {
    if (this.#lingerStartedMs !== undefined && nowMs - this.#lingerStartedMs >= lingerMs) return true;
    return this.#writeStartedMs !== undefined && nowMs - this.#writeStartedMs >= writeStallMs;
  }

  /** Once per turn: all answers of the turn leave in one write. */
  #scheduleFlush(): void {
    if (this.#isFlushScheduled || this.#isWriting) return;
    this.#isFlushScheduled = true;
    queueMicrotask(() => {
      this.#isFlushScheduled = false;
      if (!this.#isWriting) this.#flush();
    });
  }

  async #flush(): Promise<void> {
    this.#isWriting = true;
    let turnBytes = 0;
    try {
      for (let bytes = this.#session.takeOutput(); bytes !== undefined; bytes = this.#session.takeOutput()) {
        for (let at = 0; at < bytes.length;) {
          this.#writeStartedMs = this.#clock.monotonicMs();
          at += await this.#stream.write(at === 0 ? bytes : bytes.subarray(at));
        }
        this.#writeStartedMs = undefined;
        turnBytes += bytes.length;
        if (turnBytes < turnBytesMax) continue;
        await new Promise<void>((resolve) => this.#clock.afterInput(resolve));
        turnBytes = 0;
      }
      this.#isWriting = false;
      if (this.#session.isClosed) await this.#endWriting();
    } catch (error) {
      if (error instanceof InvariantError) throw error;
      this.#session.transportClosed("the connection failed");
      this.#stream.close();
    }
    if (this.#session.wantsInput || this.#session.isClosed) this.#takeResume()?.();
  }

  async #endWriting(): Promise<void> {
    if (this.#lingerStartedMs !== undefined) return;
    this.#lingerStartedMs = this.#clock.monotonicMs();
    await this.#stream.closeWrite();
  }

  #untilWantsInput(): Promise<void> {
    const waiting = new Promise<void>((resolve) => this.#resumeReading = resolve);
    this.#scheduleFlush();
    return waiting;
  }

  #takeResume(): (() => void) | undefined {
    const resume = this.#resumeReading;
    this.#resumeReading = undefined;
    return resume;
  }
}
