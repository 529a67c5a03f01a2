import { boolean, choice, durationMs, featureGates, signed, text, unsigned, unsigned32, urls } from "./kinds.ts";
import { rowsOf } from "./option.ts";
import { parseEndpointUrls } from "../urls.ts";

const { works, pending, inert, deprecated } = rowsOf("Member");

/** Options of the member itself: its place, its listeners, its limits. */
export const memberOptions = {
  "name": works("Name of this member, for people; it also finds the member in --initial-cluster.", {
    kind: text,
    initial: "default",
  }),
  "data-dir": works("Directory that holds all of the member's data.", {
    kind: text,
    initial: "",
    shownDefault: "${name}.etcd",
  }),
  "wal-dir": inert("Directory for the log alone. detcd keeps log and data in one database.", {
    kind: text,
    initial: "",
  }),
  "snapshot-count": pending("Number of committed log entries after which old entries may be dropped.", {
    kind: unsigned,
    initial: 10_000,
  }),
  "heartbeat-interval": pending("Milliseconds between a leader's heartbeats.", { kind: unsigned, initial: 100 }),
  "election-timeout": works(
    "Milliseconds without a heartbeat after which a member calls an election. Requests wait for 5 s and twice this time, leases live at least one and a half times as long.",
    { kind: unsigned, initial: 1000 },
  ),
  "initial-election-tick-advance": pending("Whether a starting member shortens its first election timeout.", {
    kind: boolean,
    initial: true,
  }),
  "listen-peer-urls": pending("Addresses on which other members are served.", {
    kind: urls,
    initial: parseEndpointUrls("http://localhost:2380"),
  }),
  "listen-client-urls": works(
    "Addresses on which clients are served: gRPC, and HTTP as well unless --listen-client-http-urls is given.",
    { kind: urls, initial: parseEndpointUrls("http://localhost:2379") },
  ),
  "listen-client-http-urls": works("Addresses for HTTP alone; --listen-client-urls then serve gRPC alone.", {
    kind: urls,
    initial: [],
  }),
  "max-snapshots": deprecated("Number of snapshot files to keep.", {
    kind: unsigned,
    initial: 5,
    notice: "--max-snapshots is deprecated in 3.6 and will be decommissioned in 3.8.",
  }),
  "max-wals": inert("Number of log files to keep. detcd has no log files.", { kind: unsigned, initial: 5 }),
  "memory-mlock": inert("Keep the database's pages in memory.", { kind: boolean, initial: false, shownDefault: "" }),
  "quota-backend-bytes": works(
    "Bytes of live data at which the member refuses writes and raises an alarm; 0 for 2 GiB, negative for no bound.",
    { kind: signed, initial: 0 },
  ),
  "quota-alarm-manual-disarm": works(
    "Whether the quota's alarm stays until an operator disarms it, as in etcd. Otherwise it ends below 90% of the quota.",
    { kind: boolean, initial: false },
  ),
  "backend-bbolt-freelist-type": inert("Kind of free list in etcd's own storage engine.", {
    kind: text,
    initial: "map",
  }),
  "backend-batch-interval": inert("Longest time before etcd's storage engine commits.", {
    kind: durationMs,
    initial: 0,
    shownDefault: "",
  }),
  "backend-batch-limit": inert("Largest number of changes before etcd's storage engine commits.", {
    kind: signed,
    initial: 0,
  }),
  "max-txn-ops": works("Largest number of operations in a transaction.", { kind: unsigned, initial: 128 }),
  "max-request-bytes": works("Largest request in bytes.", { kind: unsigned, initial: 1_572_864 }),
  "max-concurrent-streams": works("Largest number of streams that a client may have open on a connection.", {
    kind: unsigned32,
    initial: 0xffff_ffff,
    shownDefault: "math.MaxUint32",
  }),
  "grpc-keepalive-min-time": works("Shortest time between a client's pings; who pings more often is disconnected.", {
    kind: durationMs,
    initial: 5000,
  }),
  "grpc-keepalive-interval": works("Time of silence after which the server pings a client; 0 for never.", {
    kind: durationMs,
    initial: 7_200_000,
    shownDefault: "2h",
  }),
  "grpc-keepalive-timeout": works("Time that a client has to answer a ping before it is disconnected.", {
    kind: durationMs,
    initial: 20_000,
  }),
  "socket-reuse-port": works("Listen with SO_REUSEPORT, so that a port in use can be bound again.", {
    kind: boolean,
    initial: false,
  }),
  "socket-reuse-address": works("Listen with SO_REUSEADDR. detcd always does.", { kind: boolean, initial: false }),
  "enable-grpc-gateway": pending("Serve the JSON gateway under /v3/.", {
    kind: boolean,
    initial: true,
    shownDefault: "",
  }),
  "raft-read-timeout": pending("Time without data after which a connection between members is given up.", {
    kind: durationMs,
    initial: 5000,
  }),
  "raft-write-timeout": pending("Time after which a write to another member is given up.", {
    kind: durationMs,
    initial: 5000,
  }),
  "feature-gates": pending("Experimental features to switch, as Name=true,Other=false.", {
    kind: featureGates,
    initial: new Map(),
  }),
};

const clustering = rowsOf("Clustering");

/** Options of the cluster that the member founds or joins. */
export const clusteringOptions = {
  "initial-advertise-peer-urls": clustering.works("Addresses at which other members find this one.", {
    kind: urls,
    initial: parseEndpointUrls("http://localhost:2380"),
  }),
  "initial-cluster": clustering.works("The members that found the cluster, as name=url,name=url.", {
    kind: text,
    initial: "default=http://localhost:2380",
  }),
  "initial-cluster-state": clustering.works('Whether the member founds a cluster ("new") or joins one ("existing").', {
    kind: choice("new", "existing"),
    initial: "new",
  }),
  "initial-cluster-token": clustering.works("A word that keeps clusters apart which are founded with the same URLs.", {
    kind: text,
    initial: "etcd-cluster",
  }),
  "advertise-client-urls": clustering.works("Addresses at which clients find this member.", {
    kind: urls,
    initial: parseEndpointUrls("http://localhost:2379"),
  }),
  "strict-reconfig-check": clustering.pending("Refuse changes of membership that would lose the quorum.", {
    kind: boolean,
    initial: true,
  }),
  "pre-vote": clustering.pending("Ask before an election whether it could be won.", { kind: boolean, initial: true }),
  "auto-compaction-retention": clustering.works("How much history to keep; 0 for all of it.", {
    kind: text,
    initial: "0",
  }),
  "auto-compaction-mode": clustering.works(
    'Whether the retention is a time ("periodic", in hours without a unit) or a number of revisions ("revision").',
    { kind: text, initial: "periodic" },
  ),
};
