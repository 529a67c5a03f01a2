import assert from "node:assert/strict";
import { type CallPlan, EchoClient, type Outcome } from "./echo_client.ts";
import { startEcho } from "./echo_server.ts";
import { ReferenceServer } from "./reference_server.ts";

const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

/** Calls whose outcome must not depend on the server. */
const plans: Record<string, CallPlan> = {
  "a unary call": { method: "unary", requests: [{ text: "hello" }] },
  "a unary call with a large request and answer": {
    method: "unary",
    requests: [{ text: "y".repeat(1_000_000), sizes: [3_000_000] }],
  },
  "an error": { method: "unary", requests: [{ code: 9, message: "not now" }] },
  "an error with a message of many kinds of characters": {
    method: "unary",
    requests: [{ code: 2, message: "\t\ntab, line\r\n, 100 %, BMP ☺, beyond \u{1F608}\t\n" }],
  },
  "an error without a message": { method: "unary", requests: [{ code: 5, message: "" }] },
  "metadata both ways": {
    method: "unary",
    requests: [{ text: "m" }],
    metadata: { "x-echo-initial": "some value", "x-echo-trailing-bin": bytes },
  },
  "metadata with an error": {
    method: "unary",
    requests: [{ code: 3, message: "bad" }],
    metadata: { "x-echo-initial": "some value", "x-echo-trailing-bin": bytes },
  },
  "a server stream": { method: "serverStream", requests: [{ sizes: [1, 70_000, 0, 16_384, 200_000] }] },
  "a server stream of nothing": { method: "serverStream", requests: [{}] },
  "a server stream that fails at once": { method: "serverStream", requests: [{ code: 7, message: "denied" }] },
  "a server stream that fails after messages": {
    method: "serverStream",
    requests: [{ sizes: [10, 100_000], code: 14, message: "gone" }],
    metadata: { "x-echo-trailing-bin": bytes },
  },
  "a client stream": {
    method: "clientStream",
    requests: Array.from({ length: 100 }, (_, i) => ({ text: "z".repeat(i * 100) })),
  },
  "a client stream of nothing": { method: "clientStream", requests: [] },
  "a client stream that fails": { method: "clientStream", requests: [{ text: "a" }, { code: 6, message: "exists" }] },
  "a bidirectional stream": {
    method: "bidi",
    requests: [{ text: "a" }, { sizes: [1, 100_000] }, { text: "b".repeat(100_000) }],
    metadata: { "x-echo-initial": "some value" },
  },
  "a bidirectional stream of nothing": { method: "bidi", requests: [] },
  "a bidirectional stream that fails": { method: "bidi", requests: [{ text: "a" }, { code: 10, message: "aborted" }] },
  "a deadline that passes": { method: "sleep", requests: [{}], timeoutMs: 50 },
  "a deadline that does not pass": { method: "unary", requests: [{ text: "in time" }], timeoutMs: 60_000 },
  "a call cancelled at once": { method: "sleep", requests: [{}], cancelAfter: 0 },
  "a stream cancelled after an answer": {
    method: "serverStream",
    requests: [{ sizes: [1], text: "stay open" }],
    cancelAfter: 1,
  },
};

/** What the two servers may say in words of their own. */
function comparable(outcome: Outcome): unknown {
  return outcome.code === 0 || outcome.code === 4 ? { ...outcome, details: "" } : outcome;
}

Deno.test("The engine and @grpc/grpc-js's server give the same answers to the same calls", async (t) => {
  const echo = startEcho();
  const reference = await ReferenceServer.start();
  const own = new EchoClient(echo.address);
  const other = new EchoClient(reference.address);
  for (const [name, plan] of Object.entries(plans)) {
    await t.step(name, async () => {
      const [ownOutcome, otherOutcome] = await Promise.all([own.call(plan), other.call(plan)]);
      assert.deepEqual(comparable(ownOutcome), comparable(otherOutcome));
      assert.notEqual(ownOutcome.code, -1);
    });
  }
  await t.step("compressed requests", async () => {
    const plan: CallPlan = { method: "unary", requests: [{ text: "q".repeat(50_000) }] };
    const outcomes: Outcome[] = [];
    for (const address of [echo.address, reference.address]) {
      const client = new EchoClient(address, { "grpc.default_compression_algorithm": 2 });
      outcomes.push(await client.call(plan));
      client.close();
    }
    assert.equal(outcomes[0].code, 0);
    assert.deepEqual(comparable(outcomes[0]), comparable(outcomes[1]));
  });
  await t.step("many calls at once", async () => {
    const requests = Array.from({ length: 500 }, (_, i) => ({ text: `call ${i}` }));
    const outcomes = await Promise.all(requests.map((request) => own.call({ method: "unary", requests: [request] })));
    assert.deepEqual(outcomes.map(({ messages }) => messages[0]), requests);
  });
  own.close();
  other.close();
  await echo.stop();
  reference.stop();
});
