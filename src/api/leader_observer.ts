import type { mvccpb, v3electionpb } from "../../proto/gen/mod.ts";
import { equalBytes, errors } from "../base/mod.ts";
import type { ServerStreamingCall } from "../grpc/mod.ts";
import type { KeyPrefix } from "./key_prefix.ts";
import { type LocalClient, unlessCompacted } from "./local_client.ts";

const putType = 0;

type ObserveCall = ServerStreamingCall<v3electionpb.LeaderRequest, v3electionpb.LeaderResponse>;

/**
 * Tells the leader of an election and each value that it proclaims, then the next leader, until the call is cancelled. Leaders that come and go while the client does not read may
 * be left out, the last one never.
 * @throws EtcdError `canceled`, and what a range throws
 */
export async function observe(client: LocalClient, prefix: KeyPrefix, call: ObserveCall): Promise<never> {
  /** What was told last, which is not told again where its watch has to begin anew because history was lost. */
  let told: mvccpb.KeyValue | undefined;
  const tell = (kv: mvccpb.KeyValue, revision: number): boolean => {
    told = kv;
    return call.write({ header: client.header(revision), kv });
  };

  for (;;) {
    const leader = await oldestOrFirst(client, prefix, call);
    if (leader === undefined) continue;
    const { kv, revision } = leader;
    const isTold = told !== undefined && told.modRevision === kv.modRevision && equalBytes(told.key, kv.key);
    if (!isTold && !tell(kv, revision)) await drained(call);
    await unlessCompacted(client.watch(
      { key: kv.key, startRevision: revision + 1, prevKv: false, noPut: false, noDelete: false },
      {
        call,
        visit: ({ type, kv }) => {
          if (type !== putType) return "done";
          return tell(kv!, kv!.modRevision) ? "next" : "hold";
        },
        began: (resume) => call.onDrain = resume,
      },
    ));
  }
}

/** The leader and the revision up to which it is known to be; waits until there is one. Undefined where history is gone before it was seen. */
async function oldestOrFirst(
  client: LocalClient,
  prefix: KeyPrefix,
  call: ObserveCall,
): Promise<{ kv: mvccpb.KeyValue; revision: number } | undefined> {
  const { revision, kvs } = await client.range(prefix.oldest());
  if (kvs.length > 0) return { kv: kvs[0], revision };
  let first: mvccpb.KeyValue | undefined;
  await unlessCompacted(client.watch(
    {
      key: prefix.bytes,
      rangeEnd: prefix.end,
      startRevision: revision + 1,
      prevKv: false,
      noPut: false,
      noDelete: true,
    },
    {
      call,
      visit: ({ kv }) => {
        first = kv;
        return "done";
      },
    },
  ));
  return first === undefined ? undefined : { kv: first, revision: first.modRevision };
}

/** Resolves when the client has read what it was sent. */
function drained(call: ObserveCall): Promise<void> {
  return new Promise((resolve, reject) => {
    call.onDrain = resolve;
    call.onCancel(() => reject(errors.canceled()));
  });
}
