import assert from "node:assert/strict";
import fc from "fast-check";
import { EchoClient } from "../../tests/grpc/echo_client.ts";
import { makeEchoServer, startEcho } from "../../tests/grpc/echo_server.ts";
import { callHeaders, framed, RawClient, RawPeer } from "../../tests/grpc/raw_client.ts";
import { propertyOptions } from "../../tests/support/seed.ts";
import { systemClock } from "./clock.ts";
import { Listener } from "./listener.ts";
import type { RequestHandler } from "./listener_request.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Tells what a request looked like. */
const describe: RequestHandler = async (request, info) => {
  if (new URL(request.url).pathname === "/throw") throw new Error("handler bug");
  const body = await request.text();
  const { pathname, search, host } = new URL(request.url);
  const isLocal = info.transport.peer.startsWith("127.0.0.1:");
  return Response.json({ method: request.method, host, path: pathname + search, bytes: body.length, isLocal }, {
    status: 203,
    headers: { "x-answer": "yes" },
  });
};

async function readToEnd(conn: Deno.Conn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(4096);
  try {
    for (let count = await conn.read(buffer); count !== null; count = await conn.read(buffer)) {
      text += decoder.decode(buffer.subarray(0, count));
    }
  } catch { /* reset by the other side */ }
  conn.close();
  return text;
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** A client whose output is written by hand, and which reads nothing. Its windows are as large as they can be. */
class SilentClient extends RawPeer {
  constructor() {
    super({ initialWindowBytes: 0x7fffffff, connectionWindowBytes: 0x7fffffff });
  }
  onOutput(): void {}
}

/** Lets everything that is waiting happen. */
function turn(): Promise<void> {
  return new Promise((resolve) => systemClock.nextTurn(resolve));
}

function connect(port: number): Promise<Deno.TcpConn> {
  return Deno.connect({ hostname: "127.0.0.1", port });
}

Deno.test("Listener serves HTTP/1.1 on the gRPC port: bodies, keep-alive, errors", async () => {
  const echo = startEcho({ http: describe });
  const url = `http://${echo.address}`;
  const got = await fetch(`${url}/health?serializable=true`);
  assert.equal(got.status, 203);
  assert.equal(got.headers.get("x-answer"), "yes");
  assert.deepEqual(await got.json(), {
    method: "GET",
    host: echo.address,
    path: "/health?serializable=true",
    bytes: 0,
    isLocal: true,
  });
  const posted = await fetch(`${url}/v3/kv/put`, { method: "POST", body: "x".repeat(1_000_000) });
  assert.equal((await posted.json()).bytes, 1_000_000);
  const failed = await fetch(`${url}/throw`);
  assert.equal(failed.status, 500);
  await failed.body?.cancel();

  const conn = await connect(echo.port);
  const request = (path: string, more = "") => encoder.encode(`GET ${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n`);
  await writeAll(conn, request("/a"));
  await writeAll(conn, request("/b", "Connection: close\r\n"));
  const text = await readToEnd(conn);
  assert.equal(text.match(/HTTP\/1\.1 203/g)?.length, 2);
  assert.ok(text.indexOf('"/a"') < text.indexOf('"/b"'));
  await echo.stop();
});

Deno.test("Listener answers malformed HTTP/1.1 with 400, what is no HTTP not at all, and half-closed clients as others", async () => {
  const echo = startEcho({ http: describe });
  const broken = await connect(echo.port);
  await writeAll(broken, encoder.encode("GET / HTTP/1.1\r\nno colon\r\n\r\n"));
  assert.match(await readToEnd(broken), /^HTTP\/1\.1 400/);
  const foreign = await connect(echo.port);
  await writeAll(foreign, encoder.encode("NOT HTTP AT ALL\r\n\r\n"));
  assert.equal(await readToEnd(foreign), "");
  const halfOpen = await connect(echo.port);
  await writeAll(halfOpen, encoder.encode("GET /half HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
  await halfOpen.closeWrite();
  assert.match(await readToEnd(halfOpen), /^HTTP\/1\.1 203/);
  await echo.stop();
});

Deno.test("Listener serves plain HTTP/2 and gRPC on one connection", async () => {
  const echo = startEcho({ http: describe });
  const client = await RawClient.connect(echo.port);
  const plain = await client.request({
    headers: callHeaders("/v3/kv/range?x=1", { "content-type": "application/json", te: undefined }),
    body: [new Uint8Array(100_000).fill(97)],
  });
  assert.equal(plain.headers[":status"], "203");
  assert.equal(plain.headers["x-answer"], "yes");
  assert.deepEqual(JSON.parse(decoder.decode(plain.body)), {
    method: "POST",
    host: "localhost",
    path: "/v3/kv/range?x=1",
    bytes: 100_000,
    isLocal: true,
  });
  const grpc = await client.request({
    headers: callHeaders("/test.Echo/Unary"),
    body: [framed(encoder.encode('{"text":"a"}'))],
  });
  assert.equal(grpc.trailers["grpc-status"], "0");
  const withBody = await client.request({
    headers: callHeaders("/read", { ":method": "GET", "content-type": undefined }),
    body: [new Uint8Array(600_000), new Uint8Array(600_000)],
  });
  assert.deepEqual([withBody.headers[":status"], withBody.resetCode], ["203", -1]);
  const failed = await client.request({
    headers: callHeaders("/throw", { ":method": "GET", "content-type": undefined }),
  });
  assert.equal(failed.headers[":status"], "500");
  await client.close();
  await echo.stop();
});

Deno.test("Listener aborts a plain request's signal when its client goes away", async () => {
  const aborted = Promise.withResolvers<void>();
  const echo = startEcho({
    http: (request) => {
      request.signal.addEventListener("abort", () => aborted.resolve());
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(encoder.encode("first")) }));
    },
  });
  const conn = await connect(echo.port);
  await writeAll(conn, encoder.encode("GET /watch HTTP/1.1\r\nHost: h\r\n\r\n"));
  await conn.read(new Uint8Array(1000));
  conn.close();
  await aborted.promise;
  await echo.stop();
});

