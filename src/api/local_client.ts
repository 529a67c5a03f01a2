import { etcdserverpb, type Init, mvccpb } from "../../proto/gen/mod.ts";
import { errors, type EtcdError } from "../base/mod.ts";
import type { DeleteRangeResult, RangeQuery, TxnResult } from "../mvcc/mod.ts";
import type { Clock } from "../ports/mod.ts";
import {
  type Command,
  CommandCode,
  type CommandResult,
  EntryMaker,
  type Member,
  requestOffset,
} from "../server/mod.ts";
import type { WatchBatch, Watcher, WatchSink, WatchSpec } from "../watch/mod.ts";
import { checkDeleteRange, checkTxn } from "./kv_checks.ts";
import type { KeyPrefix } from "./key_prefix.ts";
import { toTxnOp } from "./kv_decode.ts";
import { internalRequestSizer } from "./request_size.ts";

/** What a {@link LocalClient} works with. */
export interface LocalClientOptions {
  member: Member;
  clock: Clock;
  /** As of a client's transaction; etcd's `--max-txn-ops`. */
  maxTxnOps: number;
  /** As of a client's request; etcd's `--max-request-bytes`. */
  maxRequestBytes: number;
}

/** Keys as they were at a revision. */
export interface KeysAtRevision {
  /** The newest revision when they were read. */
  revision: number;
  kvs: mvccpb.KeyValue[];
}

/** What a watch goes on with after an event: the next ones, the next ones once `resume` is called, or nothing. */
export type Verdict = "next" | "hold" | "done";

/** The call on whose behalf something waits. */
export interface Waiting {
  readonly isCancelled: boolean;
  onCancel(callback: () => void): void;
}

/**
 * What services that are made of transactions and watches ask of their own member, with the checks and errors that a client's requests meet. As in etcd they run
 * in the process: nothing goes through a socket. What waits, waits for an event; it costs a watcher, and is bounded by the calls that wait.
 */
export class LocalClient {
  readonly #options: LocalClientOptions;
  readonly #entries = new EntryMaker();
  readonly #internalRequestBytes: (requestBytes: number) => number;

  constructor(options: LocalClientOptions) {
    this.#options = options;
    this.#internalRequestBytes = internalRequestSizer(options.member.identity);
  }

  /** The header of an answer. */
  header(revision: number): etcdserverpb.ResponseHeader {
    const { identity, consensus } = this.#options.member;
    return { clusterId: identity.clusterId, memberId: identity.memberId, revision, raftTerm: consensus.term };
  }

