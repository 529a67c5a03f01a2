import type { Step } from "./corpus/step.ts";

const LENGTH_MAX = 600;

/** A request as one line, for failures. */
export function showRequest({ method, request }: Step): string {
  const rpc = method.slice(method.lastIndexOf("/") + 1);
  const text = request instanceof Uint8Array
    ? `bytes ${request.toHex()}`
    : JSON.stringify(request, (_, value) => typeof value === "bigint" ? `${value}n` : value);
  return `${rpc} ${text.length <= LENGTH_MAX ? text : `${text.slice(0, LENGTH_MAX)}... (${text.length} characters)`}`;
}
