import type { Measure, RowResult, Unit } from "./model.ts";
import { type Spread, spreadOf } from "./stats.ts";

/** A measure of a row with what its rounds came to. */
export interface Verdict {
  measure: Measure;
  etcd: Spread;
  candidate: Spread;
  /** Median of the candidate to median of etcd; NaN when etcd's is 0. */
  ratio: number;
  /** The ratios of the rounds, each with the one that ran beside it. */
  ratioSpread: Spread;
  /** Whether the target is reached; undefined when there is none. */
  reached: boolean | undefined;
}

/** Compares the sides of a row, measure by measure. */
export function verdicts(row: RowResult): Verdict[] {
  return row.measures.map((measure) => {
    const figures = (side: "etcd" | "candidate") => row.samples[side].map((sample) => sample[measure.key]);
    const etcdFigures = figures("etcd");
    const candidateFigures = figures("candidate");
    const etcd = spreadOf(etcdFigures);
    const candidate = spreadOf(candidateFigures);
    const ratio = candidate.median / etcd.median;
    const ratioSpread = spreadOf(candidateFigures.map((figure, round) => figure / etcdFigures[round]));
    return { measure, etcd, candidate, ratio, ratioSpread, reached: isReached(measure, candidate.median, ratio) };
  });
}

/** How many times better the candidate is: the ratio, or its inverse where less is better. */
export function timesBetter({ measure, ratio }: Verdict): number {
  return measure.better === "higher" ? ratio : 1 / ratio;
}

/** A figure with its unit, to three digits. */
export function figure(value: number, unit: Unit): string {
  const digits = value >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));
  return unit === "times"
    ? digits
    : unit === "/s"
    ? `${digits}/s`
    : `${digits} ${unit === "us" ? "µs" : unit.replace("us/", "µs/")}`;
}

/** The target of a measure in words; empty when there is none. */
export function targetText({ target, unit }: Measure): string {
  if (target === undefined) return "";
  if ("ratioAtLeast" in target) return `≥ ${times(target.ratioAtLeast)}`;
  if ("ratioAtMost" in target) return `≤ ${times(target.ratioAtMost)}`;
  return `≤ ${figure(target.valueAtMost, unit)}`;
}

/** "2.5x". */
export function times(ratio: number): string {
  return `${Number(ratio.toPrecision(3))}x`;
}

function isReached({ target }: Measure, candidate: number, ratio: number): boolean | undefined {
  if (target === undefined) return undefined;
  if ("ratioAtLeast" in target) return ratio >= target.ratioAtLeast;
  if ("ratioAtMost" in target) return ratio <= target.ratioAtMost;
  return candidate <= target.valueAtMost;
}
