import type { RowResult } from "./model.ts";
import { figure, timesBetter, type Verdict, verdicts } from "./verdict.ts";

const WIDTH = 860;
const LABEL_WIDTH = 400;
const BAR_WIDTH = 250;
const LINE_HEIGHT = 40;
const TOP = 56;

/**
 * An SVG of all charted measures as bars: how many times better the candidate is than etcd, etcd being 1. It follows the
 * reader's light or dark scheme.
 */
export function chart(rows: readonly RowResult[]): string {
  const bars = rows.flatMap((row) =>
    verdicts(row).filter((verdict) => verdict.measure.charted && Number.isFinite(verdict.ratio))
      .map((verdict) => ({ row, verdict }))
  );
  const most = Math.max(1, ...bars.map(({ verdict }) => timesBetter(verdict)));
  const scale = BAR_WIDTH / most;
  const height = TOP + bars.length * LINE_HEIGHT + 16;
  const one = LABEL_WIDTH + scale;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">detcd compared with etcd: times better, etcd being 1</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.head { font-weight: 600; font-size: 15px; }
.small { font-size: 11px; fill: #59636e; }
.detcd { fill: #1a7f64; }
.worse { fill: #b35900; }
.etcd { stroke: #8c959f; stroke-dasharray: 3 3; }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3; }
.small { fill: #9198a1; }
.detcd { fill: #3fb68b; }
.worse { fill: #e08b3e; }
.etcd { stroke: #656c76; }
}
</style>
<text class="head" x="8" y="22">detcd beside etcd 3.7, in one run: times better</text>
<text class="small" x="${one.toFixed(1)}" y="42" text-anchor="middle">etcd = 1</text>
<line class="etcd" x1="${one.toFixed(1)}" y1="48" x2="${one.toFixed(1)}" y2="${height - 8}"/>
${bars.map(({ row, verdict }, i) => bar(row, verdict, TOP + i * LINE_HEIGHT, scale)).join("\n")}
</svg>
`;
}

function bar(row: RowResult, verdict: Verdict, y: number, scale: number): string {
  const better = timesBetter(verdict);
  const { measure, etcd, candidate } = verdict;
  const width = better * scale;
  const figures = `${figure(candidate.median, measure.unit)}, etcd ${figure(etcd.median, measure.unit)}`;
  return `<text x="8" y="${y + 14}">${escape(row.title)}</text>
<text class="small" x="8" y="${y + 29}">${escape(`${measure.label}: ${figures}`)}</text>
<rect class="${better >= 1 ? "detcd" : "worse"}" x="${LABEL_WIDTH}" y="${y + 4}" width="${
    width.toFixed(1)
  }" height="20" rx="3"/>
<text x="${(LABEL_WIDTH + Math.max(width, scale) + 8).toFixed(1)}" y="${y + 19}">${
    better.toFixed(better < 10 ? 2 : 1)
  }×</text>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
