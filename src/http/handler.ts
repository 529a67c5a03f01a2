import type { Logger } from "../ports/mod.ts";
import { type AccessRules, guard } from "./access.ts";
import { expositionType, renderMetrics } from "./exposition.ts";
import { type HealthParts, healthRoutes } from "./health.ts";
import type { Versions } from "./health_source.ts";
import { methodNotAllowed, notFound } from "./responses.ts";
import type { Route } from "./route.ts";

/** What {@link createHttpHandlers} needs. */
export interface HttpParts extends HealthParts {
  versions(): Versions;
  rules: AccessRules;
  logger: Logger;
}

/** The handlers of a member's HTTP ports. */
export interface HttpHandlers {
  /** For `--listen-client-urls` and `--listen-client-http-urls`. */
  client: Route;
  /** For `--listen-metrics-urls`: metrics and health alone, without checks of host and origin. */
  metrics: Route;
}

function versionRoute(versions: () => Versions): Route {
  return (request) => {
    if (request.method !== "GET") return methodNotAllowed();
    const { server, cluster, storage } = versions();
    const body = JSON.stringify({
      etcdserver: server,
      etcdcluster: cluster ?? "not_decided",
      storage: storage ?? "unknown",
    });
    return new Response(body, { headers: { "content-type": "application/json" } });
  };
}

/** Answers each path by its route, others with 404. A route that throws is a bug: 500, and a line in the log. */
function dispatch(routes: ReadonlyMap<string, Route>, logger: Logger): Route {
  return async (request) => {
    const path = new URL(request.url).pathname;
    const route = routes.get(path);
    if (route === undefined) return notFound();
    try {
      return await route(request);
    } catch (error) {
      logger.error("HTTP handler failed", { path, error });
      return new Response("internal error\n", { status: 500 });
    }
  };
}

/** Makes the handlers for /health, /livez, /readyz, /version and /metrics, which answer as etcd 3.7 does. */
export function createHttpHandlers(parts: HttpParts): HttpHandlers {
  const shared = healthRoutes(parts);
  shared.set(
    "/metrics",
    () => new Response(renderMetrics(parts.registry), { headers: { "content-type": expositionType } }),
  );
  const all = new Map([...shared, ["/version", versionRoute(parts.versions)]]);
  return {
    client: guard(dispatch(all, parts.logger), parts),
    metrics: dispatch(shared, parts.logger),
  };
}