Deno.test("Listener serves several addresses at once, unix sockets among them, and replaces a stale socket file", async () => {
  const { server, logger } = makeEchoServer();
  const directory = await Deno.makeTempDir();
  const path = `${directory}/echo.sock`;
  const stale = Deno.listen({ transport: "unix", path });
  stale.close();
  const listener = new Listener({ server, clock: systemClock, logger });
  const { port } = listener.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 }) as Deno.NetAddr;
  listener.listen({ transport: "unix", path });
  for (const address of [`127.0.0.1:${port}`, `unix:${path}`]) {
    const client = new EchoClient(address);
    assert.equal((await client.call({ method: "unary", requests: [{ text: "a" }] })).code, 0);
    client.close();
  }
  await listener.stop({ drainMs: 0 });
  server.close();
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("Listener does not replace a file that is no socket", async () => {
  const { server, logger } = makeEchoServer();
  const path = await Deno.makeTempFile();
  const listener = new Listener({ server, clock: systemClock, logger });
  assert.throws(() => listener.listen({ transport: "unix", path }));
  await listener.stop({ drainMs: 0 });
  assert.ok((await Deno.stat(path)).isFile);
  await Deno.remove(path);
});

Deno.test("Listener closes connections that say nothing, or stop in the middle of a request", async () => {
  const echo = startEcho({ http: describe, listener: { openingTimeoutMs: 50, headTimeoutMs: 50, bodyTimeoutMs: 50 } });
  const starts = ["", "PR", "GET / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12"];
  await Promise.all(starts.map(async (start) => {
    const conn = await connect(echo.port);
    await writeAll(conn, encoder.encode(start));
    await readToEnd(conn);
  }));
  assert.equal(echo.listener.connectionCount, 0);
  await echo.stop();
});

Deno.test("Listener's bound of connections closes what comes above it", async () => {
  const echo = startEcho({ listener: { connectionsMax: 1 } });
  const first = await RawClient.connect(echo.port);
  const request = { headers: callHeaders("/test.Echo/Unary"), body: [framed(encoder.encode("{}"))] };
  assert.equal((await first.request(request)).trailers["grpc-status"], "0");
  assert.equal(await readToEnd(await connect(echo.port)), "");
  await first.close();
  await echo.stop();
});

Deno.test("Listener.stop() lets a running call end, then closes", async () => {
  const echo = startEcho();
  const client = await RawClient.connect(echo.port);
  const open = client.open({ headers: callHeaders("/test.Echo/Bidi"), keepOpen: true });
  client.connection.sendData(open.stream, framed(encoder.encode('{"text":"a"}')), false);
  while (open.answer.body.length === 0) await turn();
  const stopped = echo.listener.stop({ drainMs: 60_000 });
  while (client.goaway === undefined) await turn();
  client.connection.sendData(open.stream, framed(encoder.encode('{"text":"b"}')), true);
  const answer = await open.answered;
  assert.equal(answer.trailers["grpc-status"], "0");
  assert.equal(answer.resetCode, -1);
  await stopped;
  await client.close();
  await echo.stop();
});

Deno.test("Listener.stop() cuts off what does not end in time, and tells its handler", async () => {
  const echo = startEcho();
  const client = await RawClient.connect(echo.port);
  const open = client.open({ headers: callHeaders("/test.Echo/Sleep"), body: [framed(encoder.encode("{}"))] });
  while (echo.server.methodStats()[4].started === 0) {
    await turn();
  }
  await echo.listener.stop({ drainMs: 20 });
  assert.equal(echo.events.cancelled, 1);
  assert.notEqual((await open.answered).resetCode, -1);
  await client.close();
  await echo.stop();
});

