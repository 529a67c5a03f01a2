import type { MessageType } from "../../proto/gen/mod.ts";
import { Code, EtcdError } from "../base/mod.ts";

/** A request from bytes that it may refer to for good. `failure` is what grpc-go says of bytes that are no message. */
export function decode<Message>(
  type: MessageType<Message>,
  bytes: Uint8Array,
  failure = "error unmarshalling request",
): Message {
  try {
    return type.decode(bytes);
  } catch (error) {
    throw new EtcdError(Code.Internal, `grpc: ${failure}: ${(error as Error).message}`);
  }
}

/** Refuses a call of which the request cannot be read, for handlers that need nothing of it: a request is read when it is asked for. */
export function readRequest(call: { readonly request: unknown }): void {
  void call.request;
}
