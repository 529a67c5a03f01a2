import assert from "node:assert/strict";
import { testWithTools } from "../support/tools.ts";
import { Pair } from "./pair.ts";

interface HttpRequest {
  path: string;
  method?: string;
  body?: string;
}

const requests: readonly HttpRequest[] = [
  ...["/health", "/version", "/livez", "/readyz"].flatMap((path) => [
    { path },
    { path: `${path}?verbose` },
    { path: `${path}?verbose=true` },
    ...["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"].map((method) => ({ path, method })),
    { path: `${path}/` },
    { path: `${path}/nothing` },
  ]),
  { path: "/health?serializable=true" },
  { path: "/health?serializable=false" },
  { path: "/health?exclude=NOSPACE" },
  { path: "/health?exclude=" },
  { path: "/health?exclude=NOSPACE&exclude=CORRUPT" },
  { path: "/livez/serializable_read" },
  { path: "/livez/serializable_read?verbose" },
  { path: "/livez?exclude=serializable_read" },
  { path: "/livez?exclude=serializable_read&verbose" },
  { path: "/livez?exclude=nothing" },
  { path: "/readyz/serializable_read" },
  { path: "/readyz/linearizable_read?verbose" },
  { path: "/readyz/data_corruption" },
  { path: "/readyz/non_learner?verbose" },
  { path: "/readyz/non_learner", method: "POST" },
  { path: "/readyz?exclude=non_learner&exclude=linearizable_read&verbose" },
  { path: "/readyz?exclude=nothing&verbose" },
  { path: "/" },
  { path: "/nothing" },
  { path: "/nothing", method: "POST", body: "x" },
  { path: "/Health" },
  { path: "/healthz" },
  { path: "/v2/keys" },
];

/** Headers that say how the body is meant, not when and how it was sent. */
const comparedHeaders = ["content-type", "allow", "x-content-type-options", "location"];

async function outcome(endpoint: string, { path, method = "GET", body }: HttpRequest): Promise<string> {
  const response = await fetch(`http://${endpoint}${path}`, { method, body, redirect: "manual" });
  const headers = comparedHeaders.map((name) => `${name}: ${response.headers.get(name) ?? "(absent)"}`);
  return [response.status, ...headers, "", sortedChecks(await response.text())].join("\n");
}

/** etcd lists the checks of /readyz in an order that is another at each request. */
function sortedChecks(body: string): string {
  const lines = body.split("\n");
  const checks = lines.filter((line) => /^\[[-+]\]/.test(line)).sort();
  return [...checks, ...lines.filter((line) => !/^\[[-+]\]/.test(line))].join("\n");
}

testWithTools("detcd answers HTTP requests on the client port as etcd does", {
  tools: ["etcd"],
  run: async () => {
    await using pair = await Pair.start();
    const endpoints = [pair.etcd.endpoint, pair.candidate.endpoint];
    const failures: string[] = [];
    for (const request of requests) {
      const [etcd, detcd] = await Promise.all(endpoints.map((endpoint) => outcome(endpoint, request)));
      if (etcd !== detcd) {
        failures.push(`${request.method ?? "GET"} ${request.path}\n=== etcd\n${etcd}\n=== detcd\n${detcd}`);
      }
    }
    assert.equal(failures.length, 0, `${failures.length} answers differ:\n\n${failures.join("\n\n")}`);
  },
});

const alarms = [[], [1], [2], [1, 2], [9]];

testWithTools("detcd tells of alarms on /health, /livez and /readyz as etcd does", {
  tools: ["etcd"],
  run: async () => {
    await using pair = await Pair.start();
    const method = "etcdserverpb.Maintenance/Alarm";
    for (const raised of alarms) {
      for (const alarm of raised) await pair.both({ method, request: { action: 1, alarm, memberID: 5 } });
      const paths = ["/livez", "/readyz", "/readyz/data_corruption", "/readyz?exclude=data_corruption"];
      paths.push("/health?exclude=NOSPACE", "/health?exclude=CORRUPT", "/health?exclude=NOSPACE&exclude=CORRUPT");
      // Of several etcd names any.
      if (raised.length < 2) paths.push("/health", "/health?serializable=true", "/health?exclude=9");
      for (const path of paths) {
        const [etcd, detcd] = await Promise.all(
          [pair.etcd, pair.candidate].map(({ endpoint }) => outcome(endpoint, { path })),
        );
        assert.equal(detcd, etcd, `${path} with alarms ${raised}`);
      }
      for (const alarm of raised) await pair.both({ method, request: { action: 2, alarm, memberID: 5 } });
    }
  },
});
