/**
 * Builds the Go programs of go_tools.ts: `deno task tools`. Does nothing when they are there, built from the present
 * module.
 */
import * as path from "node:path";
import { goModuleDir, type GoTool, goToolPath, goTools, goToolsDir } from "./go_tools.ts";

function exists(file: string): boolean {
  try {
    return Deno.statSync(file).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** What the binaries depend on, in one text: the module's files, and the sources of our own programs. */
async function fingerprint(): Promise<string> {
  const sources = [...Deno.readDirSync(path.join(goModuleDir, "loadprobe"))].map(({ name }) => `loadprobe/${name}`)
    .sort();
  const parts = ["go.mod", "go.sum", ...sources].map((name) => Deno.readTextFileSync(path.join(goModuleDir, name)));
  const input = new TextEncoder().encode(JSON.stringify([goTools, ...parts]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", input)).toHex();
}

async function build(name: GoTool): Promise<void> {
  const started = performance.now();
  const command = new Deno.Command("go", {
    args: ["build", "-trimpath", "-mod=readonly", "-o", goToolPath(name), goTools[name]],
    cwd: goModuleDir,
    env: { CGO_ENABLED: "0" },
    stdout: "inherit",
    stderr: "inherit",
  });
  const { success } = await command.output().catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(
      `Cannot build "${name}": Go is not installed. See https://go.dev/doc/install; go.mod says which version.`,
    );
    Deno.exit(1);
  });
  if (!success) {
    console.error(`Cannot build "${name}" from ${goTools[name]}: go build failed, see above.`);
    Deno.exit(1);
  }
  console.log(`built ${name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

const names = Object.keys(goTools) as GoTool[];
const stampFile = path.join(goToolsDir(), "built_from");
const stamp = await fingerprint();
if (
  exists(stampFile) && Deno.readTextFileSync(stampFile) === stamp && names.every((name) => exists(goToolPath(name)))
) {
  console.log(`${names.join(", ")}: up to date in ${goToolsDir()}`);
} else {
  Deno.mkdirSync(goToolsDir(), { recursive: true });
  for (const name of names) await build(name);
  Deno.writeTextFileSync(stampFile, stamp);
}
