import { type Init, type services, v3electionpb } from "../../../proto/gen/mod.ts";
import { Code, equalBytes, errors, EtcdError } from "../../base/mod.ts";
import type { HandlersFor } from "../../grpc/mod.ts";
import { announce, contend, type Contender, orWithdraw, sessionLease, withdraw } from "./contender.ts";
import { asUnknown, contentionHandler } from "./handler.ts";
import { KeyPrefix } from "./key_prefix.ts";
import { LeaderObserver } from "./leader_observer.ts";
import type { LocalClient, Waiting } from "./local_client.ts";

/**
 * Handlers of `v3electionpb.Election`, on the keys of etcd's Go client (its `concurrency` package), so that candidates who use that are elected in turn with
 * these. Waiting calls are bounded as those of Lock; an observer that does not read costs no memory for leaders to come.
 */
export function electionHandlers(client: LocalClient): HandlersFor<typeof services.Election> {
  return {
    Campaign: contentionHandler(v3electionpb.CampaignRequest, (request, call) => campaign(client, request, call)),
    Proclaim: contentionHandler(v3electionpb.ProclaimRequest, (request) => proclaim(client, request)),
    Leader: contentionHandler(v3electionpb.LeaderRequest, (request) => leader(client, request)),
    Resign: contentionHandler(v3electionpb.ResignRequest, (request) => resign(client, request)),
    Observe: (call) => {
      new LeaderObserver(client, new KeyPrefix(call.request.name), call).run().catch((error) =>
        call.fail(asUnknown(error))
      );
    },
  };
}

async function campaign(
  client: LocalClient,
  { name, lease: requested, value }: v3electionpb.CampaignRequest,
  call: Waiting,
): Promise<Init<v3electionpb.CampaignResponse>> {
  const prefix = new KeyPrefix(name);
  const lease = await sessionLease(client, requested);
  const contention = await contend(client, { prefix, lease, value, asksOldest: false, call });
  const { key, createRevision, revision, existing } = contention;
  return await orWithdraw(client, contention, async () => {
    if (existing !== undefined && !equalBytes(existing.value, value)) {
      await proclaimAs(client, contention, { value, lease });
    }
    await client.waitForOlder(prefix, createRevision - 1, call);
    if (call.isCancelled) throw errors.canceled();
    return { header: client.header(revision), leader: { name, key, rev: createRevision, lease } };
  });
}

async function proclaim(
  client: LocalClient,
  { leader, value }: v3electionpb.ProclaimRequest,
): Promise<Init<v3electionpb.ProclaimResponse>> {
  if (leader === undefined) throw missingLeader();
  const lease = await sessionLease(client, leader.lease);
  const contender = { key: leader.key, createRevision: leader.rev };
  return { header: client.header(await proclaimAs(client, contender, { value, lease })) };
}

/** Answers the revision of the new value. */
async function proclaimAs(
  client: LocalClient,
  contender: Contender,
  { value, lease }: { value: Uint8Array; lease: bigint },
): Promise<number> {
  const { succeeded, revision } = await announce(client, { contender, value, lease });
  if (!succeeded) throw new EtcdError(Code.Unknown, "election: not leader");
  return revision;
}

async function leader(
  client: LocalClient,
  { name }: v3electionpb.LeaderRequest,
): Promise<Init<v3electionpb.LeaderResponse>> {
  const { revision, kvs: [kv] } = await client.range(new KeyPrefix(name).oldest());
  if (kv === undefined) throw new EtcdError(Code.Unknown, "election: no leader");
  return { header: client.header(revision), kv };
}

async function resign(
  client: LocalClient,
  { leader }: v3electionpb.ResignRequest,
): Promise<Init<v3electionpb.ResignResponse>> {
  if (leader === undefined) throw missingLeader();
  // As in etcd a lease is granted even here where the request names none.
  await sessionLease(client, leader.lease);
  const revision = await withdraw(client, { key: leader.key, createRevision: leader.rev });
  return { header: client.header(revision) };
}

function missingLeader(): EtcdError {
  return new EtcdError(Code.Unknown, '"leader" field must be provided');
}