Deno.test("Random bytes never hurt another connection", async () => {
  const echo = startEcho({ http: describe });
  const client = new EchoClient(echo.address);
  const preface = encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const frame = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.nat(255), fc.nat(7), fc.uint8Array({ maxLength: 300 }))
    .map(([type, flags, streamId, payload]) => {
      const bytes = new Uint8Array(9 + payload.length);
      bytes.set([0, payload.length >> 8, payload.length, type, flags, 0, 0, 0, streamId]);
      bytes.set(payload, 9);
      return bytes;
    });
  const noise = fc.oneof(
    fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 3 }),
    fc.array(fc.oneof(frame, fc.uint8Array({ maxLength: 50 })), { maxLength: 20 }).map((
      frames,
    ) => [preface, ...frames]),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(noise, { minLength: 1, maxLength: 4 }), async (connections) => {
      const ended = connections.map(async (pieces) => {
        const conn = await connect(echo.port);
        try {
          for (const piece of pieces) await writeAll(conn, piece);
          await conn.closeWrite();
        } catch { /* closed by the server already */ }
        await readToEnd(conn);
      });
      const outcome = await client.call({ method: "unary", requests: [{ text: "still there" }] });
      assert.deepEqual([outcome.code, outcome.messages], [0, [{ text: "still there" }]]);
      await Promise.all(ended);
    }),
    propertyOptions({ numRuns: 60 }),
  );
  assert.deepEqual(echo.logger.lines.filter((line) => line.startsWith("error")), []);
  client.close();
  await echo.stop();
});

Deno.test("A client that never reads costs bounded memory and is cut off", async () => {
  const echo = startEcho({ listener: { writeStallMs: 300 } });
  const conn = await connect(echo.port);
  const client = new SilentClient();
  const sizes = Array.from({ length: 2000 }, () => 100_000);
  client.open({
    headers: callHeaders("/test.Echo/ServerStream"),
    body: [framed(encoder.encode(JSON.stringify({ sizes })))],
  });
  await writeAll(conn, client.connection.takeOutput()!.slice());
  await echo.events.nextCancel();
  const { messagesSent } = echo.server.methodStats()[1];
  assert.ok(messagesSent < 400, `${messagesSent} messages of 100 kB for a client that never reads`);
  while (echo.listener.connectionCount > 0) await turn();
  conn.close();
  await echo.stop();
});

Deno.test("Listener serves the stream that wrap makes of an accepted one, and closes where it fails", async () => {
  const { server, logger } = makeEchoServer();
  const listener = new Listener({
    server,
    handleRequest: (_request, info) => Response.json(info.transport.scheme),
    clock: systemClock,
    logger,
  });
  const { port } = listener.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 }, {
    async wrap(stream) {
      const first = new Uint8Array(1);
      await stream.read(first);
      if (first[0] !== 0x16) throw new Error("not what was expected");
      return {
        peer: stream.peer,
        local: stream.local,
        scheme: "https",
        read: (into) => stream.read(into),
        write: (bytes) => stream.write(bytes),
        closeWrite: () => stream.closeWrite(),
        close: () => stream.close(),
      };
    },
  }) as Deno.NetAddr;
  const request = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  const welcome = await connect(port);
  await writeAll(welcome, encoder.encode(`\x16${request}`));
  assert.match(await readToEnd(welcome), /"https"/);
  const unwelcome = await connect(port);
  await writeAll(unwelcome, encoder.encode(request));
  assert.equal(await readToEnd(unwelcome), "");
  await listener.stop({ drainMs: 0 });
  server.close();
});

Deno.test("Listener.stop() answers a running HTTP/1.1 request, then closes its connection", async () => {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const echo = startEcho({
    http: async () => {
      reached.resolve();
      await released.promise;
      return new Response("done", { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] });
    },
  });
  const conn = await connect(echo.port);
  await writeAll(conn, encoder.encode("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  await reached.promise;
  const stopped = echo.listener.stop({ drainMs: 60_000 });
  released.resolve();
  const text = await readToEnd(conn);
  assert.match(text, /connection: close/i);
  assert.equal(text.match(/set-cookie/g)?.length, 2);
  assert.match(text, /done/);
  await stopped;
  await echo.stop();
});

Deno.test("A client that sends requests and takes no answers is not read any further", async () => {
  const echo = startEcho({ listener: { writeStallMs: 500 } });
  const conn = await connect(echo.port);
  const client = new SilentClient();
  const request = {
    headers: callHeaders("/test.Echo/Unary"),
    body: [framed(encoder.encode('{"sizes":[2000]}'))],
  };
  const callCount = 60_000;
  let sent = 0;
  try {
    while (sent < callCount) {
      for (let i = 0; i < 500; i++, sent++) client.open(request);
      for (let bytes = client.connection.takeOutput(); bytes !== undefined; bytes = client.connection.takeOutput()) {
        await writeAll(conn, bytes);
      }
    }
  } catch { /* cut off */ }
  while (echo.listener.connectionCount > 0) await turn();
  const { started } = echo.server.methodStats()[0];
  assert.ok(started > 0 && started < callCount / 2, `${started} of ${sent} calls were taken`);
  conn.close();
  await echo.stop();
});
