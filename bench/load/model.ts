/** The two servers of a comparison. */
export const sides = ["etcd", "candidate"] as const;

/** One of {@link sides}. */
export type Side = typeof sides[number];

/** What a measure must reach: a ratio of medians (candidate to etcd), or a value of the candidate's alone. */
export type Target = { ratioAtLeast: number } | { ratioAtMost: number } | { valueAtMost: number };

/** The units of measures; they decide how figures are written. */
export type Unit = "/s" | "us" | "ms" | "s" | "MiB" | "MiB/s" | "us/MiB" | "times";

/** One figure that every round of a row gives. */
export interface Measure {
  /** Its name in samples. */
  key: string;
  /** Its name for readers. */
  label: string;
  unit: Unit;
  better: "higher" | "lower";
  target?: Target;
  /** Whether the chart shows it. */
  charted?: boolean;
}

/** What one round gave: figures by {@link Measure.key}. */
export type Sample = Record<string, number>;

/** The rounds of both sides, in the order in which they ran. */
export type Samples = Record<Side, Sample[]>;

/** A row's figures with what is needed to print them again later. */
export interface RowResult {
  name: string;
  title: string;
  measures: Measure[];
  samples: Samples;
  /** When the row was finished, ISO 8601. */
  measuredAt: string;
  /** The command line that measured it. */
  command: string;
  machine: string;
}
