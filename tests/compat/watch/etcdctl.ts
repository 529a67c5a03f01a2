import type { Step } from "../corpus/step.ts";
import { type CtlOutcome, words } from "../etcdctl_runner.ts";
import { GrpcCaller } from "../grpc_caller.ts";

/** What happens while etcdctl watches. */
export type CtlMove =
  /** A request of somebody else. */
  | { call: Step }
  /** Something to type. */
  | { type: string }
  /** Waits until so many lines more have been printed. */
  | { lines: number }
  /** Waits until a line contains this text. */
  | { text: string }
  /** Waits until a line of the messages beside the output contains this text. */
  | { complaint: string };

/** A run of `etcdctl watch`, on a fresh server. */
export interface CtlWatchScript {
  name: string;
  /** Requests before it starts. */
  before?: readonly Step[];
  line: string;
  moves: readonly CtlMove[];
  /** Flags of the server. */
  flags?: readonly string[];
  env?: Record<string, string>;
}

const WAIT_MAX_MS = 20_000;

/**
 * Runs a script against `endpoint`. After its last move etcdctl is interrupted, unless it has ended by itself.
 * @throws when something is waited for in vain
 */
export async function runCtlWatch(
  etcdctl: string,
  { endpoint, format, script }: { endpoint: string; format: string; script: CtlWatchScript },
): Promise<CtlOutcome> {
  using caller = new GrpcCaller(endpoint);
  for (const step of script.before ?? []) await caller.call(step.method, step.request);
  const child = new Deno.Command(etcdctl, {
    args: [`--endpoints=${endpoint}`, `--write-out=${format}`, ...words(script.line)],
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH")!, ...script.env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = new GrowingText(child.stdout);
  const stderr = new GrowingText(child.stderr);
  const writer = child.stdin.getWriter();
  let lines = 0;
  try {
    for (const move of script.moves) {
      if ("call" in move) await caller.call(move.call.method, move.call.request);
      else if ("type" in move) await writer.write(new TextEncoder().encode(move.type));
      else if ("lines" in move) {
        lines += move.lines;
        await stdout.until((text) => text.split("\n").length > lines, `${lines} lines`);
      } else if ("text" in move) await stdout.until((text) => text.includes(move.text), move.text);
      else await stderr.until((text) => text.includes(move.complaint), move.complaint);
    }
    if (script.moves.length > 0) child.kill("SIGINT");
    else await stdout.untilEnd();
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`${(error as Error).message}; it complained:\n${stderr.text}`);
  } finally {
    await Promise.all([stdout.ended, stderr.ended, child.status]);
    await writer.close().catch(() => {}); // it may have ended first
  }
  const { code } = await child.status;
  return { code, stdout: new TextEncoder().encode(stdout.text), stderr: stderr.text };
}

/** What a process has written up to now. */
class GrowingText {
  text = "";
  readonly ended: Promise<void>;
  #isOver = false;
  #grown = Promise.withResolvers<void>();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.ended = this.#follow(stream);
  }

  /** Waits until the process has closed its output. */
  untilEnd(): Promise<void> {
    return this.until(() => this.#isOver, "its end");
  }

  async until(isMet: (text: string) => boolean, what: string): Promise<void> {
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), WAIT_MAX_MS);
    try {
      while (!isMet(this.text)) {
        const isLate = await Promise.race([this.#grown.promise, late.promise]) === "late";
        if ((isLate || this.#isOver) && !isMet(this.text)) {
          throw new Error(`waited in vain for ${what}; printed was\n${this.text}`);
        }
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.text += text;
      this.#wake();
    }
    this.#isOver = true;
    this.#wake();
  }

  #wake(): void {
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
  }
}
