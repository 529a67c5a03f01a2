import assert from "node:assert/strict";
import { InputTurns } from "./input_turns.ts";

Deno.test("InputTurns.next() calls back in later turns of their own, in order", async () => {
  const turns = await InputTurns.open();
  const order: string[] = [];
  const called = new Promise<void>((resolve) => {
    for (const name of ["a", "b"]) {
      turns.next(() => {
        order.push(name);
        queueMicrotask(() => order.push(`after ${name}`));
      });
    }
    turns.next(resolve);
  });
  order.push("now");
  await called;
  assert.deepEqual(order, ["now", "a", "after a", "b", "after b"]);
  turns.close();
});

Deno.test("InputTurns lets input through between any two callbacks", async () => {
  const turns = await InputTurns.open();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using server = await listener.accept();
  let received = 0;
  const reading = (async () => {
    const buffer = new Uint8Array(16);
    for (let count = await server.read(buffer); count !== null; count = await server.read(buffer)) received += count;
  })();
  // What is sent in one turn has been received a turn later, or two where the kernel is slow: never dozens.
  let worst = 0;
  for (let sent = 1; sent <= 50; sent++) {
    await client.write(Uint8Array.of(sent));
    let waited = 0;
    for (; received < sent; waited++) await new Promise<void>((resolve) => turns.next(resolve));
    worst = Math.max(worst, waited);
  }
  assert(worst <= 10, `input waited for ${worst} turns`);
  await client.closeWrite();
  await reading;
  turns.close();
});

Deno.test("InputTurns.close() forgets nobody", async () => {
  const turns = await InputTurns.open();
  const waiting = Promise.all([1, 2, 3].map(() => new Promise<void>((resolve) => turns.next(resolve))));
  turns.close();
  turns.close();
  await waiting;
  await new Promise<void>((resolve) => turns.next(resolve));
});
