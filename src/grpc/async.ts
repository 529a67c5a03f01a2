import type { UnaryCall, UnaryHandler } from "./types.ts";

/**
 * A handler for a method that is not hot: `answer` gets the decoded request and the call, and returns the answer or throws.
 * A cancelled call's answer is dropped; `answer` may watch `call.onCancel`.
 */
export function asyncUnary<Request, Response>(
  answer: (request: Request, call: UnaryCall<Request, Response>) => Promise<Response>,
): UnaryHandler<Request, Response> {
  return (call) => {
    answer(call.request, call).then((response) => call.respond(response), (thrown) => call.fail(thrown));
  };
}
