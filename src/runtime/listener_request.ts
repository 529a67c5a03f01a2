import type { TransportInfo } from "../grpc/mod.ts";
import type { Logger } from "../ports/mod.ts";

/** What is known of a plain request besides the request. */
export interface RequestInfo {
  /** The client's address, and what TLS found out. */
  readonly transport: TransportInfo;
}

/** Answers a request that is not gRPC. `request.signal` aborts when the client goes away. */
export type RequestHandler = (request: Request, info: RequestInfo) => Response | Promise<Response>;

/** Runs a handler; what it throws is logged and becomes status 500. */
export async function answerRequest(
  handler: RequestHandler,
  { request, info, logger }: { request: Request; info: RequestInfo; logger: Logger },
): Promise<Response> {
  try {
    return await handler(request, info);
  } catch (error) {
    const text = error instanceof Error ? error.stack ?? error.message : String(error);
    logger.error("HTTP handler failed", { method: request.method, url: request.url, error: text });
    return new Response("Internal Server Error\n", { status: 500 });
  }
}

/** Whether requests of a method have no body that anybody may read. */
export function isBodiless(method: string): boolean {
  return method === "GET" || method === "HEAD";
}