  /**
   * Carries out a transaction that writes.
   * @throws EtcdError what `etcdserverpb.KV/Txn` answers; where it is `timeout` or `stopped` the transaction may take effect later
   */
  txn(request: Init<etcdserverpb.TxnRequest>): Promise<TxnResult> {
    return this.#propose<TxnResult>(CommandCode.txn, etcdserverpb.TxnRequest.encode(request), (bytes) => {
      const checked = etcdserverpb.TxnRequest.decode(bytes);
      checkTxn(checked, this.#options.maxTxnOps);
      return { kind: "txn", txn: toTxnOp(checked) };
    });
  }

  /**
   * Deletes a key; answers the revision then.
   * @throws EtcdError what `etcdserverpb.KV/DeleteRange` answers
   */
  async deleteKey(key: Uint8Array): Promise<number> {
    const request = etcdserverpb.DeleteRangeRequest.encode({ key });
    const { revision } = await this.#propose<DeleteRangeResult>(CommandCode.deleteRange, request, (bytes) => {
      const deleteRange = etcdserverpb.DeleteRangeRequest.decode(bytes);
      checkDeleteRange(deleteRange);
      return { kind: "deleteRange", deleteRange };
    });
    return revision;
  }

  /**
   * Reads a range of the state that includes all that was acknowledged before.
   * @throws EtcdError what `etcdserverpb.KV/Range` answers
   */
  range(query: RangeQuery): Promise<KeysAtRevision> {
    return new Promise((resolve, failed: (error: EtcdError) => void) => {
      const { member, clock } = this.#options;
      member.range(query, { serializable: false }, {
        arrivalMs: clock.monotonicMs(),
        finished: (result) => {
          const records = "kvs" in result ? result.kvs : [...result.records];
          resolve({ revision: result.revision, kvs: records.map((record) => mvccpb.KeyValue.decode(record)) });
        },
        failed,
        // Whoever has left something behind has to clean up, so that every read ends.
        isGone: () => false,
      });
    });
  }

  /**
   * Calls `visit` with each event, in order, until it answers "done". It must not change the keyspace.
   * @throws EtcdError `canceled` when the call is cancelled, `compacted` when events are lost
   */
  watch(spec: WatchSpec, { call, visit, began }: {
    call: Waiting;
    visit(event: mvccpb.Event): Verdict;
    /** Told how to go on after "hold". */
    began?(resume: () => void): void;
  }): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const watcher: Watcher = this.#options.member.watches.watch(spec, new EventVisitor(visit, { resolve, reject }));
    began?.(() => watcher.resume());
    call.onCancel(() => reject(errors.canceled()));
    return promise.finally(() => watcher.cancel());
  }

  /**
   * Resolves when no key of a prefix is left that was created at `createRevisionMax` or before. Each waits for the youngest of those that are older than
   * itself, so that a deletion wakes one of many.
   * @throws EtcdError `canceled` when the call is cancelled
   */
  async waitForOlder(prefix: KeyPrefix, createRevisionMax: number, call: Waiting): Promise<void> {
    for (;;) {
      const { revision, kvs: [youngest] } = await this.range(prefix.youngest(createRevisionMax));
      if (youngest === undefined) return;
      await this.waitForDeletion(youngest.key, revision, call);
    }
  }

  /**
   * Resolves when a key that was there at `revision` has been deleted, or when history since then is gone so that nobody knows.
   * @throws EtcdError `canceled` when the call is cancelled
   */
  async waitForDeletion(key: Uint8Array, revision: number, call: Waiting): Promise<void> {
    await unlessCompacted(this.watch(
      { key, startRevision: revision + 1, prevKv: false, noPut: true, noDelete: false },
      { call, visit: () => "done" },
    ));
  }

  /** Hands in a request as a client's would be; `read` makes the command from the entry's bytes and checks it. */
  #propose<Result extends CommandResult>(
    code: CommandCode,
    request: Uint8Array,
    read: (bytes: Uint8Array) => Command,
  ): Promise<Result> {
    return new Promise((answer, failed: (error: EtcdError) => void) => {
      const { member, clock, maxRequestBytes } = this.#options;
      const entry = this.#entries.make(code, request);
      const command = read(entry.subarray(requestOffset));
      if (this.#internalRequestBytes(request.length) > maxRequestBytes) throw errors.requestTooLarge();
      const arrivalMs = clock.monotonicMs();
      member.propose({ entry, command, arrivalMs, answer: (result) => answer(result as Result), failed });
    });
  }
}

/** Turns the error of lost history into false. */
export function unlessCompacted(watching: Promise<void>): Promise<boolean> {
  return watching.then(() => true, (error: EtcdError) => {
    if (error.message !== errors.compacted().message) throw error;
    return false;
  });
}

class EventVisitor implements WatchSink {
  readonly #visit: (event: mvccpb.Event) => Verdict;
  readonly #outcome: { resolve(): void; reject(error: EtcdError): void };
  #isDone = false;

  constructor(visit: (event: mvccpb.Event) => Verdict, outcome: { resolve(): void; reject(error: EtcdError): void }) {
    this.#visit = visit;
    this.#outcome = outcome;
  }

  take({ events }: WatchBatch): boolean {
    let takesMore = true;
    for (const event of events) {
      if (this.#isDone) return false;
      const verdict = this.#visit(mvccpb.Event.decode(event));
      if (verdict === "hold") takesMore = false;
      if (verdict !== "done") continue;
      this.#isDone = true;
      this.#outcome.resolve();
    }
    return takesMore && !this.#isDone;
  }

  compacted(): void {
    this.#outcome.reject(errors.compacted());
  }
}
