import type { RowResult } from "./model.ts";
import { figure, targetText, times, type Verdict, verdicts } from "./verdict.ts";

const headings = ["", "etcd", "detcd", "ratio", "rounds' ratios", "target", ""];

/** The table for a terminal, with the spread of each side. */
export function terminalTable(rows: readonly RowResult[]): string {
  const lines: string[][] = [[headings[0], "etcd (low-high)", "candidate (low-high)", ...headings.slice(3)]];
  for (const row of rows) {
    lines.push([`${row.title} [${row.name}, ${row.samples.etcd.length} rounds]`]);
    for (const verdict of verdicts(row)) lines.push(["  " + verdict.measure.label, ...cells(verdict, true)]);
  }
  const widths = headings.map((_, column) =>
    Math.max(...lines.filter((line) => line.length > 1).map((line) => line[column].length))
  );
  return lines.map((line) =>
    line.length === 1 ? line[0] : line.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd()
  )
    .join("\n");
}

/** The table for docs/performance.md, with when, where and how each row was measured. */
export function markdownTable(rows: readonly RowResult[]): string {
  const lines = [`| what | ${headings.slice(1, 6).join(" | ")} | reached |`, `|---|---|---|---|---|---|---|`];
  for (const row of rows) {
    for (const verdict of verdicts(row)) {
      lines.push(`| ${row.title}: ${verdict.measure.label} | ${cells(verdict, false).join(" | ")} |`);
    }
  }
  const runs = new Map<string, string[]>();
  for (const row of rows) {
    const run = `- \`${row.command}\` on ${row.machine}, ${
      row.measuredAt.slice(0, 10)
    }, ${row.samples.etcd.length} rounds`;
    runs.set(run, [...(runs.get(run) ?? []), row.name]);
  }
  lines.push("", "How these were measured:", "");
  for (const [run, names] of runs) lines.push(`${run}: ${names.join(", ")}`);
  return lines.join("\n");
}

/** `document` with what stands between its markers replaced by `content`. Throws when it has no markers. */
export function betweenMarkers(document: string, content: string): string {
  const begin = document.indexOf(markers.begin);
  const end = document.indexOf(markers.end);
  if (begin < 0 || end < begin) throw new Error(`Cannot fill in the table: no "${markers.begin}" ... "${markers.end}"`);
  return `${document.slice(0, begin + markers.begin.length)}\n\n${content}\n\n${document.slice(end)}`;
}

/** What surrounds the generated part of docs/performance.md. */
export const markers = { begin: "<!-- bench:load begin -->", end: "<!-- bench:load end -->" };

function cells({ measure, etcd, candidate, ratio, ratioSpread, reached }: Verdict, withSpread: boolean): string[] {
  const side = (spread: typeof etcd) => {
    const middle = figure(spread.median, measure.unit);
    return withSpread ? `${middle} (${short(spread.low)}-${short(spread.high)})` : middle;
  };
  return [
    side(etcd),
    side(candidate),
    times(ratio),
    `${times(ratioSpread.low)} - ${times(ratioSpread.high)}`,
    targetText(measure),
    reached === undefined ? "" : reached ? "yes" : "NO",
  ];
}

function short(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
