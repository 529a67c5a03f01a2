import type { Init, MessageType } from "../../../proto/gen/mod.ts";
import { Code, errors, EtcdError } from "../../base/mod.ts";
import type { UnaryHandler } from "../../grpc/mod.ts";
import { decode } from "../decode.ts";
import type { Waiting } from "./local_client.ts";

/** A handler for calls that may wait for long. Their requests are copied: they are needed after the buffer that they came in is used again. */
export function contentionHandler<Request, Response>(
  type: MessageType<Request>,
  answer: (request: Request, call: Waiting) => Promise<Init<Response>>,
): UnaryHandler<Request, Init<Response>> {
  return (call) => {
    answer(decode(type, call.requestBytes.slice()), call)
      .then((response) => call.respond(response), (error) => call.fail(asUnknown(error)));
  };
}

/** An error as etcd answers it from Lock and Election: with the code `Unknown`, unless the member is stopping, for which a client has to go elsewhere. */
export function asUnknown(error: unknown): unknown {
  if (!(error instanceof EtcdError) || error.message === errors.stopped().message) return error;
  return new EtcdError(Code.Unknown, error.message);
}
