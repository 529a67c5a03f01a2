import type { BenchRun } from "./bench_run.ts";
import type { Measure, Samples } from "./model.ts";

/** One row of the comparison: what is measured, and how. */
export interface Row {
  /** How it is selected on the command line. */
  name: string;
  title: string;
  measures: Measure[];
  run(bench: BenchRun): Promise<Samples>;
}
