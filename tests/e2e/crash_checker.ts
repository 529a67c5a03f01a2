import assert from "node:assert/strict";
import type { GrpcCaller } from "../compat/grpc_caller.ts";
import type { Message } from "../compat/wire.ts";
import { keysOf, numberOf, valueOf } from "./checked_values.ts";
import type { WriterReport } from "./crash_writer_process.ts";

/** What a range gave, as far as the checks need it. */
interface Found {
  key: string;
  value: string;
  modRevision: number;
}

const PAGE_KEYS = 2000;

/**
 * Follows a store through crashes. All keys are put once and none is deleted, so that what must be there can be told exactly:
 * each acknowledged request whole and at its revision, each other request whole or not at all, and every revision from 2 to
 * the newest used by exactly one request.
 */
export class CrashChecker {
  /** The newest revision that any answer has told. */
  #newest = 1;
  /** The keys of every revision that was found. */
  readonly #keysByRevision = new Map<number, string[]>();

  /** Checks a restarted store against what the writer of keys with `prefix` was told. */
  async check(caller: GrpcCaller, prefix: string, { acknowledged, made }: WriterReport): Promise<void> {
    for (const revision of acknowledged.values()) this.#newest = Math.max(this.#newest, revision);
    const { found, revision } = await readAll(caller, prefix);
    assert.ok(
      revision >= this.#newest,
      `revision ${revision} after the restart, but ${this.#newest} was seen before it`,
    );
    this.#newest = revision;

    const byNumber = new Map<number, Found[]>();
    for (const each of found) {
      assert.equal(each.value, valueOf(each.key), `the value of "${each.key}" is not whole`);
      const number = numberOf(prefix, each.key);
      byNumber.set(number, [...(byNumber.get(number) ?? []), each]);
      this.#keysByRevision.set(each.modRevision, [...(this.#keysByRevision.get(each.modRevision) ?? []), each.key]);
    }
    for (const [number, parts] of byNumber) {
      assert.ok(number < made, `request ${number} was never made`);
      assert.deepEqual(parts.map(({ key }) => key), keysOf(prefix, number), `request ${number} is there in part`);
      const [first] = parts;
      for (const part of parts) assert.equal(part.modRevision, first.modRevision, `request ${number} is torn apart`);
    }
    for (const [number, revision] of acknowledged) {
      const parts = byNumber.get(number);
      assert.ok(parts !== undefined, `request ${number} was acknowledged at revision ${revision}, and is lost`);
      assert.equal(parts[0].modRevision, revision, `request ${number} has another revision than was acknowledged`);
    }
  }

  /** Checks, after {@link check} of every prefix, that each revision belongs to exactly one request. */
  checkRevisions(): void {
    for (let revision = 2; revision <= this.#newest; revision++) {
      const keys = this.#keysByRevision.get(revision);
      assert.ok(keys !== undefined, `revision ${revision} of ${this.#newest} has no keys`);
      const requests = new Set(keys.map((key) => key.split("/", 2).join("/")));
      assert.equal(requests.size, 1, `revision ${revision} has keys of several requests: ${keys.join(", ")}`);
    }
    assert.equal(this.#keysByRevision.size, this.#newest - 1, "revisions beyond the newest");
  }
}

/** All keys with `prefix`, in order, at one revision, read in pages. */
async function readAll(caller: GrpcCaller, prefix: string): Promise<{ found: Found[]; revision: number }> {
  const found: Found[] = [];
  const end = prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
  let revision = 0;
  for (let from = prefix;;) {
    const request = { key: from, range_end: end, limit: PAGE_KEYS, revision };
    const { code, details, messages: [message] } = await caller.call("etcdserverpb.KV/Range", request);
    assert.equal(code, 0, details);
    revision ||= Number((message.header as Message).revision);
    for (const kv of (message.kvs ?? []) as Message[]) {
      found.push({ key: kv.key as string, value: kv.value as string, modRevision: Number(kv.mod_revision) });
      assert.equal(kv.version, "1");
      assert.equal(kv.create_revision, kv.mod_revision);
    }
    if (message.more !== true) return { found, revision };
    from = found[found.length - 1].key + "\0";
  }
}
