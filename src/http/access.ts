import type { Logger } from "../ports/mod.ts";
import { plainError } from "./responses.ts";
import type { Route } from "./route.ts";

/** Who may ask over plain HTTP. */
export interface AccessRules {
  /** Origins whose pages may ask; "*" or none for all. */
  corsOrigins: readonly string[];
  /** Host names under which requests are answered; "*" or none for all. */
  hostWhitelist: readonly string[];
}

function allows(rules: readonly string[], candidate: string): boolean {
  return rules.length === 0 || rules.includes("*") || rules.includes(candidate);
}

/** The host that a request names, without the port. */
function hostOf(request: Request): string {
  const host = request.headers.get("host") ?? new URL(request.url).host;
  const match = /^(?:\[([^\]]*)\]|([^:]*)):[^:]*$/.exec(host);
  return match === null ? host : match[1] ?? match[2];
}

function allowedOrigin(request: Request, rules: AccessRules): string | undefined {
  if (allows(rules.corsOrigins, "*")) return "*";
  const origin = request.headers.get("origin");
  return origin !== null && allows(rules.corsOrigins, origin) ? origin : undefined;
}

/**
 * Puts the checks of etcd's client port before `route`: a host name that is not whitelisted is refused with 421 (against DNS
 * rebinding), answers carry CORS headers, and OPTIONS is answered by them alone.
 */
export function guard(route: Route, { rules, logger }: { rules: AccessRules; logger: Logger }): Route {
  return async (request) => {
    const host = hostOf(request);
    if (!allows(rules.hostWhitelist, host)) {
      logger.warn("rejecting HTTP request to prevent DNS rebinding attacks", { host });
      return plainError(
        421,
        `Host ${JSON.stringify(host)} is not allowed. Start the server with --host-whitelist ${JSON.stringify(host)}.`,
      );
    }
    const response = request.method === "OPTIONS" ? new Response(null) : await route(request);
    const origin = allowedOrigin(request, rules);
    if (origin !== undefined) {
      response.headers.set("access-control-allow-methods", "POST, GET, OPTIONS, PUT, DELETE");
      response.headers.set("access-control-allow-origin", origin);
      response.headers.set("access-control-allow-headers", "accept, content-type, authorization");
    }
    return response;
  };
}
