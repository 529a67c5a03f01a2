import { etcdserverpb, type Init, mvccpb } from "../../../proto/gen/mod.ts";
import { errors, type EtcdError } from "../../base/mod.ts";
import type { DeleteRangeResult, RangeQuery, TxnResult } from "../../mvcc/mod.ts";
import type { Clock } from "../../ports/mod.ts";
import {
  type Command,
  CommandCode,
  type CommandResult,
  EntryMaker,
  type Member,
  requestOffset,
} from "../../server/mod.ts";
import type { WatchBatch, WatchSink, WatchSpec } from "../../watch/mod.ts";
import { checkDeleteRange, checkTxn } from "../kv/checks.ts";
import type { KeyPrefix } from "./key_prefix.ts";
import { toTxnOp } from "../kv/decode.ts";
import { internalRequestSizer } from "../kv/request_size.ts";

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

/** Where what was waited for is reported; only the first report counts. */
export interface Outcome {
  resolve(): void;
  reject(error: EtcdError): void;
}

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
  readonly #waiting = new Set<(error: EtcdError) => void>();
  #isClosed = false;

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
   * Grants a lease of an id that the server chooses.
   * @throws EtcdError what `etcdserverpb.Lease/LeaseGrant` answers
   */
  grant(ttlSeconds: number): Promise<bigint> {
    return new Promise((resolve, failed: (error: EtcdError) => void) => {
      const { member, clock } = this.#options;
      const arrivalMs = clock.monotonicMs();
      member.leases.grant({ id: 0n, ttlSeconds }, { arrivalMs, answer: ({ id }) => resolve(id), failed });
    });
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
      member.reads.range(query, { serializable: false }, {
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
   * Calls `visit` with each event, in order, until it answers true. It must not change the keyspace.
   * @throws EtcdError `canceled` when the call is cancelled, `compacted` when events are lost, `stopped` after {@link close}
   */
  watch(spec: WatchSpec, { call, visit }: { call: Waiting; visit(event: mvccpb.Event): boolean }): Promise<void> {
    return this.wait(call, (outcome) => {
      const watcher = this.#options.member.watches.watch(spec, new EventVisitor(visit, outcome));
      return () => watcher.cancel();
    });
  }

  /**
   * Waits for an outcome. `begin` is told where to report it, and returns what is to be done when the waiting is over.
   * @throws EtcdError `canceled` when the call is cancelled, `stopped` after {@link close}, and what was reported
   */
  wait(call: Waiting, begin: (outcome: Outcome) => () => void): Promise<void> {
    if (this.#isClosed) return Promise.reject(errors.stopped());
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const end = begin({ resolve, reject });
    this.#waiting.add(reject);
    call.onCancel(() => reject(errors.canceled()));
    return promise.finally(() => {
      this.#waiting.delete(reject);
      end();
    });
  }

  /** Fails whatever waits, with `stopped`. */
  close(): void {
    this.#isClosed = true;
    for (const reject of this.#waiting) reject(errors.stopped());
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
      { call, visit: () => true },
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
  readonly #visit: (event: mvccpb.Event) => boolean;
  readonly #outcome: Outcome;
  #isDone = false;

  constructor(visit: (event: mvccpb.Event) => boolean, outcome: Outcome) {
    this.#visit = visit;
    this.#outcome = outcome;
  }

  take({ events }: WatchBatch): boolean {
    for (const event of events) {
      if (this.#isDone) break;
      this.#isDone = this.#visit(mvccpb.Event.decode(event));
    }
    if (this.#isDone) this.#outcome.resolve();
    return true;
  }

  compacted(): void {
    this.#outcome.reject(errors.compacted());
  }
}
