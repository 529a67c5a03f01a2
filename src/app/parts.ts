import type { Config } from "../config/mod.ts";
import type { Clock, Logger, StorageAdapter } from "../ports/mod.ts";
import type { MemberIdentity } from "../server/mod.ts";

/** A logger that gives parts of the program loggers of their own. */
export interface ComponentLogger extends Logger {
  /** A logger whose lines name a component. */
  component(name: string): Logger;
}

/** What a member is started with. */
export interface AppParts {
  config: Config;
  /** Where it keeps its data; closed with the member. */
  storage: StorageAdapter;
  clock: Clock;
  /** Lines of the member's components name them where the logger can. */
  logger: Logger | ComponentLogger;
  /** Ids for storage that has none yet. */
  newIdentity(): Promise<MemberIdentity>;
  /** The member cannot go on and should be ended. */
  onFatal(error: unknown): void;
}

/** The logger of a component, which is the program's own where that one cannot name any. */
export function componentLogger({ logger }: Pick<AppParts, "logger">, name: string): Logger {
  return "component" in logger ? logger.component(name) : logger;
}
