import type { Kind } from "./kinds.ts";

/** The headings under which `--help` shows options, in this order. */
export const groups = [
  "Member",
  "Clustering",
  "Security",
  "Auth",
  "Profiling and Monitoring",
  "Logging",
  "Distributed tracing",
  "Features",
  "Unsafe feature",
  "General",
] as const;

/** One of {@link groups}. */
export type Group = typeof groups[number];

/**
 * What an option does:
 * - `works`: what its help says;
 * - `pending`: accepted, with a warning when it is set to anything but its default, until the function exists;
 * - `inert`: accepted, with the same warning; it tunes a part of etcd that detcd does not have;
 * - `deprecated`: accepted, without effect, with etcd's announcement of its end;
 * - `forgotten`: accepted in silence and not shown, as etcd does with flags of its early releases.
 */
export type Effect = "works" | "pending" | "inert" | "deprecated" | "forgotten";

/** A row of the table of options. The row's key is the name of the flag. */
export interface Option<Value> {
  readonly kind: Kind<Value>;
  readonly initial: Value;
  readonly group: Group;
  readonly effect: Effect;
  /** What the option is for, in a sentence or two. */
  readonly help: string;
  /** The default as `--help` shows it, where it differs from the initial value. */
  readonly shownDefault?: string;
  /** For a deprecated option: what etcd says about its end. */
  readonly notice?: string;
}

interface Row<Value> {
  kind: Kind<Value>;
  initial: NoInfer<Value>;
  shownDefault?: string;
  notice?: string;
}

type RowMaker = <Value>(help: string, row: Row<Value>) => Option<Value>;

/** Makers of rows of one group, one for each effect. */
export function rowsOf(group: Group): { works: RowMaker; pending: RowMaker; inert: RowMaker; deprecated: RowMaker } {
  const maker = (effect: Effect): RowMaker => (help, row) => ({ ...row, help, group, effect });
  return { works: maker("works"), pending: maker("pending"), inert: maker("inert"), deprecated: maker("deprecated") };
}
