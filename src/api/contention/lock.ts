import { type Init, type services, v3lockpb } from "../../../proto/gen/mod.ts";
import { Code, emptyBytes, errors, EtcdError } from "../../base/mod.ts";
import type { HandlersFor } from "../../grpc/mod.ts";
import { contend, orWithdraw, sessionLease } from "./contender.ts";
import { contentionHandler } from "./handler.ts";
import { KeyPrefix } from "./key_prefix.ts";
import type { LocalClient, Waiting } from "./local_client.ts";

/**
 * Handlers of `v3lockpb.Lock`, on the keys of etcd's Go client (its `concurrency` package), so that whoever takes the same lock by transactions of its own
 * is served in turn. A call that waits holds a stream of its connection and a watcher: `--max-concurrent-streams` bounds them, beyond it calls of the
 * connection wait at the client. A cancelled call leaves the queue; a granted lock stays until its key or lease ends.
 */
export function lockHandlers(client: LocalClient): HandlersFor<typeof services.Lock> {
  return {
    Lock: contentionHandler(v3lockpb.LockRequest, (request, call) => lock(client, request, call)),
    Unlock: contentionHandler(v3lockpb.UnlockRequest, (request) => unlock(client, request)),
  };
}

async function lock(
  client: LocalClient,
  request: v3lockpb.LockRequest,
  call: Waiting,
): Promise<Init<v3lockpb.LockResponse>> {
  const prefix = new KeyPrefix(request.name);
  const lease = await sessionLease(client, request.lease);
  const contention = await contend(client, { prefix, lease, value: emptyBytes, asksOldest: true, call });
  const { key, createRevision, oldest } = contention;
  if (oldest === undefined || oldest.createRevision === createRevision) {
    return { header: client.header(contention.revision), key };
  }
  return await orWithdraw(client, contention, async () => {
    await client.waitForOlder(prefix, createRevision - 1, call);
    const { revision, kvs } = await client.range({ key });
    if (call.isCancelled) throw errors.canceled();
    if (kvs.length === 0) throw sessionExpired();
    return { header: client.header(revision), key };
  });
}

async function unlock(
  client: LocalClient,
  { key }: v3lockpb.UnlockRequest,
): Promise<Init<v3lockpb.UnlockResponse>> {
  return { header: client.header(await client.deleteKey(key)) };
}

/** The key was deleted, or its lease ended, while its call waited. */
function sessionExpired(): EtcdError {
  return new EtcdError(Code.Unknown, "mutex: session is expired");
}
