// Made by `deno task proto` from the .proto files: change those.
import { method } from "../method.ts";
import * as etcdserverpb from "./etcdserverpb.ts";
import * as grpc_health_v1 from "./grpc_health_v1.ts";
import * as v3electionpb from "./v3electionpb.ts";
import * as v3lockpb from "./v3lockpb.ts";

/** Users, roles, and whether they are enforced. */
export const Auth = {
  AuthDisable: method("/etcdserverpb.Auth/AuthDisable", {
    request: etcdserverpb.AuthDisableRequest,
    requestStream: false,
    response: etcdserverpb.AuthDisableResponse,
    responseStream: false,
  }),
  AuthEnable: method("/etcdserverpb.Auth/AuthEnable", {
    request: etcdserverpb.AuthEnableRequest,
    requestStream: false,
    response: etcdserverpb.AuthEnableResponse,
    responseStream: false,
  }),
  AuthStatus: method("/etcdserverpb.Auth/AuthStatus", {
    request: etcdserverpb.AuthStatusRequest,
    requestStream: false,
    response: etcdserverpb.AuthStatusResponse,
    responseStream: false,
  }),
  Authenticate: method("/etcdserverpb.Auth/Authenticate", {
    request: etcdserverpb.AuthenticateRequest,
    requestStream: false,
    response: etcdserverpb.AuthenticateResponse,
    responseStream: false,
  }),
  RoleAdd: method("/etcdserverpb.Auth/RoleAdd", {
    request: etcdserverpb.AuthRoleAddRequest,
    requestStream: false,
    response: etcdserverpb.AuthRoleAddResponse,
    responseStream: false,
  }),
  RoleDelete: method("/etcdserverpb.Auth/RoleDelete", {
    request: etcdserverpb.AuthRoleDeleteRequest,
    requestStream: false,
    response: etcdserverpb.AuthRoleDeleteResponse,
    responseStream: false,
  }),
  RoleGet: method("/etcdserverpb.Auth/RoleGet", {
    request: etcdserverpb.AuthRoleGetRequest,
    requestStream: false,
    response: etcdserverpb.AuthRoleGetResponse,
    responseStream: false,
  }),
  RoleGrantPermission: method("/etcdserverpb.Auth/RoleGrantPermission", {
    request: etcdserverpb.AuthRoleGrantPermissionRequest,
    requestStream: false,
    response: etcdserverpb.AuthRoleGrantPermissionResponse,
    responseStream: false,
  }),
  RoleList: method("/etcdserverpb.Auth/RoleList", {
    request: etcdserverpb.AuthRoleListRequest,
    requestStream: false,
    response: etcdserverpb.AuthRoleListResponse,
    responseStream: false,
  }),
  RoleRevokePermission: method("/etcdserverpb.Auth/RoleRevokePermission", {
    request: etcdserverpb.AuthRoleRevokePermissionRequest,
    requestStream: false,
    response: etcdserverpb.AuthRoleRevokePermissionResponse,
    responseStream: false,
  }),
  UserAdd: method("/etcdserverpb.Auth/UserAdd", {
    request: etcdserverpb.AuthUserAddRequest,
    requestStream: false,
    response: etcdserverpb.AuthUserAddResponse,
    responseStream: false,
  }),
  UserChangePassword: method("/etcdserverpb.Auth/UserChangePassword", {
    request: etcdserverpb.AuthUserChangePasswordRequest,
    requestStream: false,
    response: etcdserverpb.AuthUserChangePasswordResponse,
    responseStream: false,
  }),
  UserDelete: method("/etcdserverpb.Auth/UserDelete", {
    request: etcdserverpb.AuthUserDeleteRequest,
    requestStream: false,
    response: etcdserverpb.AuthUserDeleteResponse,
    responseStream: false,
  }),
  UserGet: method("/etcdserverpb.Auth/UserGet", {
    request: etcdserverpb.AuthUserGetRequest,
    requestStream: false,
    response: etcdserverpb.AuthUserGetResponse,
    responseStream: false,
  }),
  UserGrantRole: method("/etcdserverpb.Auth/UserGrantRole", {
    request: etcdserverpb.AuthUserGrantRoleRequest,
    requestStream: false,
    response: etcdserverpb.AuthUserGrantRoleResponse,
    responseStream: false,
  }),
  UserList: method("/etcdserverpb.Auth/UserList", {
    request: etcdserverpb.AuthUserListRequest,
    requestStream: false,
    response: etcdserverpb.AuthUserListResponse,
    responseStream: false,
  }),
  UserRevokeRole: method("/etcdserverpb.Auth/UserRevokeRole", {
    request: etcdserverpb.AuthUserRevokeRoleRequest,
    requestStream: false,
    response: etcdserverpb.AuthUserRevokeRoleResponse,
    responseStream: false,
  }),
};

