import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import { concatBytes } from "../base/mod.ts";
import { MessageReader } from "./message_reader.ts";

function frame(message: Uint8Array, flags = 0): Uint8Array {
  const framed = new Uint8Array(5 + message.length);
  framed[0] = flags;
  new DataView(framed.buffer).setUint32(1, message.length);
  framed.set(message, 5);
  return framed;
}

Deno.test("MessageReader.next() gives a view of a message that lies whole in what was fed", () => {
  const reader = new MessageReader(100);
  const bytes = concatBytes([frame(Uint8Array.of(1, 2)), frame(Uint8Array.of(), 1)]);
  reader.feed(bytes);
  const first = reader.next()!;
  assert.deepEqual([...first], [1, 2]);
  assert.equal(first.buffer, bytes.buffer);
  assert.equal(reader.flags, 0);
  assert.equal(reader.next()!.length, 0);
  assert.equal(reader.flags, 1);
  assert.equal(reader.next(), undefined);
  assert.equal(reader.hasPartial, false);
});

Deno.test("MessageReader gives the same messages however the bytes are cut and whenever they are read", () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 8 });
  const cuts = fc.array(fc.tuple(fc.nat(6000), fc.boolean()), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(messages, cuts, (sent, plan) => {
      const bytes = concatBytes(sent.map((message) => frame(message)));
      const reader = new MessageReader(9000);
      const read: Uint8Array[] = [];
      const readOn = () => {
        for (let message = reader.next(); message !== undefined; message = reader.next()) read.push(message.slice());
      };
      for (let at = 0, step = 0; at < bytes.length; step++) {
        const [count, readsNow] = plan[step % plan.length];
        const piece = bytes.slice(at, at + count + 1);
        at += piece.length;
        reader.feed(piece);
        if (readsNow) readOn();
        reader.keep();
        piece.fill(0xee);
      }
      readOn();
      assert.deepEqual(read, sent);
      assert.equal(reader.hasPartial, false);
      assert.equal(reader.error, undefined);
    }),
    propertyOptions({ numRuns: 300 }),
  );
});

Deno.test("MessageReader refuses a message above the bound before its bytes have come", () => {
  const reader = new MessageReader(10);
  reader.feed(Uint8Array.of(0, 0, 0, 0, 11));
  assert.equal(reader.next(), undefined);
  assert.equal(reader.error!.message, "grpc: received message larger than max (11 vs. 10)");
  const huge = new MessageReader(10);
  huge.feed(Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff));
  assert.equal(huge.next(), undefined);
  assert.equal(huge.error!.message, "grpc: received message larger than max (4294967295 vs. 10)");
});

Deno.test("MessageReader.hasPartial tells a message that has begun from an end between messages", () => {
  const reader = new MessageReader(10);
  reader.feed(Uint8Array.of(0, 0));
  assert.equal(reader.next(), undefined);
  assert.equal(reader.hasPartial, false);
  reader.feed(Uint8Array.of(0, 0, 2, 0xff));
  assert.equal(reader.next(), undefined);
  assert.equal(reader.hasPartial, true);
  reader.feed(Uint8Array.of(0xfe));
  assert.deepEqual([...reader.next()!], [0xff, 0xfe]);
  assert.equal(reader.hasPartial, false);
});
