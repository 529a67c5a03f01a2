/** One line of values. */
export interface ParsedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The lines between two `# HELP` lines. */
export interface ParsedFamily {
  type: string;
  help: string;
  samples: ParsedSample[];
}

const samplePattern = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[^"{}]|"(?:[^"\\]|\\.)*")*)\})? (\S+)$/s;
const labelPattern = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(?:,|$)/;

function unescape(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, letter) => letter === "n" ? "\n" : letter);
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== "";) {
    const match = labelPattern.exec(rest);
    if (match === null) throw new Error(`not a label: ${rest}`);
    if (Object.hasOwn(labels, match[1])) throw new Error(`label ${match[1]} is there twice`);
    labels[match[1]] = unescape(match[2]);
    rest = rest.slice(match[0].length);
  }
  return labels;
}

function parseValue(text: string): number {
  if (text === "NaN") return NaN;
  if (text === "+Inf") return Infinity;
  if (text === "-Inf") return -Infinity;
  if (!/^-?[0-9.]+(?:e[+-][0-9]+)?$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

/** What may follow a family's name in the names of its samples. */
function suffixesOf(type: string): readonly string[] {
  if (type === "histogram") return ["_bucket", "_sum", "_count"];
  return type === "summary" ? ["", "_sum", "_count"] : [""];
}

/**
 * Reads the Prometheus text format 0.0.4 strictly: for tests of what is written. Throws for what a scraper would refuse: a
 * sample outside its family, a series that is there twice, a bad escape, no line feed at the end.
 */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  let current: { name: string; family: ParsedFamily } | undefined;
  const series = new Set<string>();
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line has no line feed");
  for (const line of text.split("\n").slice(0, -1)) {
    const header = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (header !== null) {
      const [, keyword, name, rest] = header;
      if (keyword === "HELP") {
        if (families.has(name)) throw new Error(`family ${name} is there twice`);
        current = { name, family: { type: "untyped", help: unescape(rest), samples: [] } };
        families.set(name, current.family);
      } else if (current?.name !== name) throw new Error(`type of another family: ${line}`);
      else current.family.type = rest;
      continue;
    }
    const match = samplePattern.exec(line);
    if (match === null || current === undefined) throw new Error(`not a sample: ${line}`);
    const suffixes = suffixesOf(current.family.type);
    const own = current.name;
    if (!suffixes.some((suffix) => match[1] === own + suffix)) throw new Error(`sample of another family: ${line}`);
    const labels = parseLabels(match[2] ?? "");
    const key = match[1] + JSON.stringify(Object.entries(labels).sort());
    if (series.has(key)) throw new Error(`series is there twice: ${line}`);
    series.add(key);
    current.family.samples.push({ name: match[1], labels, value: parseValue(match[3]) });
  }
  return families;
}
