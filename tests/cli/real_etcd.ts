/** The directory of the tools that comparisons need, or undefined where they have not been built. */
export function findEtcd(): string | undefined {
  const directories = [Deno.env.get("DETCD_TOOLS"), new URL("../../.cache/tools/bin", import.meta.url).pathname];
  for (const directory of directories) {
    if (directory === undefined) continue;
    try {
      if (Deno.statSync(`${directory}/etcd`).isFile) return `${directory}/etcd`;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

/** Says on standard error why a comparison does not run. */
export function sayWithoutEtcd(): void {
  console.error("comparison with etcd is skipped: build the tools, or name their directory in DETCD_TOOLS");
}
