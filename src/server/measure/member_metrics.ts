import { etcdClusterVersion, etcdVersion, type Registry } from "../../base/mod.ts";
import { formatId } from "../../membership/mod.ts";
import type { Consensus, Proposal } from "../../ports/mod.ts";
import type { MemberIdentity } from "../identity.ts";
import type { MemberStore } from "../member_store.ts";

/** What a member's own metrics are read from. */
export interface MemberMetricsSource {
  identity: MemberIdentity;
  members: MemberStore;
  consensus: Pick<Consensus<Proposal>, "leader" | "committedIndex" | "appliedIndex" | "pendingProposals">;
}

/** Registers who a member is and where its consensus stands, under the names of etcd's `etcdserver`. */
export function registerMemberMetrics(
  registry: Registry,
  { identity, members, consensus }: MemberMetricsSource,
): void {
  const constants: [name: string, help: string, label: string, value: string][] = [
    [
      "etcd_server_id",
      "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.",
      "server_id",
      formatId(identity.memberId),
    ],
    [
      "etcd_server_version",
      "Which version is running. 1 for 'server_version' label with current version.",
      "server_version",
      etcdVersion,
    ],
    [
      "etcd_cluster_version",
      "Which version is running. 1 for 'cluster_version' label with current cluster version",
      "cluster_version",
      etcdClusterVersion.split(".").slice(0, 2).join("."),
    ],
    [
      "etcd_server_go_version",
      "Which Go version server is running with. 1 for 'server_go_version' label with current version.",
      "server_go_version",
      "none",
    ],
  ];
  for (const [name, help, label, value] of constants) {
    registry.gauges(name, { help, labelNames: [label] }).labels(value).set(1);
  }
  const hasLeader = registry.gauge("etcd_server_has_leader", {
    help: "Whether or not a leader exists. 1 is existence, 0 is not.",
  });
  const isLeader = registry.gauge("etcd_server_is_leader", {
    help: "Whether or not this member is a leader. 1 if is, 0 otherwise.",
  });
  const isLearner = registry.gauge("etcd_server_is_learner", {
    help: "Whether or not this member is a learner. 1 if is, 0 otherwise.",
  });
  const knownPeers = registry.gauges("etcd_network_known_peers", {
    help: "The current number of known peers.",
    labelNames: ["Local", "Remote"],
  });
  const committed = registry.gauge("etcd_server_proposals_committed_total", {
    help: "The total number of consensus proposals committed.",
  });
  const applied = registry.gauge("etcd_server_proposals_applied_total", {
    help: "The total number of consensus proposals applied.",
  });
  const pending = registry.gauge("etcd_server_proposals_pending", {
    help: "The current number of pending proposals to commit.",
  });
  registry.onCollect(() => {
    const { leader } = consensus;
    hasLeader.set(leader === 0n ? 0 : 1);
    isLeader.set(leader === identity.memberId ? 1 : 0);
    isLearner.set(members.find(identity.memberId)?.isLearner === true ? 1 : 0);
    for (const { id } of members.list()) knownPeers.labels(formatId(identity.memberId), formatId(id)).set(1);
    committed.set(consensus.committedIndex);
    applied.set(consensus.appliedIndex);
    pending.set(consensus.pendingProposals);
  });
}
