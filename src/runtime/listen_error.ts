/** An address that cannot be listened on. The message names it and says why, for the user. */
export class ListenError extends Error {
  override name = "ListenError";

  /** `address` as a user would write it; `cause` is what the system has said. */
  constructor(address: string, cause: Error) {
    super(`Cannot listen on "${address}": ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(cause: Error): string {
  if (cause instanceof Deno.errors.AddrInUse) return "address already in use";
  if (cause instanceof Deno.errors.AddrNotAvailable) return "this host does not have the address";
  return cause.message;
}