/** Changes and lists membership. */
export const Cluster = {
  MemberAdd: method("/etcdserverpb.Cluster/MemberAdd", {
    request: etcdserverpb.MemberAddRequest,
    requestStream: false,
    response: etcdserverpb.MemberAddResponse,
    responseStream: false,
  }),
  MemberList: method("/etcdserverpb.Cluster/MemberList", {
    request: etcdserverpb.MemberListRequest,
    requestStream: false,
    response: etcdserverpb.MemberListResponse,
    responseStream: false,
  }),
  MemberPromote: method("/etcdserverpb.Cluster/MemberPromote", {
    request: etcdserverpb.MemberPromoteRequest,
    requestStream: false,
    response: etcdserverpb.MemberPromoteResponse,
    responseStream: false,
  }),
  MemberRemove: method("/etcdserverpb.Cluster/MemberRemove", {
    request: etcdserverpb.MemberRemoveRequest,
    requestStream: false,
    response: etcdserverpb.MemberRemoveResponse,
    responseStream: false,
  }),
  MemberUpdate: method("/etcdserverpb.Cluster/MemberUpdate", {
    request: etcdserverpb.MemberUpdateRequest,
    requestStream: false,
    response: etcdserverpb.MemberUpdateResponse,
    responseStream: false,
  }),
};

/** The keyspace: a map from byte strings to values in which every change has a revision. */
export const KV = {
  /** Forgets what was overwritten or deleted up to a revision. */
  Compact: method("/etcdserverpb.KV/Compact", {
    request: etcdserverpb.CompactionRequest,
    requestStream: false,
    response: etcdserverpb.CompactionResponse,
    responseStream: false,
  }),
  /** Deletes a key or a range: one new revision, an event for each deleted key. */
  DeleteRange: method("/etcdserverpb.KV/DeleteRange", {
    request: etcdserverpb.DeleteRangeRequest,
    requestStream: false,
    response: etcdserverpb.DeleteRangeResponse,
    responseStream: false,
  }),
  /** Stores a value under a key: one new revision, one event. */
  Put: method("/etcdserverpb.KV/Put", {
    request: etcdserverpb.PutRequest,
    requestStream: false,
    response: etcdserverpb.PutResponse,
    responseStream: false,
  }),
  /** Reads a key or a range of keys. */
  Range: method("/etcdserverpb.KV/Range", {
    request: etcdserverpb.RangeRequest,
    requestStream: false,
    response: etcdserverpb.RangeResponse,
    responseStream: false,
  }),
  /** The same as Range, answered in pieces, for results larger than one message. */
  RangeStream: method("/etcdserverpb.KV/RangeStream", {
    request: etcdserverpb.RangeRequest,
    requestStream: false,
    response: etcdserverpb.RangeStreamResponse,
    responseStream: true,
  }),
  /** Checks conditions, then runs one of two lists of operations, all at one revision. A key is changed at most once. */
  Txn: method("/etcdserverpb.KV/Txn", {
    request: etcdserverpb.TxnRequest,
    requestStream: false,
    response: etcdserverpb.TxnResponse,
    responseStream: false,
  }),
};

/** Grants, renews and ends leases. */
export const Lease = {
  LeaseGrant: method("/etcdserverpb.Lease/LeaseGrant", {
    request: etcdserverpb.LeaseGrantRequest,
    requestStream: false,
    response: etcdserverpb.LeaseGrantResponse,
    responseStream: false,
  }),
  LeaseKeepAlive: method("/etcdserverpb.Lease/LeaseKeepAlive", {
    request: etcdserverpb.LeaseKeepAliveRequest,
    requestStream: true,
    response: etcdserverpb.LeaseKeepAliveResponse,
    responseStream: true,
  }),
  LeaseLeases: method("/etcdserverpb.Lease/LeaseLeases", {
    request: etcdserverpb.LeaseLeasesRequest,
    requestStream: false,
    response: etcdserverpb.LeaseLeasesResponse,
    responseStream: false,
  }),
  LeaseRevoke: method("/etcdserverpb.Lease/LeaseRevoke", {
    request: etcdserverpb.LeaseRevokeRequest,
    requestStream: false,
    response: etcdserverpb.LeaseRevokeResponse,
    responseStream: false,
  }),
  LeaseTimeToLive: method("/etcdserverpb.Lease/LeaseTimeToLive", {
    request: etcdserverpb.LeaseTimeToLiveRequest,
    requestStream: false,
    response: etcdserverpb.LeaseTimeToLiveResponse,
    responseStream: false,
  }),
};

