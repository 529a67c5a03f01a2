/**
 * Packs the member into one executable, dist/detcd: `deno task compile`. Deno puts the program behind its own run-time file
 * (denort), which it downloads; where it cannot, set DENORT_BIN to that file.
 */
import * as path from "node:path";

const root = path.join(import.meta.dirname!, "..");
const output = path.join("dist", Deno.build.os === "windows" ? "detcd.exe" : "detcd");

/**
 * What the executable may do; nobody can change it later. The data directory, certificates and sockets may be anywhere, so
 * reading and writing are not narrowed, unlike those of `deno task start`.
 */
const permissions = ["--allow-net", "--allow-read", "--allow-write", "--allow-env=ETCD_*", "--no-prompt"];

/** As in the task `start`: docs/adr/0012-young-generation.md. */
const v8Flags = "--v8-flags=--max-semi-space-size=8";

/** Workers are found at run time only, so they have to be named. */
function workers(dir: string): string[] {
  return [...Deno.readDirSync(path.join(root, dir))].flatMap((entry) => {
    const name = path.posix.join(dir, entry.name);
    if (entry.isDirectory) return workers(name);
    return name.endsWith("_worker.ts") ? [name] : [];
  }).sort();
}

const includes = ["src", "storage_adapters"].flatMap(workers).flatMap((file) => ["--include", file]);
const { success, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["compile", "--frozen", "--output", output, v8Flags, ...permissions, ...includes, "main.ts"],
  cwd: root,
  stdout: "inherit",
  stderr: "piped",
}).output();
const messages = new TextDecoder().decode(stderr);
await Deno.stderr.write(stderr);
if (!success) {
  const runtime = Deno.env.get("DENORT_BIN");
  if (/denort|dl\.deno\.land|[Dd]ownload/.test(messages)) {
    console.error(
      runtime === undefined
        ? `Cannot compile: Deno ${Deno.version.deno} could not download its run-time file for ${Deno.build.target}. ` +
          `Set DENORT_BIN to a denort of that version.`
        : `Cannot compile: DENORT_BIN is "${runtime}", which Deno ${Deno.version.deno} could not use.`,
    );
  }
  Deno.exit(1);
}
console.log(`compiled ${output}`);
