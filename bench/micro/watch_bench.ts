/**
 * Telling watchers: from the keyspace's change to the bytes for the clients' sockets, and what is found for a changed key. Before the benchmarks
 * run, it prints what an idle watcher costs in memory.
 *
 *     deno bench -A --v8-flags=--expose-gc bench/micro/watch_bench.ts
 */
import { etcdserverpb, services } from "../../proto/gen/mod.ts";
import { FramedMessagesPool } from "../../src/api/watch/framed_messages.ts";
import { HeaderWriter } from "../../src/api/header.ts";
import { WatchResponseEncoder } from "../../src/api/watch/encode.ts";
import { WatchStream } from "../../src/api/watch/stream.ts";
import { GrpcServer } from "../../src/grpc/mod.ts";
import { callHeaders, framed, JoinedClient } from "../../tests/grpc/raw_client.ts";
import { bytes, RecordingSink, WatchFixture } from "../../tests/support/watch_fixture.ts";

const term = () => 2;
const encoder = new WatchResponseEncoder(new HeaderWriter({ clusterId: 1n, memberId: 2n }, { term }), { term });
const pool = new FramedMessagesPool({ max: 256 });
const value = "x".repeat(32);

function windowUpdate(streamId: number, increment: number): Uint8Array {
  const frame = new Uint8Array(13);
  const view = new DataView(frame.buffer);
  frame[2] = 4;
  frame[3] = 8;
  view.setUint32(5, streamId);
  view.setUint32(9, increment);
  return frame;
}

/** Streams on one connection each, with watchers of the key "a"; clients take whatever comes. */
function serve(
  { streams, watchers }: { streams: number; watchers: number },
): { fixture: WatchFixture; drop(): number } {
  const fixture = new WatchFixture();
  const { clock, hub } = fixture;
  const server = new GrpcServer({ clock, logger: { debug() {}, info() {}, warn() {}, error: console.error } });
  const parts = { hub, clock, encoder, pool, responseBytesMax: 2 << 20, progressIntervalMs: 1000 };
  server.addService(services.Watch, { Watch: (call) => void new WatchStream(call, parts) });
  const clients = Array.from({ length: streams }, () => {
    const client = new JoinedClient(server, { initialWindowBytes: 2 ** 29, connectionWindowBytes: 2 ** 29 });
    const { stream } = client.play({ headers: callHeaders("/etcdserverpb.Watch/Watch"), keepOpen: true });
    const request = etcdserverpb.WatchRequest.encode({
      requestUnion: "createRequest",
      createRequest: { ...etcdserverpb.WatchCreateRequest.decode(new Uint8Array(0)), key: bytes("a") },
      cancelRequest: undefined,
      progressRequest: undefined,
    });
    for (let i = 0; i < watchers / streams; i++) client.connection.sendData(stream, framed(request), false);
    client.exchange();
    return { session: client.session, id: stream.id };
  });
  if (hub.watchers !== watchers) throw new Error(`${hub.watchers} watchers in place of ${watchers}`);
  return {
    fixture,
    drop: () => {
      let taken = 0;
      for (const { session, id } of clients) {
        const output = session.takeOutput();
        if (output === undefined) continue;
        taken += output.length;
        session.receive(windowUpdate(0, output.length));
        session.receive(windowUpdate(id, output.length));
      }
      return taken;
    },
  };
}

for (const streams of [10, 1000]) {
  const { fixture, drop } = serve({ streams, watchers: 1000 });
  Deno.bench(`one put to 1,000 watchers on ${streams} streams`, () => {
    fixture.put("a", value);
    fixture.hub.endRun();
    if (drop() < 1000 * value.length) throw new Error("not all were told");
  });
  Deno.bench(`a run of 10 puts to 1,000 watchers on ${streams} streams`, () => {
    for (let i = 0; i < 10; i++) fixture.put("a", value);
    fixture.hub.endRun();
    if (drop() < 10_000 * value.length) throw new Error("not all were told");
  });
}

for (const kind of ["keys", "prefixes"]) {
  const fixture = new WatchFixture();
  const sink = new RecordingSink();
  const name = (i: number) => `/registry/${i}/`;
  const gc = (globalThis as { gc?: () => void }).gc;
  gc?.();
  const before = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < 100_000; i++) {
    fixture.watch(name(i), kind === "keys" ? { sink } : { end: `/registry/${i}0`, sink });
  }
  gc?.();
  if (gc) console.log(`${(Deno.memoryUsage().heapUsed - before) / 100_000} bytes for each of 100,000 ${kind}`);
  const other = new WatchFixture();
  let i = 0;
  Deno.bench(`a put that one of 100,000 watched ${kind} is about`, { group: kind }, () => {
    fixture.put(name(i++ % 100_000), "");
    fixture.hub.endRun();
  });
  Deno.bench(`a put that nobody watches (${kind})`, { group: kind, baseline: true }, () => {
    other.put(name(i++ % 100_000), "");
    other.hub.endRun();
  });
}
