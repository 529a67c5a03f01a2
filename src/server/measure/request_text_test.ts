import assert from "node:assert/strict";
import { commandText, rangeText } from "./request_text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("commandText() shows a value's size in place of the value, also within transactions", () => {
  const put = { key: bytes("k"), value: bytes("secret"), lease: 7n };
  assert.equal(commandText({ kind: "put", put }), 'put:<key:"k" value_size:6 lease:7>');
  const compare = { key: bytes("k"), result: 2, target: 3, operand: bytes("secret") } as const;
  const inner = { compare: [], success: [{ kind: "put", put } as const], failure: [] };
  const text = commandText({
    kind: "txn",
    txn: { compare: [compare], success: [{ kind: "txn", txn: inner }], failure: [] },
  });
  assert.equal(
    text,
    'txn:<compare:<result:LESS target:VALUE key:"k" value_size:6> ' +
      'success:<request_txn:<success:<request_put:<key:"k" value_size:6 lease:7>>>>>',
  );
});

Deno.test("rangeText() quotes keys as protobuf's text format does, and cuts long ones", () => {
  assert.equal(
    rangeText({ key: Uint8Array.of(0x22, 0x5c, 0, 0xff, 0x61), rangeEnd: Uint8Array.of(0), limit: 3, keysOnly: true }),
    String.raw`key:"\"\\\000\377a" range_end:"\000" limit:3 keys_only:true`,
  );
  assert.equal(rangeText({ key: new Uint8Array(1_000_000).fill(0x61) }).length, 4099);
});
