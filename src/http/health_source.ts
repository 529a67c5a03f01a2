/** An alarm's type by its name in etcd's `AlarmType`; a number in decimal for a type that has none. */
export type AlarmName = "NOSPACE" | "CORRUPT" | (string & Record<never, never>);

/** What the HTTP endpoints ask of the member. */
export interface HealthSource {
  /** Alarms that are raised now. */
  alarms(): readonly AlarmName[];
  /** Whether the member knows of a leader. */
  hasLeader(): boolean;
  /** Whether the member is a learner. */
  isLearner(): boolean;
  /** Reads one key, through the quorum unless `serializable`. Rejects with the error that a client would get. */
  read(options: { serializable: boolean }): Promise<void>;
}

/** What /version tells. */
export interface Versions {
  /** The version of etcd that the server behaves as, such as "3.7.1". */
  server: string;
  /** The version that all members have agreed on, such as "3.7.0"; undefined before they have. */
  cluster: string | undefined;
  /** The version of the stored data; undefined when it is not known. */
  storage: string | undefined;
}
