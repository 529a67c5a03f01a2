import type { CtlCommand } from "./etcdctl_scripts.ts";
import { decode } from "./wire.ts";

/** What a command came to. */
export interface CtlOutcome {
  code: number;
  stdout: Uint8Array;
  stderr: string;
  /** The folder that it was given. */
  folder?: string;
}

/** Runs etcdctl against `endpoint`. */
export async function runCtl(
  etcdctl: string,
  { endpoint, format, command }: { endpoint: string; format: string; command: CtlCommand },
): Promise<CtlOutcome> {
  const folder = command.line.includes("{dir}") ? Deno.makeTempDirSync() : undefined;
  try {
    return await run(etcdctl, { endpoint, format, folder, command });
  } finally {
    if (folder !== undefined) Deno.removeSync(folder, { recursive: true });
  }
}

async function run(
  etcdctl: string,
  { endpoint, format, folder, command }: { endpoint: string; format: string; folder?: string; command: CtlCommand },
): Promise<CtlOutcome> {
  const line = command.line.replaceAll("{dir}", folder ?? "");
  const child = new Deno.Command(etcdctl, {
    args: [`--endpoints=${endpoint}`, `--write-out=${format}`, ...words(line)],
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(command.stdin ?? ""));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error; // it ended without reading
    writer.releaseLock();
  }
  const { code, stdout, stderr } = await child.output();
  return { code, stdout, stderr: new TextDecoder().decode(stderr), folder };
}

const responses: Record<string, string> = {
  get: "etcdserverpb.RangeResponse",
  put: "etcdserverpb.PutResponse",
  del: "etcdserverpb.DeleteRangeResponse",
  txn: "etcdserverpb.TxnResponse",
};

/**
 * An outcome as text that must be equal for both servers. What is left out: what differences.ts says to be unlike, how long something
 * took, and of the client's own log lines all but level, message, method and error.
 */
export function comparable(
  { code, stdout, stderr, folder }: CtlOutcome,
  { format, line, endpoint }: { format: string; line: string; endpoint: string },
): string {
  const whole = `exit code ${code}\n--- stdout\n${comparableOutput(stdout, format, line)}\n--- stderr\n${
    comparableLog(stderr)
  }`;
  const text = whole.replaceAll(endpoint, "ENDPOINT").replaceAll(folder ?? endpoint, "FOLDER");
  return /^(endpoint|member|defrag|snapshot|alarm)/.test(line) ? withoutFigures(text) : text;
}

/** Masks sizes, percentages, durations, places in the log and hashes, in every format. */
function withoutFigures(text: string): string {
  return text
    .replace(/\b\d+(\.\d+)?(ns|µs|ms|s)\b/g, "DURATION")
    .replace(/\b\d+(\.\d+)? (B|kB|MB)\b/g, "SIZE")
    .replace(/\b\d+%/g, "SHARE")
    .replace(/("(?:raftTerm|raftIndex|raftAppliedIndex|dbSize|dbSizeInUse|hash)":)\d+/g, "$1NUMBER")
    .replace(/("(?:DBSize|DBSizeInUse|RaftIndex|RaftAppliedIndex|Hash|RaftTerm)" : )\d+/g, "$1NUMBER")
    .replace(/\b(true|false), \d+, \d+, \d+,/g, "$1, TERM, INDEX, INDEX,")
    .replace(/^(http:..)?ENDPOINT, \d+, /gm, "$1ENDPOINT, HASH, ")
    .replace(/(?<=│ +)\d+(?= +│)/g, "NUMBER")
    .replace(/ +/g, " ")
    .replace(/─+/g, "─");
}

/** Splits a command line; see {@link CtlCommand.line}. */
export function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}

function comparableOutput(stdout: Uint8Array, format: string, line: string): string {
  const type = responses[line.split(" ")[0]];
  if (format === "protobuf" && type !== undefined && stdout.length > 0) {
    try {
      return withoutTerm(JSON.stringify(decode(type, stdout)));
    } catch (error) {
      if (!(error instanceof Error)) throw error; // text, such as an error's
    }
  }
  return withoutTerm(new TextDecoder().decode(stdout));
}

function withoutTerm(text: string): string {
  return text.replace(/("raft_term":"?|"RaftTerm" : )\d+/g, "$1TERM");
}

function comparableLog(stderr: string): string {
  return stderr.split("\n").map((line) => {
    if (!line.startsWith('{"level"')) return line;
    const { level, msg, method, error } = JSON.parse(line);
    return JSON.stringify({ level, msg, method, error });
  }).join("\n");
}
