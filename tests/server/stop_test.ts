import assert from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import { services } from "../../proto/gen/mod.ts";
import { startLocalServer } from "../support/local_server.ts";

type Call = grpc.ClientReadableStream<unknown>;
type Serialize<Request> = (request: Request) => ReturnType<typeof services.KV.Put.requestSerialize>;

/** A stream's first message, and then how it ended. */
function follow(call: Call) {
  const first = Promise.withResolvers<void>();
  const end = Promise.withResolvers<{ code: number; details: string }>();
  call.on("data", () => first.resolve());
  call.on("error", () => {}); // the status says it
  call.on("status", ({ code, details }: grpc.StatusObject) => end.resolve({ code, details }));
  return { first: first.promise, end: end.promise };
}

Deno.test("A member that stops ends streams of renewals and of health at once, as unavailable, and does not wait for them", async () => {
  const server = await startLocalServer();
  const client = new grpc.Client(server.endpoint, grpc.credentials.createInsecure());
  const { LeaseKeepAlive } = services.Lease;
  const renewals = client.makeBidiStreamRequest(
    LeaseKeepAlive.path,
    LeaseKeepAlive.requestSerialize as Serialize<unknown>,
    LeaseKeepAlive.responseDeserialize,
  );
  const { Watch } = services.Health;
  const health = client.makeServerStreamRequest(
    Watch.path,
    Watch.requestSerialize as Serialize<unknown>,
    Watch.responseDeserialize,
    { service: "" },
  );
  const streams = [follow(renewals as unknown as Call), follow(health as Call)];
  renewals.write({ ID: 1n });
  for (const { first } of streams) await first;
  const stopped = server.app.stop();
  for (const { end } of streams) assert.deepEqual(await end, { code: 14, details: "etcdserver: server stopped" });
  await stopped;
  client.close();
});
