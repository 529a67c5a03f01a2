import type { etcdserverpb, services } from "../../proto/gen/mod.ts";
import { Code, errors, EtcdError } from "../base/mod.ts";
import type { HandlersFor, UnaryCall } from "../grpc/mod.ts";
import type { Member, MemberInfo } from "../server/mod.ts";
import { responseHeader } from "./header.ts";

/** What the Cluster service works with. */
export interface ClusterOptions {
  member: Member;
  /** Reads peer URLs as etcd does; throws for what it refuses. */
  parseUrls(texts: readonly string[]): readonly string[];
}

/** Handlers of `etcdserverpb.Cluster` for a cluster of one member: it can neither be added to nor be left without a member. */
export function clusterHandlers({ member, parseUrls }: ClusterOptions): HandlersFor<typeof services.Cluster> {
  const { members } = member;
  /** etcd tells no revision here. */
  const header = () => responseHeader(member, 0);
  const list = () => members.list().map(toMessage);

  return {
    MemberList: (call) => {
      const answer = () => call.respond({ header: header(), members: list() });
      if (call.request.linearizable) answerWith(call, member.reads.probe(), answer);
      else answer();
    },

    MemberAdd: (call) => {
      const urls = readUrls(call.request.peerURLs, parseUrls);
      if (members.list().some(({ peerUrls }) => peerUrls.some((url) => urls.includes(url)))) {
        throw errors.peerURLExist();
      }
      throw new EtcdError(
        Code.FailedPrecondition,
        "detcd: cannot add a member: this version runs clusters of one member only",
      );
    },

    MemberRemove: (call) => {
      if (members.find(call.request.ID) === undefined) throw errors.memberNotFound();
      // etcd's code for this one error is Unknown.
      throw new EtcdError(Code.Unknown, errors.memberNotEnoughStarted().message);
    },

    MemberUpdate: (call) => {
      members.updatePeerUrls(call.request.ID, call.request.peerURLs);
      answerWith(call, member.storeEffects(), () => call.respond({ header: header(), members: list() }));
    },

    MemberPromote: (call) => {
      const found = members.find(call.request.ID);
      if (found === undefined) throw errors.memberNotFound();
      throw errors.memberNotLearner();
    },
  };
}

function answerWith(call: UnaryCall<unknown, unknown>, ready: Promise<void>, answer: () => void): void {
  ready.then(answer).catch((error) => call.fail(error));
}

function readUrls(texts: readonly string[], parse: ClusterOptions["parseUrls"]): readonly string[] {
  if (texts.length === 0) throw errors.memberBadURLs();
  try {
    return parse(texts);
  } catch {
    throw errors.memberBadURLs();
  }
}

function toMessage({ id, name, peerUrls, clientUrls, isLearner }: MemberInfo): etcdserverpb.Member {
  return { ID: id, name, peerURLs: [...peerUrls], clientURLs: [...clientUrls], isLearner };
}
