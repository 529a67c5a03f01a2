import { type Counter, errors, type Family, type Gauge, type Registry } from "../base/mod.ts";
import type { Clock, Logger } from "../ports/mod.ts";
import type { AlarmName, HealthSource } from "./health_source.ts";
import { methodNotAllowed, plainError } from "./responses.ts";
import type { Route } from "./route.ts";

/** What {@link healthRoutes} needs. */
export interface HealthParts {
  /** The member. */
  source: HealthSource;
  /** What times reads out. */
  clock: Clock;
  /** Where failed checks are said. */
  logger: Logger;
  /** Where the metrics of the checks are registered. */
  registry: Registry;
  /** How long a read may take before the check counts as failed. */
  requestTimeoutMs: number;
}

const namedAlarms: ReadonlySet<string> = new Set(["NOSPACE", "CORRUPT"]);

/** A check of /livez or /readyz: resolves to the reason why it fails, or to undefined. */
type Check = () => Promise<string | undefined>;

/** One group of checks, served under `/name` and each under `/name/check`. */
interface CheckGroup {
  name: "livez" | "readyz";
  checks: ReadonlyMap<string, Check>;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The routes /health, /livez, /readyz and the single checks below the last two, as etcd 3.7 has them. */
export function healthRoutes(parts: HealthParts): Map<string, Route> {
  const checks = new HealthChecks(parts);
  const routes = new Map<string, Route>([["/health", (request) => checks.health(request)]]);
  for (const group of checks.groups) {
    routes.set(`/${group.name}`, (request) => checks.all(request, group));
    for (const name of group.checks.keys()) {
      routes.set(`/${group.name}/${name}`, (request) => checks.answer(request, group, [name]));
    }
  }
  return routes;
}

class HealthChecks {
  readonly groups: readonly CheckGroup[];
  readonly #source: HealthSource;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #requestTimeoutMs: number;
  readonly #successes: Counter;
  readonly #failures: Counter;
  readonly #results: Family<Gauge>;
  readonly #runs: Family<Counter>;

  constructor(parts: HealthParts) {
    this.#source = parts.source;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
    this.#requestTimeoutMs = parts.requestTimeoutMs;
    const { registry } = parts;
    this.#successes = registry.counter("etcd_server_health_success", {
      help: "The total number of successful health checks",
    });
    this.#failures = registry.counter("etcd_server_health_failures", {
      help: "The total number of failed health checks",
    });
    this.#results = registry.gauges("etcd_server_healthcheck", {
      help: "The result of each kind of healthcheck.",
      labelNames: ["type", "name"],
    });
    this.#runs = registry.counters("etcd_server_healthchecks_total", {
      help: "The total number of each kind of healthcheck.",
      labelNames: ["type", "name", "status"],
    });
    const serializableRead = () => this.#readFailure({ serializable: true });
    this.groups = [
      { name: "livez", checks: new Map([["serializable_read", serializableRead]]) },
      {
        name: "readyz",
        checks: new Map<string, Check>([
          ["data_corruption", () => Promise.resolve(this.#alarmFailure("CORRUPT"))],
          ["serializable_read", serializableRead],
          ["linearizable_read", () => this.#readFailure({ serializable: false })],
          ["non_learner", () => Promise.resolve(this.#source.isLearner() ? "not supported for learner" : undefined)],
        ]),
      },
    ];
  }

  /** Answers /health: JSON that says whether the member can serve, and if not, why. */
  async health(request: Request): Promise<Response> {
    if (request.method !== "GET") return methodNotAllowed();
    const query = new URL(request.url).searchParams;
    const excluded = new Set(query.getAll("exclude"));
    const reason = await this.#healthFailure({ excluded, serializable: query.get("serializable") === "true" });
    const body = JSON.stringify({ health: reason === "" ? "true" : "false", reason });
    if (reason === "") {
      this.#successes.increment();
      return new Response(body, { headers: { "content-type": "text/plain; charset=utf-8" } });
    }
    this.#failures.increment();
    this.#logger.warn("/health error", { output: body, "status-code": 503 });
    return plainError(503, body);
  }

  /** Answers /livez and /readyz: all checks of the group but those that `exclude` names. */
  all(request: Request, group: CheckGroup): Promise<Response> {
    const excluded = new Set(new URL(request.url).searchParams.getAll("exclude").filter((name) => name !== ""));
    const names = [...group.checks.keys()].filter((name) => !excluded.has(name));
    const missing = [...excluded].filter((name) => !group.checks.has(name));
    if (missing.length > 0 && request.method === "GET") {
      this.#logger.warn("some health checks cannot be excluded", { "missing-health-checks": missing });
    }
    return this.answer(request, group, names);
  }

  /** Runs the named checks of the group and says how they went. */
  async answer(request: Request, group: CheckGroup, names: readonly string[]): Promise<Response> {
    if (request.method !== "GET") return methodNotAllowed();
    const reasons = await Promise.all(names.map((name) => group.checks.get(name)!()));
    let report = "";
    let failed = false;
    names.forEach((name, at) => {
      const reason = reasons[at];
      const status = reason === undefined ? "success" : "error";
      report += reason === undefined ? `[+]${name} ok\n` : `[-]${name} failed: ${reason}\n`;
      failed ||= reason !== undefined;
      this.#results.labels(group.name, name).set(reason === undefined ? 1 : 0);
      this.#runs.labels(group.name, name, status).increment();
    });
    const url = new URL(request.url);
    if (failed) {
      this.#logger.error("Health check error", { path: url.pathname, reason: report, "status-code": 503 });
      return plainError(503, report);
    }
    return new Response(url.searchParams.has("verbose") ? `${report}ok\n` : "ok\n", {
      headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
    });
  }

  async #healthFailure(
    { excluded, serializable }: { excluded: ReadonlySet<string>; serializable: boolean },
  ): Promise<string> {
    const alarm = this.#source.alarms().find((each) => !excluded.has(each));
    if (alarm !== undefined) return `ALARM ${namedAlarms.has(alarm) ? alarm : "UNKNOWN"}`;
    if (!serializable && !this.#source.hasLeader()) return "RAFT NO LEADER";
    const reason = await this.#readFailure({ serializable });
    return reason === undefined ? "" : `RANGE ERROR:${reason}`;
  }

  #alarmFailure(alarm: AlarmName): string | undefined {
    return this.#source.alarms().includes(alarm) ? `alarm activated: ${alarm}` : undefined;
  }

  /** Why a read fails, or that it takes too long. */
  #readFailure(options: { serializable: boolean }): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(this.#requestTimeoutMs, () => resolve(errors.timeout().message));
      this.#source.read(options).then(() => undefined, reasonOf).then((reason) => {
        timer.cancel();
        resolve(reason);
      });
    });
  }
}
