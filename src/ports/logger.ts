/** Fields of a log line, by name. Values must be representable in JSON; a bigint is written as a decimal string. */
export type LogFields = Record<string, unknown>;

/** Where a component says what happens to it. Messages are constant texts; what varies goes into fields. */
export interface Logger {
  /** What helps to find out why something happened. */
  debug(message: string, fields?: LogFields): void;
  /** What happened, in normal operation. */
  info(message: string, fields?: LogFields): void;
  /** What is out of order, and has been dealt with. */
  warn(message: string, fields?: LogFields): void;
  /** What failed, and needs somebody. */
  error(message: string, fields?: LogFields): void;
}
