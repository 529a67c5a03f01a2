import { findTool } from "./tools.ts";
import { type ServerOptions, ServerProcess, type ServerProgram } from "./server_process.ts";

/** The project's root directory. */
export const projectRoot = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Real etcd, when it has been built. */
export function etcdProgram(): ServerProgram | undefined {
  const command = findTool("etcd");
  return command === undefined ? undefined : { name: "etcd", command, args: () => [] };
}

/** detcd as `deno task start` runs it, with the data directory allowed. */
export function detcdProgram(): ServerProgram {
  const config = JSON.parse(Deno.readTextFileSync(projectRoot + "deno.json")) as { tasks: { start: string } };
  const [deno, run, ...rest] = config.tasks.start.split(" ");
  const script = rest.findIndex((argument) => argument.endsWith("main.ts"));
  if (deno !== "deno" || run !== "run" || script < 0) {
    throw new Error(
      `Cannot start detcd as the task "start" does: "${config.tasks.start}" is not "deno run ... main.ts"`,
    );
  }
  return {
    name: "detcd",
    command: Deno.execPath(),
    args: (dataDir) => [
      run,
      `--allow-read=${dataDir}`,
      `--allow-write=${dataDir}`,
      "--no-prompt",
      ...rest.slice(0, script),
      ...rest.slice(script),
    ],
    cwd: projectRoot,
  };
}

/**
 * The server that is compared with etcd: detcd, or what the variable DETCD_CANDIDATE names: "etcd" (etcd against itself, a
 * check of the comparison), or a command line.
 */
export function candidateProgram(): ServerProgram {
  const choice = Deno.env.get("DETCD_CANDIDATE") ?? "";
  if (choice === "" || choice === "detcd") return detcdProgram();
  if (choice === "etcd") {
    const etcd = etcdProgram();
    if (etcd === undefined) throw new Error('Cannot start the candidate "etcd": it has not been built');
    return { ...etcd, name: "candidate" };
  }
  return commandProgram("candidate", choice);
}

/** A program from a command line, split at spaces; `{data}` stands for the data directory. */
export function commandProgram(name: string, line: string): ServerProgram {
  const [command, ...args] = line.split(" ").filter((word) => word !== "");
  return {
    name,
    command,
    args: (dataDir) => args.map((argument) => argument.replaceAll("{data}", dataDir)),
    cwd: projectRoot,
  };
}

/** Starts real etcd and waits until it serves. */
export function startEtcd(options?: ServerOptions): Promise<ServerProcess> {
  const program = etcdProgram();
  if (program === undefined) throw new Error("Cannot start etcd: it has not been built");
  return ServerProcess.start(program, options);
}

/** Starts detcd, or what DETCD_CANDIDATE names, and waits until it serves. */
export function startDetcd(options?: ServerOptions): Promise<ServerProcess> {
  return ServerProcess.start(candidateProgram(), options);
}
