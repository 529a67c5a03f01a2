import assert from "node:assert/strict";
import { services } from "../../proto/gen/mod.ts";
import { GrpcCaller } from "../compat/grpc_caller.ts";
import { startLocalServer } from "../support/local_server.ts";

const { Auth: _, ...served } = services;
const methods = Object.values(served).flatMap((service) => Object.values(service))
  .filter((method) => !method.requestStream)
  .map(({ path, responseStream }) => ({ name: path.slice(1), stream: responseStream }));

/** Field 1, of which the value is missing. */
const unreadable = Uint8Array.of(8);

Deno.test("Every call with one request refuses a request that cannot be read", async () => {
  assert.ok(methods.length > 25, `${methods.length} methods`);
  await using server = await startLocalServer();
  using caller = new GrpcCaller(server.endpoint);
  for (const { name, stream } of methods) {
    if (name.startsWith("grpc.health")) continue;
    const { code, details } = await caller.call(name, unreadable, { stream });
    assert.equal(code, 13, `${name}: ${details}`);
    assert.match(details, /unmarshal/, name);
  }
});
