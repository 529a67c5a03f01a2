import { Code, EtcdError } from "../base/mod.ts";

/** How a call ends: a gRPC status code and the text for a human reader. */
export interface Status {
  /** One of gRPC's codes. */
  readonly code: Code;
  /** For a human reader; any text. */
  readonly message: string;
}

const utf8 = new TextEncoder();
const utf8Decoder = new TextDecoder();

/** Printable ASCII but "%": what stands for itself in a `grpc-message`. */
const plainMessage = /^[ -$&-~]*$/;

/**
 * A status text as the value of the `grpc-message` trailer: UTF-8, all but printable ASCII percent-encoded (gRPC over HTTP/2,
 * "Responses"). Lone surrogates become U+FFFD.
 */
export function encodeStatusMessage(message: string): string {
  if (plainMessage.test(message)) return message;
  let encoded = "";
  for (const byte of utf8.encode(message)) {
    encoded += byte >= 0x20 && byte <= 0x7e && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}

/** The text behind a `grpc-message` trailer. What is not valid percent-encoding stands for itself. */
export function decodeStatusMessage(encoded: string): string {
  if (!encoded.includes("%")) return encoded;
  const bytes = new Uint8Array(encoded.length);
  let length = 0;
  for (let i = 0; i < encoded.length; i++) {
    const hex = encoded.slice(i + 1, i + 3);
    if (encoded[i] === "%" && /^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes[length++] = parseInt(hex, 16);
      i += 2;
    } else {
      bytes[length++] = encoded.charCodeAt(i);
    }
  }
  return utf8Decoder.decode(bytes.subarray(0, length));
}

/**
 * The status that a thrown value stands for: an {@link EtcdError} or {@link Status} stands for itself, anything else is
 * `Unknown` with the error's text, as grpc-go answers errors that carry no status.
 */
export function statusOf(thrown: unknown): Status {
  if (thrown instanceof EtcdError) return thrown;
  if (thrown instanceof Error) return { code: Code.Unknown, message: thrown.message };
  return isStatus(thrown) ? thrown : { code: Code.Unknown, message: String(thrown) };
}

/** Whether a thrown value is an answer that somebody decided on, not an accident. */
export function isDeliberate(thrown: unknown): boolean {
  return thrown instanceof EtcdError || (!(thrown instanceof Error) && isStatus(thrown));
}

function isStatus(value: unknown): value is Status {
  return typeof value === "object" && value !== null && "code" in value && typeof value.code === "number" &&
    "message" in value && typeof value.message === "string";
}
