/**
 * `deno task bench:load`: measures etcd and detcd side by side. Rounds of the two alternate, so that what disturbs the
 * machine hits both; docs/performance.md says more.
 */
import { parseArgs } from "node:util";
import { candidateProgram, commandProgram, etcdProgram, projectRoot } from "../../tests/support/programs.ts";
import { findTool } from "../../tests/support/tools.ts";
import { BenchRun, type BenchSettings } from "./bench_run.ts";
import { chart } from "./chart.ts";
import { machineDescription } from "./machine.ts";
import type { RowResult } from "./model.ts";
import { betweenMarkers, markdownTable, terminalTable } from "./report.ts";
import type { Row } from "./row.ts";
import { disturbanceRows } from "./rows/disturbances.ts";
import { kubernetesRows } from "./rows/kubernetes.ts";
import { largeRangeRows } from "./rows/large_ranges.ts";
import { leaseRows } from "./rows/leases.ts";
import { smallRequestRows } from "./rows/small_requests.ts";
import { startRows } from "./rows/starts.ts";
import { watchRows } from "./rows/watches.ts";

const allRows: Row[] = [
  ...smallRequestRows,
  ...largeRangeRows,
  ...leaseRows,
  ...watchRows,
  ...kubernetesRows,
  ...startRows,
  ...disturbanceRows,
];

const full: BenchSettings = { rounds: 5, roundSeconds: 4, million: 1_000_000 };
const quick: BenchSettings = { rounds: 2, roundSeconds: 1, million: 100_000 };

const usage = `usage: deno task bench:load [ROW...] [options]
  --rounds N          rounds per side (default ${full.rounds}, with --quick ${quick.rounds})
  --quick             short rounds, and ${quick.million} keys in place of ${full.million}
  --candidate COMMAND what is compared with etcd: a command line that takes etcd's flags, {data} in it standing for the
                      data directory; "etcd" compares etcd with itself, which must come out near 1 (default: detcd)
  --data DIRECTORY    where data directories are made (default .cache/bench)
  --json FILE         all raw figures (default .cache/bench/load.json)
  --write-docs        put the figures into docs/performance.json, .md and .svg, beside those of rows that were not run
  --list              names of the rows
`;

const { values: options, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    candidate: { type: "string" },
    data: { type: "string", default: `${projectRoot}.cache/bench` },
    json: { type: "string", default: `${projectRoot}.cache/bench/load.json` },
    "write-docs": { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (options.help) {
  console.log(usage);
} else if (options.list) {
  for (const row of allRows) console.log(`${row.name.padEnd(24)}${row.title}`);
} else {
  const results = await measure(selectedRows(), settings());
  Deno.writeTextFileSync(options.json, JSON.stringify(results, undefined, 1));
  console.log(`\n${terminalTable(results)}\n\nRaw figures: ${options.json}`);
  if (options["write-docs"]) writeDocs(results);
}

function selectedRows(): Row[] {
  for (const name of positionals) {
    if (!allRows.some((row) => row.name === name)) fail(`There is no row "${name}"; --list names them`);
  }
  return positionals.length === 0 ? allRows : allRows.filter((row) => positionals.includes(row.name));
}

function settings(): BenchSettings {
  const chosen = options.quick ? quick : full;
  if (options.rounds === undefined) return chosen;
  const rounds = Number(options.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) {
    fail(`--rounds must be a whole number from 1 on, not "${options.rounds}"`);
  }
  return { ...chosen, rounds };
}

async function measure(rows: Row[], settings: BenchSettings): Promise<RowResult[]> {
  const etcd = etcdProgram();
  const missing = (["etcd", "benchmark", "loadprobe"] as const).filter((tool) => findTool(tool) === undefined);
  if (etcd === undefined || missing.length > 0) fail(`Cannot measure: not built: ${missing.join(", ")} (see tools/)`);
  const candidate = options.candidate === undefined
    ? candidateProgram()
    : options.candidate === "etcd"
    ? { ...etcd, name: "candidate" }
    : commandProgram("candidate", options.candidate);

  Deno.mkdirSync(options.data, { recursive: true });
  const dataRoot = Deno.makeTempDirSync({ dir: options.data });
  try {
    const bench = new BenchRun({ etcd, candidate }, settings, dataRoot, (text) => console.error(text));
    const machine = await machineDescription(dataRoot);
    console.error(machine);
    const results: RowResult[] = [];
    for (const { name, title, measures, run } of rows) {
      console.error(title);
      const samples = await run(bench);
      const command = ["deno task bench:load", ...Deno.args.filter((arg) => arg !== "--write-docs")].join(" ");
      results.push({ name, title, measures, samples, measuredAt: new Date().toISOString(), command, machine });
    }
    return results;
  } finally {
    Deno.removeSync(dataRoot, { recursive: true });
  }
}

function writeDocs(results: RowResult[]): void {
  if (options.candidate !== undefined || options.quick) fail("docs/ takes full figures of detcd itself only");
  const docs = `${projectRoot}docs/performance`;
  const before = JSON.parse(Deno.readTextFileSync(`${docs}.json`)) as RowResult[];
  const merged = allRows.flatMap(({ name }) => {
    const row = results.find((row) => row.name === name) ?? before.find((row) => row.name === name);
    return row === undefined ? [] : [row];
  });
  Deno.writeTextFileSync(`${docs}.json`, JSON.stringify(merged, undefined, 1) + "\n");
  Deno.writeTextFileSync(`${docs}.md`, betweenMarkers(Deno.readTextFileSync(`${docs}.md`), markdownTable(merged)));
  Deno.writeTextFileSync(`${docs}.svg`, chart(merged));
  console.log("docs/performance.json, .md and .svg are up to date");
}

function fail(message: string): never {
  console.error(message);
  Deno.exit(2);
}
