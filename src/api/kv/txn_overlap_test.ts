import assert from "node:assert/strict";
import { etcdserverpb } from "../../../proto/gen/mod.ts";
import { errors } from "../../base/mod.ts";
import { keyText } from "../../mvcc/mod.ts";
import { checkOverlaps, IntervalSet } from "./txn_overlap.ts";

const text = (value: string) => new TextEncoder().encode(value);
type Init = Parameters<typeof etcdserverpb.TxnRequest.encode>[0];
type Op = NonNullable<Init["success"]>[number];

const put = (key: string): Op => ({ request: "requestPut", requestPut: { key: text(key) } } as Op);
const del = (key: string, rangeEnd = ""): Op =>
  ({ request: "requestDeleteRange", requestDeleteRange: { key: text(key), rangeEnd: text(rangeEnd) } }) as Op;
const txn = (success: Op[], failure: Op[] = []): Op =>
  ({ request: "requestTxn", requestTxn: { success, failure } }) as Op;

function check(success: Op[], failure: Op[] = []): void {
  checkOverlaps(etcdserverpb.TxnRequest.decode(etcdserverpb.TxnRequest.encode({ success, failure })));
}

const accepted: Record<string, [Op[], Op[]?]> = {
  "different keys": [[put("a"), put("b"), del("c")]],
  "the same key in both branches": [[put("a")], [put("a")]],
  "the same key in both branches of a nested transaction": [[txn([put("a")], [put("a")])]],
  "two deletes of one key": [[del("a"), del("a", "z")]],
  "a delete that ends before the key": [[del("a", "b"), put("b")]],
  "a delete from a key onwards, as in etcd": [[del("a", "\0"), put("b")]],
  "a delete nested behind the put's own level": [[txn([put("a")]), txn([del("a")])]],
};
for (const [what, [success, failure]] of Object.entries(accepted)) {
  Deno.test(`checkOverlaps() accepts ${what}`, () => check(success, failure));
}

const refused: Record<string, [Op[], Op[]?]> = {
  "a key put twice": [[put("a"), put("a")]],
  "a key put twice in the failure branch": [[], [put("a"), put("a")]],
  "a put and a delete of one key": [[del("a"), put("a")]],
  "a put within a deleted range": [[put("b"), del("a", "c")]],
  "a put that a nested transaction makes too": [[put("a"), txn([], [put("a")])]],
  "puts of one key by two nested transactions": [[txn([put("a")]), txn([put("a")])]],
  "a nested put within a deleted range": [[del("a", "c"), txn([put("b")])]],
  "a put within a range that a nested transaction deletes": [[put("b"), txn([del("a", "c")])]],
  "a nested put behind a nested delete": [[txn([del("a", "c")]), txn([put("b")])]],
};
for (const [what, [success, failure]] of Object.entries(refused)) {
  Deno.test(`checkOverlaps() refuses ${what}`, () => {
    assert.throws(() => check(success, failure), errors.duplicateKey());
  });
}

Deno.test("IntervalSet.has() finds what a list of intervals has, whatever their order and overlap", () => {
  const letters = "abcdefgh";
  for (let seed = 1; seed <= 300; seed++) {
    let state = seed;
    const below = (bound: number) => (state = (state * 48271) % 0x7fffffff) % bound;
    const set = new IntervalSet();
    const list: [string, string][] = [];
    for (let i = below(6); i >= 0; i--) {
      const begin = letters[below(8)];
      const end = below(5) === 0 ? "" : letters[below(8)];
      list.push([begin, end]);
      set.add(begin, end);
      for (const letter of letters) {
        const expected = list.some(([from, to]) => from <= letter && (to === "" || letter < to));
        assert.equal(set.has(keyText(text(letter))), expected, `seed ${seed}: ${letter} in ${JSON.stringify(list)}`);
      }
    }
  }
});
