import { type Platform, versionText } from "./version_text.ts";

/** What the arguments of a server ask for. */
export type ServerRequest<Plan> = { kind: "help" } | { kind: "version" } | { kind: "serve" } & Plan;

/** A command line that is refused: what the user is told, and the exit status. */
export interface Refusal {
  /** Why, for the user. */
  message: string;
  /** 1 for a refused value, 2 for flags that cannot be read. */
  exitCode: number;
}

/** What {@link runCommand} needs; `Plan` is what the reader of arguments hands to `serve`. */
export interface CommandParts<Plan> {
  /** Reads the flags. Throws an error that is a {@link Refusal} for what it refuses. */
  readArguments(args: readonly string[]): ServerRequest<Plan>;
  /** Runs the member until it stops; gives the exit status. */
  serve(plan: Plan): Promise<number>;
  /** Runs `snapshot` with what follows it; gives the exit status. */
  snapshot(args: readonly string[]): Promise<number>;
  /** Says as a line of the log why flags have been refused. */
  logRefusal(refusal: Refusal): void;
  /** Writes to standard output. */
  stdout(text: string): void;
  /** Writes to standard error. */
  stderr(text: string): void;
  /** How the command is called. */
  usageText: string;
  /** The text of `--help`. */
  helpText(): string;
  /** The machine and the runtime, for `--version`. */
  platform: Platform;
}

/** etcd's subcommands that are programs of their own, which detcd does not have. */
const foreignCommands = new Set(["gateway", "grpc-proxy"]);

function isRefusal(error: unknown): error is Error & Refusal {
  return error instanceof Error && "exitCode" in error && typeof error.exitCode === "number";
}

/**
 * Runs what a command line asks for: a member without a subcommand; or `version`, `help` or `snapshot`. Gives the exit status, which
 * is etcd's: 0 for a member that stopped in order, 1 for refused options, 2 for flags that cannot be read.
 */
export async function runCommand<Plan>(args: readonly string[], parts: CommandParts<Plan>): Promise<number> {
  const command = args[0] ?? "";
  if (foreignCommands.has(command)) {
    parts.stderr(`detcd has no "${command}" command; use the one of etcd, it works with detcd's members\n`);
    return 1;
  }
  if (command === "snapshot") return await parts.snapshot(args.slice(1));
  const flags = command === "version" || command === "help" ? [`--${command}`, ...args.slice(1)] : args;
  let request: ServerRequest<Plan>;
  try {
    request = parts.readArguments(flags);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error.exitCode === 2) parts.stderr(`${error.message}\n${parts.usageText}\n`);
    else parts.logRefusal(error);
    return error.exitCode;
  }
  switch (request.kind) {
    case "help":
      parts.stderr(`${parts.usageText}\n`);
      parts.stdout(`${parts.helpText()}\n`);
      return 0;
    case "version":
      parts.stdout(versionText(parts.platform));
      return 0;
    case "serve":
      return await parts.serve(request);
  }
}
