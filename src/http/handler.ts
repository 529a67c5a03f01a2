import { type AccessRules, guard } from "./access.ts";
import { expositionType, renderMetrics } from "./exposition.ts";
import { type HealthParts, healthRoutes } from "./health.ts";
import type { Versions } from "./health_source.ts";
import { methodNotAllowed, notFound } from "./responses.ts";
import type { Route } from "./route.ts";

/** What {@link createHttpHandlers} needs. */
export interface HttpParts extends HealthParts {
  /** What /version tells; asked for at each request. */
  versions(): Versions;
  /** Who may ask on the client port. */
  rules: AccessRules;
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

/** Answers each path by its route, others with 404. */
function dispatch(routes: ReadonlyMap<string, Route>): Route {
  return (request) => routes.get(new URL(request.url).pathname)?.(request) ?? notFound();
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
    client: guard(dispatch(all), parts),
    metrics: dispatch(shared),
  };
}
