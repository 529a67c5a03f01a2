import { type etcdserverpb, type Init, mvccpb } from "../../../proto/gen/mod.ts";
import { assert, errors } from "../../base/mod.ts";
import { CompareResult, CompareTarget, type ResponseOp, type TxnResult } from "../../mvcc/mod.ts";
import type { KeyPrefix } from "./key_prefix.ts";
import type { LocalClient, Waiting } from "./local_client.ts";

/** What etcd grants to who asks for a lock or for leadership without naming a lease. Nobody keeps it alive but the client. */
const sessionTtlSeconds = 60;

/** The lease of a request, or a new one where it names none. */
export function sessionLease(client: LocalClient, lease: bigint): Promise<bigint> {
  return lease === 0n ? client.grant(sessionTtlSeconds) : Promise.resolve(lease);
}

/** A key among those below a name. */
export interface Contender {
  readonly key: Uint8Array;
  /** Tells the key from an earlier or later one with the same name. */
  readonly createRevision: number;
}

/** What became of an attempt to contend. */
export interface Contention extends Contender {
  /** The newest revision then. */
  readonly revision: number;
  /** The contender's key if it was there already: its lease contends for the second time. */
  readonly existing: mvccpb.KeyValue | undefined;
  /** Who was first then, where it was asked. */
  readonly oldest: mvccpb.KeyValue | undefined;
}

/**
 * Puts a contender's key, unless it is there.
 * @throws EtcdError `leaseNotFound`, `canceled` when the call is cancelled - its key is gone then - and what a transaction throws
 */
export async function contend(
  client: LocalClient,
  { prefix, lease, value, asksOldest, call }: {
    prefix: KeyPrefix;
    lease: bigint;
    value: Uint8Array;
    asksOldest: boolean;
    call: Waiting;
  },
): Promise<Contention> {
  const key = prefix.key(lease);
  const oldest = asksOldest ? [{ requestRange: prefix.oldest() }] : [];
  const result = await client.txn({
    compare: [isCreatedAt({ key, createRevision: 0 })],
    success: [{ requestPut: { key, value, lease } }, ...oldest],
    failure: [{ requestRange: { key } }, ...oldest],
  });
  const existing = result.succeeded ? undefined : firstOf(result.responses[0]);
  const createRevision = existing?.createRevision ?? result.revision;
  if (call.isCancelled) {
    if (existing === undefined) await withdraw(client, { key, createRevision });
    throw errors.canceled();
  }
  return {
    key,
    createRevision,
    revision: result.revision,
    existing,
    oldest: asksOldest ? firstOf(result.responses[1]) : undefined,
  };
}

/** Deletes a contender's key if it is still the same; answers the revision then. */
export async function withdraw(client: LocalClient, contender: Contender): Promise<number> {
  const { revision } = await client.txn({
    compare: [isCreatedAt(contender)],
    success: [{ requestDeleteRange: { key: contender.key } }],
  });
  return revision;
}

/** Changes a contender's value if its key is still the same. */
export function announce(
  client: LocalClient,
  { contender, value, lease }: { contender: Contender; value: Uint8Array; lease: bigint },
): Promise<TxnResult> {
  return client.txn({
    compare: [isCreatedAt(contender)],
    success: [{ requestPut: { key: contender.key, value, lease } }],
  });
}

/** Does `attempt`; where it fails the contender's key is deleted, so that nobody waits for it. */
export async function orWithdraw<Result>(
  client: LocalClient,
  contender: Contender,
  attempt: () => Promise<Result>,
): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    // If this fails too the lease will end it.
    await withdraw(client, contender).catch(() => {});
    throw error;
  }
}

function isCreatedAt({ key, createRevision }: Contender): Init<etcdserverpb.Compare> {
  return { key, target: CompareTarget.Create, result: CompareResult.Equal, createRevision };
}

function firstOf(response: ResponseOp): mvccpb.KeyValue | undefined {
  assert(response.kind === "range", "a range was answered by something else");
  const [first] = response.range.kvs;
  return first === undefined ? undefined : mvccpb.KeyValue.decode(first);
}
