import { type AnyFamily, Counter, Gauge, type Histogram, type Registry } from "../base/mod.ts";

/** The media type of {@link renderMetrics}. */
export const expositionType = "text/plain; version=0.0.4; charset=utf-8; escaping=underscores";

/** A number as Go's `strconv.FormatFloat(value, 'g', -1, 64)` writes it, which is how etcd's metrics look. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponentText] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return String(value);
  const sign = exponent < 0 ? "-" : "+";
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

function labelText(names: readonly string[], values: readonly string[]): string {
  return names.map((name, at) => ({ name, value: values[at] }))
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .map(({ name, value }) => `${name}="${escapeLabel(value)}"`)
    .join(",");
}

function renderHistogram(name: string, labels: string, histogram: Histogram): string {
  const inner = labels === "" ? "" : `${labels},`;
  const outer = labels === "" ? "" : `{${labels}}`;
  let text = "";
  let cumulative = 0;
  histogram.bounds.forEach((bound, at) => {
    cumulative += histogram.counts[at];
    text += `${name}_bucket{${inner}le="${formatFloat(bound)}"} ${formatFloat(cumulative)}\n`;
  });
  const count = histogram.count;
  return `${text}${name}_bucket{${inner}le="+Inf"} ${formatFloat(count)}\n` +
    `${name}_sum${outer} ${formatFloat(histogram.sum)}\n${name}_count${outer} ${formatFloat(count)}\n`;
}

function renderFamily(family: AnyFamily): string {
  const lines: { labels: string; text: string }[] = [];
  for (const { labelValues, metric } of family.children()) {
    const labels = labelText(family.spec.labelNames, labelValues);
    const text = metric instanceof Counter || metric instanceof Gauge
      ? `${family.name}${labels === "" ? "" : `{${labels}}`} ${formatFloat(metric.value)}\n`
      : renderHistogram(family.name, labels, metric);
    lines.push({ labels, text });
  }
  if (lines.length === 0) return "";
  lines.sort((a, b) => a.labels < b.labels ? -1 : 1);
  return `# HELP ${family.name} ${escapeHelp(family.spec.help)}\n# TYPE ${family.name} ${family.spec.type}\n` +
    lines.map((line) => line.text).join("");
}

/** All metrics in the Prometheus text format 0.0.4, families in the order of their names. */
export function renderMetrics(registry: Registry): string {
  return registry.collect().map(renderFamily).join("");
}
