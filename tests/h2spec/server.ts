import { encodeHeaderBlock, Http2Connection, type Http2Events } from "../../src/http2/mod.ts";

const responseHeaders = encodeHeaderBlock([":status", "200", "content-type", "text/plain"]);
const body = new TextEncoder().encode("the state machine is listening\n");
/** Low enough that a test can open more streams than this. */
const maxConcurrentStreams = 100;
const readBytes = 64 * 1024;

/** A plain HTTP/2 server on 127.0.0.1 that answers every request with the same page once the request has ended. */
export class PlainServer {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.Conn>();
  readonly #loops = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;

  constructor() {
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async close(): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#loops);
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      const loop = serve(connection).finally(() => {
        this.#connections.delete(connection);
        this.#loops.delete(loop);
      });
      this.#loops.add(loop);
    }
  }
}

async function serve(socket: Deno.Conn): Promise<void> {
  let writing: Promise<void> | undefined;
  const events: Http2Events = {
    onHeaders: (stream, _headers, endStream) => {
      if (endStream) respond(stream);
    },
    onData: (stream, data, endStream) => {
      connection.consume(stream, data.length);
      if (endStream) respond(stream);
    },
    onTrailers: (stream) => respond(stream),
    onReset: () => {},
    onWritable: () => {},
    onGoaway: () => {},
    onPingAck: () => {},
    onPing: () => {},
    onOutput: () => {
      writing ??= Promise.resolve().then(flush);
    },
    onClose: () => {},
  };
  const respond = (stream: Parameters<Http2Events["onHeaders"]>[0]) => {
    connection.sendEncodedHeaders(stream, responseHeaders, false);
    connection.sendData(stream, body, true);
  };
  const flush = async () => {
    try {
      for (let output = connection.takeOutput(); output !== undefined; output = connection.takeOutput()) {
        for (let at = 0; at < output.length;) at += await socket.write(output.subarray(at));
      }
    } catch (error) {
      if (!isPeerGone(error)) throw error;
      connection.transportClosed("the peer does not take what it is sent");
    } finally {
      writing = undefined;
    }
  };
  const connection = new Http2Connection("server", events, { maxConcurrentStreams });
  const buffer = new Uint8Array(readBytes);
  try {
    await flush();
    while (!connection.isClosed) {
      const count = await socket.read(buffer);
      if (count === null) break;
      connection.receive(buffer.subarray(0, count), performance.now());
      if (!connection.wantsInput) await writing;
    }
    await writing;
    await socket.closeWrite();
  } catch (error) {
    if (!isPeerGone(error)) throw error;
  } finally {
    connection.transportClosed("the socket was closed");
    closeOnce(socket);
  }
}

/** Closes a socket that the other end of the server may have closed already. */
function closeOnce(socket: Deno.Conn): void {
  try {
    socket.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function isPeerGone(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.NotConnected;
}
