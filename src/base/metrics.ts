import { assert } from "./assert.ts";

/** A number that only grows. Adding is one addition on a field, so hot paths may count everything. */
export class Counter {
  /** The sum so far. */
  value = 0;
  /** Adds 1. */
  increment(): void {
    this.value++;
  }
  /** Adds `amount`, which is not negative. */
  add(amount: number): void {
    this.value += amount;
  }
}

/** A number that goes up and down. */
export class Gauge {
  /** The number now. */
  value = 0;
  /** Replaces the number. */
  set(value: number): void {
    this.value = value;
  }
  /** Adds `amount`, which may be negative. */
  add(amount: number): void {
    this.value += amount;
  }
}

/** How many observations fell below each of a few bounds, how many there were and what they add up to. */
export class Histogram {
  /** Upper bounds of the buckets, inclusive, ascending. */
  readonly bounds: readonly number[];
  /** Observations per bucket, not cumulative; the last one counts what is above all bounds. */
  readonly counts: Float64Array;
  /** The sum of all observations. */
  sum = 0;

  /** `bounds` are the upper bounds of the buckets, inclusive, ascending; above the last there is one more bucket. */
  constructor(bounds: readonly number[]) {
    assert(bounds.every((bound, at) => at === 0 || bounds[at - 1] < bound), "histogram bounds must ascend");
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** Counts one observation. */
  observe(value: number): void {
    const bounds = this.bounds;
    let at = 0;
    while (at < bounds.length && value > bounds[at]) at++;
    this.counts[at]++;
    this.sum += value;
  }

  /** The number of observations. */
  get count(): number {
    let count = 0;
    for (const each of this.counts) count += each;
    return count;
  }
}

/** `count` bounds, each `factor` times the one before, as etcd's histograms have them. */
export function exponentialBounds(first: number, { factor, count }: { factor: number; count: number }): number[] {
  const bounds: number[] = [];
  for (let bound = first; bounds.length < count; bound *= factor) bounds.push(bound);
  return bounds;
}

/** What a family's metrics are. */
export type MetricType = "counter" | "gauge" | "histogram";

/** One metric of a family: its label values, in the order of the family's label names, and itself. */
export interface Labelled<Metric> {
  /** Values of the family's labels, in the order of their names. */
  readonly labelValues: readonly string[];
  /** The metric itself. */
  readonly metric: Metric;
}

/**
 * The metrics of one name, told apart by the values of a fixed set of labels. Look a metric up once and keep it: the look-up
 * is not for hot paths.
 */
export class Family<Metric> {
  readonly #children = new Map<string, Labelled<Metric>>();
  readonly #make: () => Metric;

  /** `make` makes a metric at zero; a family without labels makes its one at once. */
  constructor(
    readonly name: string,
    readonly spec: { type: MetricType; help: string; labelNames: readonly string[]; make: () => Metric },
  ) {
    this.#make = spec.make;
    if (spec.labelNames.length === 0) this.labels();
  }

  /** The metric with these label values, in the order of the label names; made at its first use. */
  labels(...values: string[]): Metric {
    assert(values.length === this.spec.labelNames.length, `metric ${this.name}: wrong number of label values`);
    const key = values.join("\u0000");
    let child = this.#children.get(key);
    if (child === undefined) {
      child = { labelValues: values, metric: this.#make() };
      this.#children.set(key, child);
    }
    return child.metric;
  }

  /** All metrics made so far. */
  children(): Iterable<Labelled<Metric>> {
    return this.#children.values();
  }
}

/** A family of any type, for writing it out. */
export type AnyFamily = Family<Counter> | Family<Gauge> | Family<Histogram>;

/** Names and help texts of what can be asked of {@link Registry}. */
export interface MetricOptions {
  /** What the metric tells, in a sentence. */
  help: string;
}

/** All metrics of a process. Each name is registered once, by who owns the fact. */
export class Registry {
  readonly #families = new Map<string, AnyFamily>();
  readonly #collectors: (() => void)[] = [];

  #register<F extends AnyFamily>(family: F): F {
    assert(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(family.name), `metric name ${family.name} is not valid`);
    assert(!this.#families.has(family.name), `metric ${family.name} is registered twice`);
    this.#families.set(family.name, family);
    return family;
  }

  /** A counter without labels. */
  counter(name: string, options: MetricOptions): Counter {
    return this.counters(name, { ...options, labelNames: [] }).labels();
  }

  /** A family of counters. */
  counters(name: string, options: MetricOptions & { labelNames: readonly string[] }): Family<Counter> {
    return this.#register(new Family(name, { ...options, type: "counter", make: () => new Counter() }));
  }

  /** A gauge without labels. */
  gauge(name: string, options: MetricOptions): Gauge {
    return this.gauges(name, { ...options, labelNames: [] }).labels();
  }

  /** A family of gauges. */
  gauges(name: string, options: MetricOptions & { labelNames: readonly string[] }): Family<Gauge> {
    return this.#register(new Family(name, { ...options, type: "gauge", make: () => new Gauge() }));
  }

  /** A histogram without labels. */
  histogram(name: string, options: MetricOptions & { bounds: readonly number[] }): Histogram {
    return this.histograms(name, { ...options, labelNames: [] }).labels();
  }

  /** A family of histograms. */
  histograms(
    name: string,
    options: MetricOptions & { bounds: readonly number[]; labelNames: readonly string[] },
  ): Family<Histogram> {
    const make = () => new Histogram(options.bounds);
    return this.#register(new Family(name, { ...options, type: "histogram", make }));
  }

  /** Calls `collect` before metrics are read: for facts that are cheaper to ask for than to keep up to date. */
  onCollect(collect: () => void): void {
    this.#collectors.push(collect);
  }

  /** All families with up-to-date values, in the order of their names. */
  collect(): AnyFamily[] {
    for (const collect of this.#collectors) collect();
    return [...this.#families.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }
}
