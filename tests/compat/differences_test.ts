import assert from "node:assert/strict";
import { differences, joinChunks } from "./differences.ts";
import type { Answer } from "./grpc_caller.ts";

function ok(...messages: Answer["messages"]): Answer {
  return { code: 0, details: "", messages };
}

Deno.test("differences() ignores the Raft term's value but not its absence", () => {
  const base = { revision: "3", raft_term: "2" };
  assert.deepEqual(differences(ok({ header: base }), ok({ header: { ...base, raft_term: "9" } })), []);
  const [missing] = differences(ok({ header: base }), ok({ header: { revision: "3" } }));
  assert.deepEqual(missing, { path: "messages[0].header.raft_term", etcd: '"2"', candidate: "(absent)" });
});

Deno.test("differences() finds an explicit default, another order, another length and another status", () => {
  assert.equal(differences(ok({}), ok({ count: "0" })).length, 1);
  assert.equal(differences(ok({ kvs: ["a", "b"] }), ok({ kvs: ["b", "a"] })).length, 2);
  assert.equal(differences(ok({ kvs: ["a", "b"] }), ok({ kvs: ["a"] })).length, 1);
  assert.equal(differences(ok(), { code: 3, details: "x", messages: [] }).length, 2);
});

Deno.test("joinChunks() makes chunk borders equal, and keeps which chunk has the header", () => {
  const a = ok({ range_response: { kvs: ["1", "2"] } }, { range_response: { kvs: ["3"], header: { revision: "1" } } });
  const b = ok({ range_response: { kvs: ["1", "2", "3"], header: { revision: "1" } } });
  const early = ok({ range_response: { kvs: ["1"], header: { revision: "1" } } }, {
    range_response: { kvs: ["2", "3"] },
  });
  assert.deepEqual(differences(joinChunks(a), joinChunks(b)), []);
  assert.notDeepEqual(differences(joinChunks(a), joinChunks(early)), []);
});
