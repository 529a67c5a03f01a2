import assert from "node:assert/strict";
import { errors, Registry } from "../base/mod.ts";
import { parseExposition } from "../../tests/support/exposition_parser.ts";
import { type HttpFixture, httpFixture } from "../../tests/support/health_double.ts";
import { ManualClock } from "../../tests/support/manual_clock.ts";
import { createHttpHandlers } from "./mod.ts";

async function ask(fixture: HttpFixture, path: string, init?: RequestInit): Promise<{ status: number; body: string }> {
  const response = await fixture.handlers.client(new Request(`http://127.0.0.1:2379${path}`, init));
  return { status: response.status, body: await response.text() };
}

Deno.test("/health says why the member cannot serve", async () => {
  const fixture = httpFixture();
  assert.deepEqual(await ask(fixture, "/health"), { status: 200, body: '{"health":"true","reason":""}' });
  const failure = (reason: string) => ({ status: 503, body: `{"health":"false","reason":"${reason}"}\n` });
  fixture.health.reads.linearizable = () => Promise.reject(errors.noLeader());
  assert.deepEqual(await ask(fixture, "/health"), failure("RANGE ERROR:etcdserver: no leader"));
  fixture.health.leader = false;
  assert.deepEqual(await ask(fixture, "/health"), failure("RAFT NO LEADER"));
  fixture.health.raised = ["NOSPACE"];
  assert.deepEqual(await ask(fixture, "/health"), failure("ALARM NOSPACE"));
  assert.deepEqual(await ask(fixture, "/health?exclude=NOSPACE"), failure("RAFT NO LEADER"));
  assert.equal((await ask(fixture, "/health?exclude=NOSPACE&serializable=true")).status, 200);
  fixture.health.raised = ["NOSPACE", "CORRUPT"];
  assert.deepEqual(await ask(fixture, "/health?exclude=NOSPACE"), failure("ALARM CORRUPT"));
  assert.equal((await ask(fixture, "/health?exclude=NOSPACE&exclude=CORRUPT&serializable=true")).status, 200);
});

Deno.test("/health gives a read up after the request timeout, and forgets the timer of one that ends", async () => {
  const fixture = httpFixture();
  await ask(fixture, "/health");
  assert.equal(fixture.clock.timerCount, 0);
  fixture.health.reads.linearizable = () => new Promise(() => {});
  const answer = ask(fixture, "/health");
  fixture.clock.advance(6999);
  assert.equal(fixture.clock.timerCount, 1);
  fixture.clock.advance(1);
  assert.equal((await answer).body, '{"health":"false","reason":"RANGE ERROR:etcdserver: request timed out"}\n');
});

Deno.test("/livez looks at the local store alone, /readyz at the cluster too", async () => {
  const fixture = httpFixture();
  fixture.health.reads.linearizable = () => Promise.reject(errors.timeout());
  assert.deepEqual(await ask(fixture, "/livez"), { status: 200, body: "ok\n" });
  assert.deepEqual(await ask(fixture, "/livez?verbose"), { status: 200, body: "[+]serializable_read ok\nok\n" });
  const { status, body } = await ask(fixture, "/readyz");
  assert.equal(status, 503);
  assert.equal(
    body,
    "[+]data_corruption ok\n[+]serializable_read ok\n" +
      "[-]linearizable_read failed: etcdserver: request timed out\n[+]non_learner ok\n\n",
  );
  assert.equal((await ask(fixture, "/readyz?exclude=linearizable_read")).status, 200);
  assert.equal((await ask(fixture, "/readyz/serializable_read")).status, 200);
  assert.equal((await ask(fixture, "/readyz/linearizable_read")).status, 503);
});

Deno.test("/readyz reports a learner and corrupt data, each under its own check", async () => {
  const fixture = httpFixture();
  fixture.health.learner = true;
  fixture.health.raised = ["CORRUPT"];
  assert.equal(
    (await ask(fixture, "/readyz/non_learner")).body,
    "[-]non_learner failed: not supported for learner\n\n",
  );
  assert.equal(
    (await ask(fixture, "/readyz/data_corruption")).body,
    "[-]data_corruption failed: alarm activated: CORRUPT\n\n",
  );
  fixture.health.raised = ["NOSPACE"];
  assert.equal((await ask(fixture, "/readyz/data_corruption")).status, 200);
  assert.equal((await ask(fixture, "/livez")).status, 200);
});

