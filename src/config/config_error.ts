/** A command line or environment that etcd would not start with. The message is meant for the user. */
export class ConfigError extends Error {
  /** The class, for messages. */
  override readonly name = "ConfigError";
  /** Exit status: 2 where the flags cannot be read, 1 where what they say is refused; as in etcd. */
  readonly exitCode: 1 | 2;
  /** Makes a refusal. */
  constructor(message: string, options: { exitCode: 1 | 2 }) {
    super(message);
    this.exitCode = options.exitCode;
  }
}

/** What is to be said to the user once there is a logger. */
export interface Notice {
  /** How weighty it is. */
  level: "info" | "warn";
  /** A constant text. */
  message: string;
  /** What varies. */
  fields: Record<string, string>;
}
