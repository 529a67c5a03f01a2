/** What {@link startFailure} needs to know to explain an error. */
export interface StartFailureContext {
  /** Classes of errors whose message is meant for the user as it is. All others are shown with their stack. */
  expected: readonly (abstract new (...args: never[]) => Error)[];
  /** Folders that the configured member reads and writes. */
  folders: readonly string[];
}

/** What kept a member from starting, and what to do about it where the sandbox has refused a path. */
export function startFailure(error: unknown, { expected, folders }: StartFailureContext): string {
  if (error instanceof Deno.errors.NotCapable) {
    const paths = [...new Set(folders)].join(",");
    return `${
      error.message.split(", run again")[0]
    }. The task "start" may only touch what is below the project's folder. ` +
      `To use other folders: deno run --allow-net --allow-env=ETCD_* --allow-read=${paths} --allow-write=${paths} main.ts ...`;
  }
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message;
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
