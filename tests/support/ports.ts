/**
 * A port of 127.0.0.1 on which nothing listened a moment ago. Somebody else may take it before the caller does: whoever
 * starts a server on it must be ready to try another.
 */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
