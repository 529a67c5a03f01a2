/** Fields of a log line, by name. Values must be representable in JSON; a bigint is written as a decimal string. */
export type LogFields = Record<string, unknown>;

/** Where a component says what happens to it. Messages are constant texts; what varies goes into fields. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
