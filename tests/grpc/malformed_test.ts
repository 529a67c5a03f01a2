import assert from "node:assert/strict";
import { GrpcServer } from "../../src/grpc/mod.ts";
import { Listener, systemClock } from "../../src/runtime/mod.ts";
import { RealEtcd } from "../cli/real_etcd.ts";
import { testWithTools } from "../support/tools.ts";
import { ListLogger } from "./echo_server.ts";
import { callHeaders, framed, type RawAnswer, RawClient, type RawRequest } from "./raw_client.ts";

const unaryPath = "/etcdserverpb.KV/Range";
const streamPath = "/etcdserverpb.Maintenance/Snapshot";
/** A RangeRequest for the key "a". */
const message = Uint8Array.of(10, 1, 97);

/** Requests with something wrong with them, none of which reaches a handler with etcd. */
const requests: Record<string, RawRequest> = {
  "an unknown service": { headers: callHeaders("/no.Such/Method"), body: [framed(message)] },
  "an unknown method": { headers: callHeaders("/etcdserverpb.KV/Nothing"), body: [framed(message)] },
  "a path without a method": { headers: callHeaders("/nothing"), body: [framed(message)] },
  "an unknown method, request left open": { headers: callHeaders("/no.Such/Method"), keepOpen: true },
  "another content type": {
    headers: callHeaders(unaryPath, { "content-type": "text/plain" }),
    body: [framed(message)],
  },
  "grpc-web": { headers: callHeaders(unaryPath, { "content-type": "application/grpc-web" }), body: [framed(message)] },
  "no content type": { headers: callHeaders(unaryPath, { "content-type": undefined }), body: [framed(message)] },
  "GET": { headers: callHeaders(unaryPath, { ":method": "GET" }) },
  "PUT, request left open": { headers: callHeaders(unaryPath, { ":method": "PUT" }), keepOpen: true },
  "GET and another content type": {
    headers: callHeaders(unaryPath, { ":method": "GET", "content-type": "text/html" }),
  },
  "two hosts": { headers: [...callHeaders(unaryPath), "host", "a", "host", "b"], body: [framed(message)] },
  "a timeout without a number": { headers: callHeaders(unaryPath, { "grpc-timeout": "S" }), body: [framed(message)] },
  "a timeout with a bad unit": { headers: callHeaders(unaryPath, { "grpc-timeout": "5x" }), body: [framed(message)] },
  "a timeout with a bad number": {
    headers: callHeaders(unaryPath, { "grpc-timeout": "5e3S" }),
    body: [framed(message)],
  },
  "a timeout that is too long": {
    headers: callHeaders(unaryPath, { "grpc-timeout": "123456789S" }),
    body: [framed(message)],
  },
  "a timeout of zero": { headers: callHeaders(unaryPath, { "grpc-timeout": "0n" }), body: [framed(message)] },
  "an unknown encoding": { headers: callHeaders(unaryPath, { "grpc-encoding": "snappy" }), body: [framed(message)] },
  "an unknown encoding of a stream": {
    headers: callHeaders(streamPath, { "grpc-encoding": "snappy" }),
    body: [framed(message)],
  },
  "a compressed message without an encoding": {
    headers: callHeaders(unaryPath),
    body: [framed(message, { flags: 1 })],
  },
  "a compressed message with identity": {
    headers: callHeaders(unaryPath, { "grpc-encoding": "identity" }),
    body: [framed(message, { flags: 1 })],
  },
  "a message with unknown flags": { headers: callHeaders(unaryPath), body: [framed(message, { flags: 2 })] },
  "an empty body": { headers: callHeaders(unaryPath), body: [new Uint8Array(0)] },
  "half a prefix": { headers: callHeaders(unaryPath), body: [Uint8Array.of(0, 0)] },
  "half a message": { headers: callHeaders(unaryPath), body: [framed(message, { length: 10 })] },
  "a message that is too large": { headers: callHeaders(unaryPath), body: [framed(message, { length: 2097153 })] },
  "a message of 4 GiB": { headers: callHeaders(unaryPath), body: [framed(message, { length: 0xffffffff })] },
  "a stream with an empty body": { headers: callHeaders(streamPath), body: [new Uint8Array(0)] },
  "a stream with half a message": { headers: callHeaders(streamPath), body: [framed(message, { length: 10 })] },
  "a stream with two requests": { headers: callHeaders(streamPath), body: [framed(message), framed(message)] },
  "a stream with a request that is too large": {
    headers: callHeaders(streamPath),
    body: [framed(message, { length: 3000000 })],
  },
  "a subtype and an unknown method": {
    headers: callHeaders("/no.Such/Method", { "content-type": "application/grpc+proto" }),
    body: [framed(message)],
  },
  "a parameter and an unknown method": {
    headers: callHeaders("/no.Such/Method", { "content-type": "application/grpc;charset=x" }),
    body: [framed(message)],
  },
};

const identity = (bytes: Uint8Array) => bytes as Buffer;
const codec = {
  requestSerialize: identity,
  requestDeserialize: identity,
  responseSerialize: identity,
  responseDeserialize: identity,
};
const definition = {
  range: { path: unaryPath, requestStream: false, responseStream: false, ...codec },
  snapshot: { path: streamPath, requestStream: false, responseStream: true, ...codec },
} as const;

/** What must be the same: everything but an empty grpc-message, which nobody can tell from none. */
function comparable(answer: RawAnswer): unknown {
  const { headers, trailers, resetCode } = answer;
  const relevant = (list: Record<string, string>) =>
    Object.fromEntries(Object.entries(list).filter(([name, value]) => value !== "" && name !== "grpc-accept-encoding"));
  return { headers: relevant(headers), trailers: relevant(trailers), resetCode };
}

testWithTools("The engine answers malformed calls as etcd's grpc-go does", {
  tools: ["etcd"],
  async run({ etcd }, t) {
    await using real = await RealEtcd.start(etcd);
    const logger = new ListLogger();
    const server = new GrpcServer({ clock: systemClock, logger });
    server.addService(definition, {
      range: () => assert.fail("the call is malformed"),
      snapshot: () => assert.fail("the call is malformed"),
    });
    const listener = new Listener({ server, clock: systemClock, logger });
    const { port } = listener.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 }) as Deno.NetAddr;
    for (const [name, request] of Object.entries(requests)) {
      await t.step(name, async () => {
        const answers: unknown[] = [];
        for (const serverPort of [port, Number(new URL(real.clientUrl).port)]) {
          const client = await RawClient.connect(serverPort);
          answers.push(comparable(await client.request(request)));
          await client.close();
        }
        assert.deepEqual(answers[0], answers[1]);
      });
    }
    // Here grpc-go never answers; the engine does as with an empty body.
    await t.step("requests that end with their headers", async () => {
      const client = await RawClient.connect(port);
      const unary = await client.request({ headers: callHeaders(unaryPath) });
      assert.deepEqual([unary.headers["grpc-status"], unary.headers["grpc-message"]], ["2", "EOF"]);
      const stream = await client.request({ headers: callHeaders(streamPath) });
      assert.equal(stream.headers["grpc-status"], "13");
      await client.close();
    });
    await listener.stop({ drainMs: 0 });
    server.close();
  },
});
