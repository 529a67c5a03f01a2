/** A broken invariant of detcd itself. Nothing catches it on purpose: the member stops. */
export class InvariantError extends Error {
  /** The class's name, as stack traces show it. */
  override readonly name = "InvariantError";
}

/** Throws {@link InvariantError} unless `condition` holds. For what can only be false through a bug of ours. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Ends a switch over a union: the type checker proves that it is complete, a wrong value at run time throws. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable case: ${String(value)}`);
}
