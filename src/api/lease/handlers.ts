import type { services } from "../../../proto/gen/mod.ts";
import type { HandlersFor } from "../../grpc/mod.ts";
import type { Member } from "../../server/mod.ts";
import { readRequest } from "../decode.ts";
import type { EndlessCalls } from "../endless_calls.ts";
import { HeaderWriter } from "../header.ts";
import { LeaseResponseEncoder } from "./encode.ts";
import { KeepAliveStream } from "./keep_alive.ts";

/** Handlers of `etcdserverpb.Lease`. Streams of renewals are among `endlessCalls`. */
export function leaseHandlers(member: Member, endlessCalls: EndlessCalls): HandlersFor<typeof services.Lease> {
  const { leases, keyspace } = member;
  const encoder = new LeaseResponseEncoder(new HeaderWriter(member.identity, { term: () => member.consensus.term }));

  return {
    LeaseGrant: (call) => {
      const { ID, TTL } = call.request;
      call.subject = leases.grant({ id: ID, ttlSeconds: TTL }, {
        arrivalMs: call.arrivalMs,
        answer: (granted) => call.respondBytes(encoder.grant(granted)),
        failed: (error) => call.fail(error),
      });
    },

    LeaseRevoke: (call) => {
      call.subject = leases.revoke(call.request.ID, {
        arrivalMs: call.arrivalMs,
        answer: ({ revision }) => call.respondBytes(encoder.revoke(revision)),
        failed: (error) => call.fail(error),
      });
    },

    LeaseKeepAlive: (call) => {
      endlessCalls.add(call);
      const stream = new KeepAliveStream(call, { leases, keyspace, encoder });
      call.onMessage = ({ ID }) => stream.receive(ID);
      call.onHalfClose = () => stream.finish();
    },

    LeaseTimeToLive: (call) => {
      const { ID, keys } = call.request;
      leases.status(ID, { keys }, {
        finished: (status) => call.respondBytes(encoder.timeToLive(ID, { status, revision: keyspace.revision })),
        failed: (error) => call.fail(error),
      });
    },

    LeaseLeases: (call) => {
      readRequest(call);
      call.respondBytes(encoder.leases(leases.ids(), keyspace.revision));
    },
  };
}
