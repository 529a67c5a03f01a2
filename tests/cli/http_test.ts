import assert from "node:assert/strict";
import { parseExposition } from "../support/exposition_parser.ts";
import { httpFixture } from "../support/health_double.ts";
import { testWithTools } from "../support/tools.ts";
import { RealEtcd } from "./real_etcd.ts";

/** What of an answer a client may depend on. The order of checks in a report is chance in etcd. */
interface Answer {
  status: number;
  headers: Record<string, string | null>;
  body: string;
}

const comparedHeaders = [
  "content-type",
  "x-content-type-options",
  "allow",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-headers",
];

async function answerOf(response: Response, { withBody }: { withBody: boolean }): Promise<Answer> {
  const body = await response.text();
  const lines = body.includes("[+]") ? body.split("\n").sort().join("\n") : body;
  return {
    status: response.status,
    headers: Object.fromEntries(comparedHeaders.map((name) => [name, response.headers.get(name)])),
    body: withBody ? lines : "",
  };
}

const paths = [
  "/health",
  "/health?exclude=NOSPACE&exclude=CORRUPT",
  "/health?serializable=true",
  "/health?serializable=nonsense",
  "/livez",
  "/livez?verbose",
  "/livez?exclude=serializable_read&verbose",
  "/livez/serializable_read",
  "/livez/linearizable_read",
  "/readyz",
  "/readyz?verbose",
  "/readyz?verbose=false",
  "/readyz?exclude=linearizable_read&exclude=bogus&verbose",
  "/readyz/data_corruption?verbose",
  "/readyz/serializable_read",
  "/readyz/linearizable_read?verbose",
  "/readyz/non_learner?exclude=non_learner&verbose",
  "/readyz/bogus",
  "/version",
  "/version?x",
  "/metrics",
  "/",
  "/bogus",
  "/health/",
  "/HEALTH",
];

testWithTools("the client port answers each path and method as etcd does", {
  tools: ["etcd"],
  async run({ etcd }) {
    await using real = await RealEtcd.start(etcd);
    const { etcdserver } = await (await fetch(`${real.clientUrl}/version`)).json() as { etcdserver: string };
    const { handlers } = httpFixture({ server: etcdserver });
    for (const path of paths) {
      for (const method of ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]) {
        const withBody = method !== "HEAD" && !path.startsWith("/metrics");
        const expected = await answerOf(await fetch(real.clientUrl + path, { method }), { withBody });
        const request = new Request(`http://127.0.0.1:2379${path}`, { method });
        assert.deepEqual(await answerOf(await handlers.client(request), { withBody }), expected, `${method} ${path}`);
      }
    }
  },
});

testWithTools("the metrics port answers each path as etcd does", {
  tools: ["etcd"],
  async run({ etcd }) {
    await using real = await RealEtcd.start(etcd);
    const { handlers } = httpFixture();
    for (const path of paths) {
      const withBody = !path.startsWith("/metrics");
      const expected = await answerOf(await fetch(real.metricsUrl + path), { withBody });
      const answer = await answerOf(await handlers.metrics(new Request(`http://x${path}`)), { withBody });
      assert.deepEqual(answer, expected, path);
    }
  },
});

/** A request over a connection of its own, because `fetch` does not let a caller choose the Host header. */
async function fetchWithHost(
  url: string,
  { method, headers }: { method: string; headers: Record<string, string> },
): Promise<Response> {
  const { hostname, port, host, pathname } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = Object.entries({ host, ...headers, connection: "close" }).map(([name, value]) => `${name}: ${value}`);
  const request = `${method} ${pathname} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
  await connection.write(new TextEncoder().encode(request));
  let text = "";
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
    text += decoder.decode(buffer.subarray(0, read), { stream: true });
  }
  const [head, body] = text.split("\r\n\r\n");
  const [status, ...fields] = head.split("\r\n");
  return new Response(body === "" ? null : body, {
    status: Number(status.split(" ")[1]),
    headers: fields.map((field): [string, string] => [field.split(": ")[0], field.split(": ")[1]]),
  });
}

testWithTools("host whitelist and CORS answer as etcd's do", {
  tools: ["etcd"],
  async run({ etcd }) {
    await using real = await RealEtcd.start(etcd, ["--host-whitelist=allowed.example", "--cors=http://a.example:80"]);
    const { handlers } = httpFixture({ hostWhitelist: ["allowed.example"], corsOrigins: ["http://a.example:80"] });
    const requests: { method: string; headers: Record<string, string> }[] = [
      { method: "GET", headers: {} },
      { method: "GET", headers: { host: "allowed.example" } },
      { method: "GET", headers: { host: "allowed.example:1", origin: "http://a.example:80" } },
      { method: "GET", headers: { host: "allowed.example", origin: "http://b.example:80" } },
      { method: "OPTIONS", headers: { host: "allowed.example", origin: "http://a.example:80" } },
      { method: "OPTIONS", headers: { host: "other.example", origin: "http://a.example:80" } },
    ];
    for (const { method, headers } of requests) {
      const expected = await fetchWithHost(`${real.clientUrl}/health`, { method, headers });
      // The text that explains a refusal is detcd's own.
      const withBody = expected.status === 200;
      const answer = await handlers.client(new Request(`${real.clientUrl}/health`, { method, headers }));
      assert.deepEqual(
        await answerOf(answer, { withBody }),
        await answerOf(expected, { withBody }),
        JSON.stringify({ method, headers }),
      );
    }
  },
});

testWithTools("parseExposition() reads etcd's own metrics, and the health metrics have etcd's names, types and help", {
  tools: ["etcd"],
  async run({ etcd }) {
    await using real = await RealEtcd.start(etcd);
    for (const path of ["/health", "/readyz", "/livez"]) await (await fetch(real.clientUrl + path)).text();
    const theirs = parseExposition(await (await fetch(`${real.clientUrl}/metrics`)).text());
    const { handlers } = httpFixture();
    const ask = async (path: string) => await (await handlers.client(new Request(`http://x${path}`))).text();
    for (const path of ["/health", "/readyz", "/livez"]) await ask(path);
    const ours = parseExposition(await ask("/metrics"));
    assert.equal(ours.size, 4);
    for (const [name, family] of ours) {
      const { type, help, samples } = theirs.get(name)!;
      assert.deepEqual({ type: family.type, help: family.help }, { type, help }, name);
      assert.deepEqual(family.samples, samples, name);
    }
  },
});
