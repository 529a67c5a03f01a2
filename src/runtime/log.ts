import type { LogFields, Logger } from "../ports/mod.ts";
import { formatConsole, formatJson, type LogFormat } from "./log_format.ts";
import { LogSink, type LogTarget } from "./log_sink.ts";

/** Levels from the least weighty to the weightiest. The last three are thresholds only: nothing is logged at them. */
const levels = ["debug", "info", "warn", "error", "dpanic", "panic", "fatal"] as const;

/** A threshold: lines below it are not written. */
export type LogThreshold = typeof levels[number];

/** How a process logs. */
export interface LogOptions {
  /** Lines below it are not written. */
  level: LogThreshold;
  /** JSON for programs, columns divided by tabs for people. */
  format: "json" | "console";
  /** "stderr", "stdout", or files that are appended to; several are all written. None: nothing is written. */
  outputs: readonly string[];
  /** Milliseconds since 1970-01-01 UTC; for tests. */
  wallMs?: () => number;
}

/** The logger of a process, and of its components. */
export interface ProcessLogger extends Logger {
  /** A logger whose lines name a component. */
  component(name: string): Logger;
  /** Resolves when everything logged so far has been written. */
  flush(): Promise<void>;
  /** Writes what waits at once; for a process that is about to end. */
  flushSync(): void;
  /** Writes what waits, then closes the files. Nothing may be logged afterwards. */
  close(): Promise<void>;
}

function preciseWallMs(): number {
  return performance.timeOrigin + performance.now();
}

/** The wall clock with microseconds: the monotonic clock's fraction, set right whenever the wall clock has been moved. */
function wallClock(): () => number {
  let correctionMs = 0;
  return () => {
    const now = Date.now();
    const precise = preciseWallMs() + correctionMs;
    if (Math.abs(precise - now) < 2) return precise;
    correctionMs += now - precise;
    return now;
  };
}

function standardTarget(stream: typeof Deno.stderr): LogTarget {
  return { write: (bytes) => stream.write(bytes), writeSync: (bytes) => stream.writeSync(bytes), close: () => {} };
}

/** A file of `--log-outputs` that cannot be opened. */
export class LogFileError extends Error {
  override name = "LogFileError";
}

function openTarget(output: string): LogTarget {
  if (output === "stderr") return standardTarget(Deno.stderr);
  if (output === "stdout") return standardTarget(Deno.stdout);
  const path = output.startsWith("file://") ? new URL(output) : output;
  try {
    return Deno.openSync(path, { append: true, create: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new LogFileError(`Cannot open log file "${output}": ${(error as Error).message}`, { cause: error });
  }
}

class ComponentLogger implements Logger {
  readonly #parts: LoggerParts;
  readonly #component: string;

  constructor(parts: LoggerParts, component: string) {
    this.#parts = parts;
    this.#component = component;
  }

  debug(message: string, fields?: LogFields): void {
    if (this.#parts.threshold <= 0) this.#write("debug", message, fields);
  }
  info(message: string, fields?: LogFields): void {
    if (this.#parts.threshold <= 1) this.#write("info", message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    if (this.#parts.threshold <= 2) this.#write("warn", message, fields);
  }
  error(message: string, fields?: LogFields): void {
    if (this.#parts.threshold <= 3) this.#write("error", message, fields);
  }

  #write(level: string, message: string, fields: LogFields | undefined): void {
    const { format, sinks, wallMs } = this.#parts;
    const line = format({ level, wallMs: wallMs(), component: this.#component, message, fields });
    for (const sink of sinks) sink.push(line);
  }
}

interface LoggerParts {
  /** Index into `levels`. */
  threshold: number;
  format: LogFormat;
  sinks: readonly LogSink[];
  wallMs: () => number;
}

class RootLogger extends ComponentLogger implements ProcessLogger {
  readonly #ownParts: LoggerParts;

  constructor(parts: LoggerParts) {
    super(parts, "");
    this.#ownParts = parts;
  }

  component(name: string): Logger {
    return new ComponentLogger(this.#ownParts, name);
  }
  async flush(): Promise<void> {
    await Promise.all(this.#ownParts.sinks.map((sink) => sink.flush()));
  }
  flushSync(): void {
    for (const sink of this.#ownParts.sinks) sink.flushSync();
  }
  async close(): Promise<void> {
    await Promise.all(this.#ownParts.sinks.map((sink) => sink.close()));
  }
}

/**
 * Makes the logger of a process, with lines like those of etcd. Logging never waits: lines of one turn are written together in
 * the background. Throws {@link LogFileError} when a file cannot be opened.
 */
export function createLogger(options: LogOptions): ProcessLogger {
  const format = options.format === "json" ? formatJson : formatConsole;
  const wallMs = options.wallMs ?? wallClock();
  const droppedLine = (dropped: number) =>
    format({ level: "warn", wallMs: wallMs(), component: "", message: "log lines were dropped", fields: { dropped } });
  const sinks = options.outputs.map((output) => new LogSink(openTarget(output), { droppedLine }));
  return new RootLogger({ threshold: levels.indexOf(options.level), format, sinks, wallMs });
}
