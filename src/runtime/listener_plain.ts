import type { PlainRequest } from "../grpc/mod.ts";
import type { Logger } from "../ports/mod.ts";
import { answerRequest, isBodiless, type RequestHandler } from "./listener_request.ts";

/** A response's header names that HTTP/2 has no place for (RFC 9113, section 8.2.2). */
const connectionHeaders = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** Hands plain HTTP/2 requests to a handler of web requests. */
export function plainAdapter(handler: RequestHandler, logger: Logger): (plain: PlainRequest) => void {
  return (plain) => {
    const aborter = new AbortController();
    plain.onAbort = () => aborter.abort();
    const request = toRequest(plain, aborter);
    if (request === undefined) {
      plain.respond(400, ["content-type", "text/plain"], { end: true });
      return;
    }
    untilReadable(plain)
      .then(() => answerRequest(handler, { request, info: { transport: plain.transport }, logger }))
      .then((response) => sendResponse(plain, response, aborter.signal))
      .catch((error) => {
        if (!aborter.signal.aborted) {
          logger.warn("HTTP response broken off", { url: request.url, error: String(error) });
        }
        plain.abort();
      });
  };
}

/** A body that nobody may read is let go of before the request is answered, so that the client may send it all. */
function untilReadable(plain: PlainRequest): Promise<void> {
  if (plain.hasEnded || !isBodiless(plain.method)) return Promise.resolve();
  return new Promise((resolve) => plain.onEnd = resolve);
}

/** Undefined where the pieces make no valid request. */
function toRequest(plain: PlainRequest, aborter: AbortController): Request | undefined {
  const headers = new Headers();
  try {
    for (let i = 0; i < plain.headers.length; i += 2) headers.append(plain.headers[i], plain.headers[i + 1]);
    const body = plain.hasEnded || isBodiless(plain.method) ? undefined : toBody(plain, aborter);
    return new Request(`${plain.scheme}://${plain.authority || "localhost"}${plain.path}`, {
      method: plain.method,
      headers,
      body,
      signal: aborter.signal,
    });
  } catch {
    return undefined;
  }
}

/** The body as a stream; the client may send more only as it is read. */
function toBody(plain: PlainRequest, aborter: AbortController): ReadableStream<Uint8Array<ArrayBuffer>> {
  let queuedBytes = 0;
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      plain.onData = (piece) => {
        queuedBytes += piece.length;
        controller.enqueue(piece.slice());
      };
      plain.onEnd = () => controller.close();
      plain.onAbort = () => {
        aborter.abort();
        controller.error(new DOMException("The client broke the request off", "AbortError"));
      };
    },
    pull() {
      if (queuedBytes > 0) plain.consume(queuedBytes);
      queuedBytes = 0;
    },
    cancel() {
      plain.onData = undefined;
      plain.onEnd = undefined;
      plain.onAbort = () => aborter.abort();
      if (queuedBytes > 0) plain.consume(queuedBytes);
    },
  });
}

async function sendResponse(plain: PlainRequest, response: Response, signal: AbortSignal): Promise<void> {
  const headers: string[] = [];
  for (const [name, value] of response.headers) if (!connectionHeaders.has(name)) headers.push(name, value);
  if (response.body === null || plain.method === "HEAD") {
    await response.body?.cancel();
    plain.respond(response.status, headers, { end: true });
    return;
  }
  plain.respond(response.status, headers);
  const reader = response.body.getReader();
  signal.addEventListener("abort", () => reader.cancel().catch(() => {}));
  if (signal.aborted) return void await reader.cancel();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    if (!plain.write(next.value) && !signal.aborted) await untilDrained(plain, signal);
  }
  plain.end();
}

function untilDrained(plain: PlainRequest, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    plain.onDrain = resolve;
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
