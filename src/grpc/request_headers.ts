import { Code } from "../base/mod.ts";
import { type ClientCalls, clientVersionHeader } from "./client_versions.ts";
import type { Method } from "./method.ts";
import { decodeBinaryValue } from "./metadata.ts";
import type { Status } from "./status.ts";
import { parseTimeoutMs } from "./timeout.ts";

/** An answer to a request that is not taken. */
export interface Rejection {
  httpStatus: number;
  status: Status;
}

/** Whether a content type is gRPC's: `application/grpc`, alone or followed by `+subtype` or `;parameter`. */
export function isGrpcContentType(contentType: string): boolean {
  if (!contentType.startsWith("application/grpc")) return false;
  if (contentType.length === 16) return true;
  const next = contentType[16];
  return next === "+" || next === ";";
}

/** What a server needs of a request's headers, found in one pass. Nothing in it belongs to one call, so that equal lists may share it. */
export class RequestHeaders {
  method = "";
  path = "";
  authority = "";
  contentType = "";
  /** Value of `grpc-encoding`, or "". */
  encoding = "";
  /** Value of `grpc-timeout` in milliseconds; Infinity without it. */
  timeoutMs = Infinity;
  /** The method behind the path; looked up by the session. */
  target: Method | undefined = undefined;
  /** What the client says of its version, "unknown" without it; and the counts of its calls, looked up by the session. */
  clientVersion = "unknown";
  clientCalls: ClientCalls | undefined = undefined;
  /** Whether there is anything but the headers of an ordinary call: see {@link findRejection}. */
  needsCare = false;
  #authorityCount = 0;
  #hostCount = 0;
  #malformed = "";

  /** All of them. */
  readonly list: readonly string[];

  /** Reads a flat header list. */
  constructor(headers: readonly string[]) {
    this.list = headers;
    for (let i = 0; i < headers.length; i += 2) this.#read(headers[i], headers[i + 1]);
    if (this.method !== "POST" || this.#authorityCount > 1 || this.#hostCount > 1) this.needsCare = true;
  }

  #read(name: string, value: string): void {
    switch (name) {
      case ":path":
        this.path = value;
        break;
      case ":method":
        this.method = value;
        break;
      case ":authority":
        this.authority = value;
        this.#authorityCount++;
        break;
      case "host":
        this.authority ||= value;
        this.#hostCount++;
        break;
      case "content-type":
        this.contentType = value;
        break;
      case "grpc-encoding":
        this.encoding = value;
        break;
      case clientVersionHeader:
        this.clientVersion = value;
        break;
      case "grpc-timeout":
        this.#readTimeout(value);
        break;
      default:
        if (name.endsWith("-bin")) this.#checkBinary(name, value);
    }
  }

  #readTimeout(value: string): void {
    this.needsCare = true;
    const timeoutMs = parseTimeoutMs(value);
    if (typeof timeoutMs === "number") this.timeoutMs = timeoutMs;
    else this.#malformed = `malformed grpc-timeout: ${timeoutMs}`;
  }

  #checkBinary(name: string, value: string): void {
    if (value.split(",").every((part) => decodeBinaryValue(part.trim()) !== undefined)) return;
    this.needsCare = true;
    this.#malformed = `malformed binary metadata ${JSON.stringify(value)} in header ${JSON.stringify(name)}`;
  }

  /** Why the request is not taken, with grpc-go's status and text; undefined when it is. */
  findRejection(): Rejection | undefined {
    if (this.#authorityCount > 1 || this.#hostCount > 1) {
      const message = `num values of :authority: ${this.#authorityCount}, num values of host: ${this.#hostCount}, ` +
        `both must only have 1 value as per HTTP/2 spec`;
      return { httpStatus: 400, status: { code: Code.Internal, message } };
    }
    if (this.#malformed !== "") {
      return { httpStatus: 400, status: { code: Code.Internal, message: this.#malformed } };
    }
    if (this.method !== "POST") {
      const message = `Received a HEADERS frame with :method ${JSON.stringify(this.method)} which should be POST`;
      return { httpStatus: 405, status: { code: Code.Internal, message } };
    }
    return undefined;
  }
}
