import { Registry } from "../../src/base/mod.ts";
import { type AlarmName, createHttpHandlers, type HealthSource, type HttpHandlers } from "../../src/http/mod.ts";
import type { LogFields, Logger } from "../../src/ports/mod.ts";
import { ManualClock } from "./manual_clock.ts";

/** A member whose health is set by hand. */
export class HealthDouble implements HealthSource {
  raised: AlarmName[] = [];
  leader = true;
  learner = false;
  /** What reads of each kind come to. */
  reads = {
    serializable: (): Promise<void> => Promise.resolve(),
    linearizable: (): Promise<void> => Promise.resolve(),
  };

  alarms(): readonly AlarmName[] {
    return this.raised;
  }
  hasLeader(): boolean {
    return this.leader;
  }
  isLearner(): boolean {
    return this.learner;
  }
  read({ serializable }: { serializable: boolean }): Promise<void> {
    return serializable ? this.reads.serializable() : this.reads.linearizable();
  }
}

/** A logger that keeps what it is told. */
export class MemoryLogger implements Logger {
  readonly lines: { level: string; message: string; fields: LogFields }[] = [];
  #keep(level: string, message: string, fields: LogFields = {}): void {
    this.lines.push({ level, message, fields });
  }
  debug(message: string, fields?: LogFields): void {
    this.#keep("debug", message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.#keep("info", message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.#keep("warn", message, fields);
  }
  error(message: string, fields?: LogFields): void {
    this.#keep("error", message, fields);
  }
}

/** HTTP handlers on a member whose health is set by hand. */
export interface HttpFixture {
  handlers: HttpHandlers;
  health: HealthDouble;
  clock: ManualClock;
  logger: MemoryLogger;
  registry: Registry;
}

/** Makes {@link HttpFixture}; reads time out after 7 s of its clock. */
export function httpFixture(
  options: { corsOrigins?: string[]; hostWhitelist?: string[]; server?: string } = {},
): HttpFixture {
  const health = new HealthDouble();
  const clock = new ManualClock();
  const logger = new MemoryLogger();
  const registry = new Registry();
  const handlers = createHttpHandlers({
    source: health,
    clock,
    logger,
    registry,
    requestTimeoutMs: 7000,
    versions: () => ({ server: options.server ?? "3.7.1", cluster: "3.7.0", storage: "3.7.0" }),
    rules: { corsOrigins: options.corsOrigins ?? ["*"], hostWhitelist: options.hostWhitelist ?? ["*"] },
  });
  return { handlers, health, clock, logger, registry };
}
