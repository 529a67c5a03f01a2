import assert from "node:assert/strict";
import { testWithTools } from "../../support/tools.ts";
import { compact, put } from "../corpus/step.ts";
import { events, headerRevision, isProgress, watchId } from "../watch/responses.ts";
import type { Message } from "../wire.ts";
import { headerRevisionOf, RandomCluster, resources } from "./cluster.ts";
import { countObjects, createObject, deleteObject, grant, listPage, PAGE_KEYS, updateObject } from "./requests.ts";
import { WatchedPair } from "./watched_pair.ts";

const OPERATIONS = 400;
const OPERATIONS_BETWEEN_CHECKS = 50;
/** gRPC's status of what was compacted: kube-apiserver answers 410 Gone. */
const OUT_OF_RANGE = 11;
const PODS = resources[0];

const seed = Number(Deno.env.get("SEED") ?? Math.floor(Math.random() * 2 ** 32));

testWithTools(`detcd serves ${OPERATIONS} requests and the watches of an API server as etcd does (SEED=${seed})`, {
  tools: ["etcd"],
  run: async () => {
    const where = `SEED=${seed}`;
    await using both = await WatchedPair.start(where);
    const cluster = new RandomCluster(seed);
    for (const [id, prefix] of resources.entries()) {
      const list = await both.call(listPage(prefix, prefix, 0));
      await both.watch(id, prefix, headerRevisionOf(list)! + 1);
    }
    for (let number = 1; number <= OPERATIONS; number++) {
      cluster.learn(await both.call(cluster.next()));
      if (number % OPERATIONS_BETWEEN_CHECKS === 0) await both.progress(cluster.newest);
    }
    const { conflicts, listsExpired, compactions } = cluster;
    const seen = both.compareWatches();
    for (const [name, count] of Object.entries({ seen, conflicts, compactions })) {
      assert(count > 0, `${where}: nothing of this kind happened: ${name}`);
    }
    console.log(
      `${where}: ${seen} events, ${conflicts} conflicts, ${compactions} compactions, ${listsExpired} lists expired`,
    );
  },
});

testWithTools("A list whose revision was compacted goes on as with etcd, and a watch from there is canceled", {
  tools: ["etcd"],
  run: async () => {
    await using both = await WatchedPair.start("expired list");
    const keys = Array.from({ length: 3 * PAGE_KEYS }, (_, i) => `${PODS}ns/${String(i).padStart(3, "0")}`);
    for (const key of keys) await both.call(createObject(key, "first"));
    const first = await both.call(listPage(PODS, PODS, 0));
    const listed = headerRevisionOf(first)!;
    const next = `${keys[PAGE_KEYS - 1]}\0`;

    const deleted = await both.call(deleteObject(keys[PAGE_KEYS], PAGE_KEYS + 2));
    await both.call(updateObject(keys[PAGE_KEYS + 1], "second", PAGE_KEYS + 3));
    const atRevision = await both.call(listPage(PODS, next, listed));
    assert.equal(
      (atRevision.messages[0].kvs as Message[])[0].key,
      keys[PAGE_KEYS],
      "the page is of the list's revision",
    );

    await both.call(compact({ revision: headerRevisionOf(deleted)! }));
    assert.equal((await both.call(listPage(PODS, next, listed))).code, OUT_OF_RANGE);
    const inconsistent = await both.call(listPage(PODS, next, 0));
    assert.equal((inconsistent.messages[0].kvs as Message[])[0].key, keys[PAGE_KEYS + 1], "what is there now goes on");

    both.send({ create_request: { key: PODS, range_end: "/registry/pods0", start_revision: listed, watch_id: 7 } });
    await both.each(({ responses }) => responses.some((each) => each.canceled === true), { what: "the cancellation" });
    await both.watch(8, PODS, headerRevisionOf(deleted)! + 1);
    await both.each(({ responses }) => responses.some((each) => watchId(each) === "8" && events(each).length > 0), {
      what: "the update after the compaction",
    });
    assert.equal(both.compareWatches(), 1);
  },
});

testWithTools("A watch on which nothing happens is told how far the store has come, as bookmarks are made of it", {
  tools: ["etcd"],
  run: async () => {
    await using both = await WatchedPair.start("bookmarks", ["--watch-progress-notify-interval=200ms"]);
    await both.watch(1, PODS, 0);
    const elsewhere = await both.call(put({ key: `${resources[1]}node`, value: "alive" }));
    const revision = headerRevisionOf(elsewhere)!;
    await both.each(
      ({ responses }) =>
        responses.some((each) => watchId(each) === "1" && isProgress(each) && headerRevision(each) >= revision),
      { what: "a bookmark" },
    );
    await both.call(createObject(`${PODS}ns/one`, "after the bookmark"));
    await both.each(({ responses }) => responses.some((each) => events(each).length > 0), { what: "the event" });
    assert.equal(both.compareWatches(), 1);
  },
});

testWithTools("Events vanish with their lease, all in one revision, and watches see what they were", {
  tools: ["etcd"],
  run: async () => {
    await using both = await WatchedPair.start("event lease");
    const prefix = resources[2];
    await both.watch(1, prefix, 0);
    const lease = 4242n;
    await both.call(grant(lease, 1));
    for (let i = 0; i < 5; i++) await both.call(createObject(`${prefix}ns/event-${i}`, `value ${i}`, lease));
    const kept = `${prefix}ns/kept`;
    await both.call(createObject(kept, "first", lease));
    const updated = await both.call(
      updateObject(kept, "without a lease", headerRevisionOf(await both.call(countObjects(prefix)))!),
    );
    assert.equal(updated.messages[0].succeeded, true);
    await both.each(({ responses }) => deletions(responses).length === 5, { what: "the five deletions" });
    await both.call(countObjects(prefix));
    await both.each(({ responses }) => {
      const revisions = new Set(deletions(responses).map((event) => (event.kv as Message).mod_revision));
      const earlier = deletions(responses).every((event) => event.prev_kv !== undefined);
      return revisions.size === 1 && earlier;
    }, { what: "one revision and what was there before" });
    both.compareWatches();
  },
});

function deletions(responses: readonly Message[]): Message[] {
  return responses.flatMap(events).filter((event) => event.type === "1");
}