Deno.test("/readyz warns of an excluded check that there is not", async () => {
  const fixture = httpFixture();
  await ask(fixture, "/readyz?exclude=bogus&exclude=non_learner&exclude=");
  assert.deepEqual(fixture.logger.lines, [{
    level: "warn",
    message: "some health checks cannot be excluded",
    fields: { "missing-health-checks": ["bogus"] },
  }]);
});

Deno.test("/metrics counts what the health endpoints have answered", async () => {
  const fixture = httpFixture();
  await ask(fixture, "/health");
  fixture.health.leader = false;
  await ask(fixture, "/health");
  await ask(fixture, "/health");
  fixture.health.reads.linearizable = () => Promise.reject(errors.timeout());
  await ask(fixture, "/readyz");
  const families = parseExposition((await ask(fixture, "/metrics")).body);
  assert.equal(families.get("etcd_server_health_success")!.samples[0].value, 1);
  assert.equal(families.get("etcd_server_health_failures")!.samples[0].value, 2);
  const results = families.get("etcd_server_healthcheck")!.samples;
  assert.deepEqual(
    results.map(({ labels, value }) => [labels.type, labels.name, value]),
    [["readyz", "data_corruption", 1], ["readyz", "linearizable_read", 0], ["readyz", "non_learner", 1], [
      "readyz",
      "serializable_read",
      1,
    ]],
  );
  const failed = families.get("etcd_server_healthchecks_total")!.samples.find((each) => each.labels.status === "error");
  assert.deepEqual(failed?.labels, { name: "linearizable_read", status: "error", type: "readyz" });
});

Deno.test("/version says what is not known yet", async () => {
  const { client } = createHttpHandlers({
    ...httpFixture(),
    source: httpFixture().health,
    clock: new ManualClock(),
    registry: new Registry(),
    requestTimeoutMs: 1,
    versions: () => ({ server: "3.7.1", cluster: undefined, storage: undefined }),
    rules: { corsOrigins: [], hostWhitelist: [] },
  });
  const response = await client(new Request("http://x/version"));
  assert.equal(await response.text(), '{"etcdserver":"3.7.1","etcdcluster":"not_decided","storage":"unknown"}');
});

Deno.test("the metrics port has health and metrics, but neither versions nor CORS headers", async () => {
  const { handlers } = httpFixture();
  const get = (path: string) => handlers.metrics(new Request(`http://x${path}`));
  assert.equal((await get("/metrics")).status, 200);
  assert.equal((await get("/health")).status, 200);
  assert.equal((await get("/readyz")).headers.has("access-control-allow-origin"), false);
  assert.equal((await get("/version")).status, 404);
});

Deno.test("the host whitelist refuses other hosts with 421, whatever the path", async () => {
  const fixture = httpFixture({ hostWhitelist: ["localhost", "::1"] });
  const status = async (host: string) => {
    const request = new Request("http://x/health", { headers: { host } });
    return (await fixture.handlers.client(request)).status;
  };
  assert.equal(await status("localhost:2379"), 200);
  assert.equal(await status("localhost"), 200);
  assert.equal(await status("[::1]:2379"), 200);
  assert.equal(await status("evil.example:2379"), 421);
  assert.equal(fixture.logger.lines[0].fields.host, "evil.example");
});

Deno.test("CORS headers name the asking origin when it is listed, and are missing when not", async () => {
  const { handlers } = httpFixture({ corsOrigins: ["http://a.example:80"] });
  const origin = async (from: string, method: string) => {
    const response = await handlers.client(new Request("http://x/health", { method, headers: { origin: from } }));
    return [response.status, response.headers.get("access-control-allow-origin")];
  };
  assert.deepEqual(await origin("http://a.example:80", "GET"), [200, "http://a.example:80"]);
  assert.deepEqual(await origin("http://b.example:80", "GET"), [200, null]);
  assert.deepEqual(await origin("http://a.example:80", "OPTIONS"), [200, "http://a.example:80"]);
});
