import assert from "node:assert/strict";
import { startDetcd } from "../support/programs.ts";
import { connect, OrderClient } from "./order_client.ts";
import { Writer } from "./writer.ts";

const STALLED = 50;
const HOT_READERS = 20;
const OTHERS = 930;
const OTHERS_PER_STREAM = 93;
const HOT_WRITES = 4000;
const VALUE_BYTES = 4096;
const WRITES_AT_ONCE = 32;
/** A part of what the server would hold if it kept every event for each of the stalled watchers: 800 MB. */
const GROWTH_MAX_BYTES = STALLED * HOT_WRITES * VALUE_BYTES / 4;

const bytes = (text: string) => new TextEncoder().encode(text);

/** Memory of a process that is not shared with others, swapped out or not. */
function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))!;
  return Number(kib) * 1024;
}

/** Writes `HOT_WRITES` to the hot range and one to the key of each of the others; samples the server's memory meanwhile. */
async function writeAll(writer: Writer, pid: number): Promise<{ hot: number[]; others: number[]; peakBytes: number }> {
  const hot: number[] = [];
  const others: number[] = [];
  const value = "x".repeat(VALUE_BYTES);
  let peakBytes = 0;
  let next = 0;
  const work = async () => {
    for (let number = next++; number < HOT_WRITES; number = next++) {
      hot.push(await writer.write([{ kind: "put", key: `hot/${number % 100}`, value }]));
      const other = Math.floor(number * OTHERS / HOT_WRITES);
      if (other !== Math.floor((number - 1) * OTHERS / HOT_WRITES)) {
        others[other] = await writer.write([{ kind: "put", key: `other/${other}`, value: "once" }]);
      }
      if (number % 100 === 0) peakBytes = Math.max(peakBytes, residentBytes(pid));
    }
  };
  await Promise.all(Array.from({ length: WRITES_AT_ONCE }, work));
  return { hot: hot.sort((a, b) => a - b), others, peakBytes };
}

Deno.test({
  name: "1,000 watchers of which 50 never read: the others see everything, memory is bounded, nothing is lost",
  ignore: Deno.build.os !== "linux", // memory is read from /proc
  fn: async () => {
    await using server = await startDetcd();
    const { endpoint, pid } = server;
    using writer = new Writer(endpoint);
    // Those that do not read share no connection with others: its flow-control window would be used up.
    const connections = Array.from({ length: 5 + 2 + 2 }, () => connect(endpoint));
    const open = (count: number, from: number, over: number) =>
      Array.from({ length: count }, (_, index) => new OrderClient(connections[from + index % over]));
    const stalled = open(STALLED, 0, 5);
    const readers = open(HOT_READERS, 5, 2);
    const others = open(OTHERS / OTHERS_PER_STREAM, 7, 2);
    try {
      for (const client of [...stalled, ...readers]) client.create(1n, bytes("hot/"), bytes("hot0"));
      for (let id = 0; id < OTHERS; id++) {
        others[Math.floor(id / OTHERS_PER_STREAM)].create(BigInt(1000 + id), bytes(`other/${id}`));
      }
      await Promise.all([...stalled, ...readers].map((client) => client.until(() => client.revisions.size === 1)));
      await Promise.all(others.map((client) => client.until(() => client.revisions.size === OTHERS_PER_STREAM)));
      for (const client of stalled) client.pause();

      const before = residentBytes(pid);
      const written = await writeAll(writer, pid);
      await Promise.all(readers.map((client) => client.until(() => client.revisions.get(1n)!.length >= HOT_WRITES)));
      for (const client of readers) assert.deepEqual(client.revisions.get(1n), written.hot);
      await Promise.all(
        others.map((client) => client.until(() => client.revisions.values().every(({ length }) => length > 0))),
      );
      for (let id = 0; id < OTHERS; id++) {
        const { revisions } = others[Math.floor(id / OTHERS_PER_STREAM)];
        assert.deepEqual(revisions.get(BigInt(1000 + id)), [written.others[id]]);
      }
      const growth = Math.max(written.peakBytes, residentBytes(pid)) - before;
      assert.ok(growth < GROWTH_MAX_BYTES, `the server has grown by ${Math.round(growth / 2 ** 20)} MiB`);
      for (const { revisions } of stalled) {
        assert.ok(revisions.get(1n)!.length < HOT_WRITES / 2, "one that reads on has something to catch up with");
      }

      const [patient, late] = [stalled.slice(0, STALLED / 2), stalled.slice(STALLED / 2)];
      for (const client of patient) client.resume();
      await Promise.all(patient.map((client) => client.until(() => client.revisions.get(1n)!.length >= HOT_WRITES)));
      for (const client of patient) assert.deepEqual(client.revisions.get(1n), written.hot);

      const compactRevision = written.hot.at(-1)!;
      assert.ok(await writer.compact(compactRevision));
      for (const client of late) client.resume();
      await Promise.all(late.map((client) => client.until(() => client.canceled.size > 0)));
      for (const { revisions, canceled } of late) {
        assert.equal(canceled.get(1n), compactRevision);
        const seen = revisions.get(1n)!;
        assert.ok(seen.length < HOT_WRITES);
        assert.deepEqual(seen, written.hot.slice(0, seen.length));
      }
      assert.deepEqual([...stalled, ...readers, ...others].filter(({ failure }) => failure !== undefined), []);
    } finally {
      await Promise.all([...stalled, ...readers, ...others].map((client) => client.close()));
      for (const connection of connections) connection.close();
    }
  },
});