/** Status, alarms, space, hashes and snapshots of one member. */
export const Maintenance = {
  Alarm: method("/etcdserverpb.Maintenance/Alarm", {
    request: etcdserverpb.AlarmRequest,
    requestStream: false,
    response: etcdserverpb.AlarmResponse,
    responseStream: false,
  }),
  Defragment: method("/etcdserverpb.Maintenance/Defragment", {
    request: etcdserverpb.DefragmentRequest,
    requestStream: false,
    response: etcdserverpb.DefragmentResponse,
    responseStream: false,
  }),
  Downgrade: method("/etcdserverpb.Maintenance/Downgrade", {
    request: etcdserverpb.DowngradeRequest,
    requestStream: false,
    response: etcdserverpb.DowngradeResponse,
    responseStream: false,
  }),
  Hash: method("/etcdserverpb.Maintenance/Hash", {
    request: etcdserverpb.HashRequest,
    requestStream: false,
    response: etcdserverpb.HashResponse,
    responseStream: false,
  }),
  HashKV: method("/etcdserverpb.Maintenance/HashKV", {
    request: etcdserverpb.HashKVRequest,
    requestStream: false,
    response: etcdserverpb.HashKVResponse,
    responseStream: false,
  }),
  MoveLeader: method("/etcdserverpb.Maintenance/MoveLeader", {
    request: etcdserverpb.MoveLeaderRequest,
    requestStream: false,
    response: etcdserverpb.MoveLeaderResponse,
    responseStream: false,
  }),
  Snapshot: method("/etcdserverpb.Maintenance/Snapshot", {
    request: etcdserverpb.SnapshotRequest,
    requestStream: false,
    response: etcdserverpb.SnapshotResponse,
    responseStream: true,
  }),
  Status: method("/etcdserverpb.Maintenance/Status", {
    request: etcdserverpb.StatusRequest,
    requestStream: false,
    response: etcdserverpb.StatusResponse,
    responseStream: false,
  }),
};

/** Streams of events. */
export const Watch = {
  /** Carries any number of watches in both directions. */
  Watch: method("/etcdserverpb.Watch/Watch", {
    request: etcdserverpb.WatchRequest,
    requestStream: true,
    response: etcdserverpb.WatchResponse,
    responseStream: true,
  }),
};

export const Health = {
  Check: method("/grpc.health.v1.Health/Check", {
    request: grpc_health_v1.HealthCheckRequest,
    requestStream: false,
    response: grpc_health_v1.HealthCheckResponse,
    responseStream: false,
  }),
  /** The state now, and again whenever it changes. */
  Watch: method("/grpc.health.v1.Health/Watch", {
    request: grpc_health_v1.HealthCheckRequest,
    requestStream: false,
    response: grpc_health_v1.HealthCheckResponse,
    responseStream: true,
  }),
};

export const Election = {
  /** Answers when the caller is elected. */
  Campaign: method("/v3electionpb.Election/Campaign", {
    request: v3electionpb.CampaignRequest,
    requestStream: false,
    response: v3electionpb.CampaignResponse,
    responseStream: false,
  }),
  Leader: method("/v3electionpb.Election/Leader", {
    request: v3electionpb.LeaderRequest,
    requestStream: false,
    response: v3electionpb.LeaderResponse,
    responseStream: false,
  }),
  /** Tells every leader, in order, from the present one on. */
  Observe: method("/v3electionpb.Election/Observe", {
    request: v3electionpb.LeaderRequest,
    requestStream: false,
    response: v3electionpb.LeaderResponse,
    responseStream: true,
  }),
  /** Changes the leader's value. */
  Proclaim: method("/v3electionpb.Election/Proclaim", {
    request: v3electionpb.ProclaimRequest,
    requestStream: false,
    response: v3electionpb.ProclaimResponse,
    responseStream: false,
  }),
  Resign: method("/v3electionpb.Election/Resign", {
    request: v3electionpb.ResignRequest,
    requestStream: false,
    response: v3electionpb.ResignResponse,
    responseStream: false,
  }),
};

export const Lock = {
  /** Answers when the lock is held. It is held until the key is deleted, or its lease ends. */
  Lock: method("/v3lockpb.Lock/Lock", {
    request: v3lockpb.LockRequest,
    requestStream: false,
    response: v3lockpb.LockResponse,
    responseStream: false,
  }),
  Unlock: method("/v3lockpb.Lock/Unlock", {
    request: v3lockpb.UnlockRequest,
    requestStream: false,
    response: v3lockpb.UnlockResponse,
    responseStream: false,
  }),
};
