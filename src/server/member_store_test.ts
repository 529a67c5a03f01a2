import assert from "node:assert/strict";
import { memory } from "../../storage_adapters/memory/mod.ts";
import { errors } from "../base/mod.ts";
import { WriteBatch } from "../ports/mod.ts";
import { type MemberInfo, MemberStore } from "./member_store.ts";

const large: MemberInfo = {
  id: 2n ** 64n - 2n,
  name: "b",
  peerUrls: ["http://b:2380"],
  clientUrls: ["http://b:2379"],
  isLearner: false,
};
const small: MemberInfo = { id: 5n, name: "", peerUrls: ["http://a:2380"], clientUrls: [], isLearner: true };

Deno.test("MemberStore finds in storage what its effects have put there, in the order of ids", () => {
  const storage = memory();
  const store = new MemberStore(storage);
  store.put(large);
  store.put(small);
  const batch = new WriteBatch();
  store.takeEffects(batch);
  storage.apply(batch);
  assert.deepEqual(new MemberStore(storage).list(), [small, large]);
  const nothing = new WriteBatch();
  store.takeEffects(nothing);
  assert.equal(nothing.isEmpty, true);
});

Deno.test("MemberStore.updatePeerUrls() takes any URLs but those of another member", () => {
  const store = new MemberStore(memory());
  store.put(large);
  store.put(small);
  assert.throws(() => store.updatePeerUrls(6n, []), errors.memberNotFound());
  assert.throws(() => store.updatePeerUrls(5n, ["x", "http://b:2380"]), errors.peerURLExist());
  store.updatePeerUrls(large.id, ["http://b:2380", "not a URL"]);
  assert.deepEqual(store.find(large.id), { ...large, peerUrls: ["http://b:2380", "not a URL"] });
  store.updatePeerUrls(5n, []);
  assert.deepEqual(store.find(5n)?.peerUrls, []);
});
