import { range, type Step, txn } from "../corpus/step.ts";
import type { Message } from "../wire.ts";

/** The key whose version tells which of several API servers compacts. */
export const COMPACT_KEY = "compact_rev_key";

/** Keys of a page. kube-apiserver's own are 500; fewer make more pages of few objects. */
export const PAGE_KEYS = 5;

const EQUAL = 0;
const VERSION = 0;
const MOD_REVISION = 2;

function ifUnchanged(key: string, revision: number, request: Message, otherwise: Message[]): Step {
  return txn({
    compare: [{ result: EQUAL, target: MOD_REVISION, key, mod_revision: revision }],
    success: [request],
    failure: otherwise,
  });
}

/** What lies under the prefix "a/" ends here: "a0". */
export function prefixEnd(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

/** Creates an object that must not be there, attached to a lease when one is given. */
export function createObject(key: string, value: string, lease?: bigint): Step {
  return ifUnchanged(key, 0, { request_put: { key, value, lease } }, []);
}

/** Changes an object that stands at `revision`, or reads it as it is. */
export function updateObject(key: string, value: string, revision: number): Step {
  return ifUnchanged(key, revision, { request_put: { key, value } }, [{ request_range: { key } }]);
}

/** Deletes an object that stands at `revision`, or reads it as it is. */
export function deleteObject(key: string, revision: number): Step {
  return ifUnchanged(key, revision, { request_delete_range: { key } }, [{ request_range: { key } }]);
}

/** A page of what is under `prefix`, from the key `from` on, at a revision; 0 for the newest. */
export function listPage(prefix: string, from: string, revision: number): Step {
  return range({ key: from, range_end: prefixEnd(prefix), limit: PAGE_KEYS, revision });
}

/** How many objects are under `prefix`. */
export function countObjects(prefix: string): Step {
  return range({ key: prefix, range_end: prefixEnd(prefix), count_only: true });
}

/** Claims the next compaction: succeeds for whoever knows the version of {@link COMPACT_KEY}. */
export function claimCompaction(version: number, revision: number): Step {
  return txn({
    compare: [{ result: EQUAL, target: VERSION, key: COMPACT_KEY, version }],
    success: [{ request_put: { key: COMPACT_KEY, value: String(revision) } }],
    failure: [{ request_range: { key: COMPACT_KEY } }],
  });
}

/** Grants a lease with an id of the caller's choice, so that two servers have the same. */
export function grant(id: bigint, ttlSeconds: number): Step {
  return { method: "etcdserverpb.Lease/LeaseGrant", request: { TTL: ttlSeconds, ID: id } };
}
