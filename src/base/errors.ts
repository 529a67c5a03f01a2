/**
 * gRPC status codes, as numbered by the gRPC specification.
 */
export const Code = {
  Ok: 0,
  Canceled: 1,
  Unknown: 2,
  InvalidArgument: 3,
  DeadlineExceeded: 4,
  NotFound: 5,
  AlreadyExists: 6,
  PermissionDenied: 7,
  ResourceExhausted: 8,
  FailedPrecondition: 9,
  Aborted: 10,
  OutOfRange: 11,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  DataLoss: 15,
  Unauthenticated: 16,
} as const;

/** One of the values of {@link Code}. */
export type Code = typeof Code[keyof typeof Code];

/**
 * A failure that a client is meant to see: a gRPC status with etcd's code and text. Everything that etcd answers with an
 * error is one of {@link errors}; anything else that is thrown is a bug and reaches clients as `Unknown`.
 */
export class EtcdError extends Error {
  /** The class's name, as stack traces show it. */
  override readonly name = "EtcdError";
  /** `code` is the gRPC status, `message` its text as clients see it. */
  constructor(readonly code: Code, message: string) {
    super(message);
  }
}

/** What makes an {@link EtcdError}. Call it where the failure happens, so that the stack is the failure's own. */
export type ErrorMaker = () => EtcdError;

function maker(code: Code, message: string): ErrorMaker {
  return () => new EtcdError(code, message);
}

/** Every error of etcd 3.7's client API, code and text, under the names of etcd's own table (`api/v3rpc/rpctypes`). */
export const errors = {
  emptyKey: maker(Code.InvalidArgument, "etcdserver: key is not provided"),
  keyNotFound: maker(Code.InvalidArgument, "etcdserver: key not found"),
  valueProvided: maker(Code.InvalidArgument, "etcdserver: value is provided"),
  leaseProvided: maker(Code.InvalidArgument, "etcdserver: lease is provided"),
  tooManyOps: maker(Code.InvalidArgument, "etcdserver: too many operations in txn request"),
  duplicateKey: maker(Code.InvalidArgument, "etcdserver: duplicate key given in txn request"),
  invalidClientAPIVersion: maker(Code.InvalidArgument, "etcdserver: invalid client api version"),
  invalidSortOption: maker(Code.InvalidArgument, "etcdserver: invalid sort option"),
  compacted: maker(Code.OutOfRange, "etcdserver: mvcc: required revision has been compacted"),
  futureRev: maker(Code.OutOfRange, "etcdserver: mvcc: required revision is a future revision"),
  noSpace: maker(Code.ResourceExhausted, "etcdserver: mvcc: database space exceeded"),
  leaseNotFound: maker(Code.NotFound, "etcdserver: requested lease not found"),
  leaseExist: maker(Code.FailedPrecondition, "etcdserver: lease already exists"),
  leaseTTLTooLarge: maker(Code.OutOfRange, "etcdserver: too large lease TTL"),
  watchCanceled: maker(Code.Canceled, "etcdserver: watch canceled"),
  memberExist: maker(Code.FailedPrecondition, "etcdserver: member ID already exist"),
  peerURLExist: maker(Code.FailedPrecondition, "etcdserver: Peer URLs already exists"),
  memberNotEnoughStarted: maker(
    Code.FailedPrecondition,
    "etcdserver: re-configuration failed due to not enough started members",
  ),
  memberBadURLs: maker(Code.InvalidArgument, "etcdserver: given member URLs are invalid"),
  memberNotFound: maker(Code.NotFound, "etcdserver: member not found"),
  memberNotLearner: maker(Code.FailedPrecondition, "etcdserver: can only promote a learner member"),
  learnerNotReady: maker(
    Code.FailedPrecondition,
    "etcdserver: can only promote a learner member which is in sync with leader",
  ),
  tooManyLearners: maker(Code.FailedPrecondition, "etcdserver: too many learner members in cluster"),
  clusterIDMismatch: maker(Code.FailedPrecondition, "etcdserver: cluster ID mismatch"),
  requestTooLarge: maker(Code.InvalidArgument, "etcdserver: request is too large"),
  requestTooManyRequests: maker(Code.ResourceExhausted, "etcdserver: too many requests"),
  rootUserNotExist: maker(Code.FailedPrecondition, "etcdserver: root user does not exist"),
  rootRoleNotExist: maker(Code.FailedPrecondition, "etcdserver: root user does not have root role"),
  userAlreadyExist: maker(Code.FailedPrecondition, "etcdserver: user name already exists"),
  userEmpty: maker(Code.InvalidArgument, "etcdserver: user name is empty"),
  userNotFound: maker(Code.FailedPrecondition, "etcdserver: user name not found"),
  roleAlreadyExist: maker(Code.FailedPrecondition, "etcdserver: role name already exists"),
  roleNotFound: maker(Code.FailedPrecondition, "etcdserver: role name not found"),
  roleEmpty: maker(Code.InvalidArgument, "etcdserver: role name is empty"),
  authFailed: maker(Code.InvalidArgument, "etcdserver: authentication failed, invalid user ID or password"),
  permissionNotGiven: maker(Code.InvalidArgument, "etcdserver: permission not given"),
  permissionDenied: maker(Code.PermissionDenied, "etcdserver: permission denied"),
  roleNotGranted: maker(Code.FailedPrecondition, "etcdserver: role is not granted to the user"),
  permissionNotGranted: maker(Code.FailedPrecondition, "etcdserver: permission is not granted to the role"),
  authNotEnabled: maker(Code.FailedPrecondition, "etcdserver: authentication is not enabled"),
  invalidAuthToken: maker(Code.Unauthenticated, "etcdserver: invalid auth token"),
  invalidAuthMgmt: maker(Code.InvalidArgument, "etcdserver: invalid auth management"),
  authOldRevision: maker(Code.InvalidArgument, "etcdserver: revision of auth store is old"),
  noLeader: maker(Code.Unavailable, "etcdserver: no leader"),
  notLeader: maker(Code.FailedPrecondition, "etcdserver: not leader"),
  leaderChanged: maker(Code.Unavailable, "etcdserver: leader changed"),
  notCapable: maker(Code.FailedPrecondition, "etcdserver: not capable"),
  stopped: maker(Code.Unavailable, "etcdserver: server stopped"),
  timeout: maker(Code.Unavailable, "etcdserver: request timed out"),
  timeoutDueToLeaderFail: maker(
    Code.Unavailable,
    "etcdserver: request timed out, possibly due to previous leader failure",
  ),
  timeoutDueToConnectionLost: maker(Code.Unavailable, "etcdserver: request timed out, possibly due to connection lost"),
  timeoutWaitAppliedIndex: maker(
    Code.Unavailable,
    "etcdserver: request timed out, waiting for the applied index took too long",
  ),
  unhealthy: maker(Code.Unavailable, "etcdserver: unhealthy cluster"),
  corrupt: maker(Code.DataLoss, "etcdserver: corrupt cluster"),
  notSupportedForLearner: maker(Code.FailedPrecondition, "etcdserver: rpc not supported for learner"),
  badLeaderTransferee: maker(Code.FailedPrecondition, "etcdserver: bad leader transferee"),
  wrongDowngradeVersionFormat: maker(Code.InvalidArgument, "etcdserver: wrong downgrade target version format"),
  invalidDowngradeTargetVersion: maker(Code.InvalidArgument, "etcdserver: invalid downgrade target version"),
  clusterVersionUnavailable: maker(Code.FailedPrecondition, "etcdserver: cluster version not found during downgrade"),
  downgradeInProcess: maker(Code.FailedPrecondition, "etcdserver: cluster has a downgrade job in progress"),
  noInflightDowngrade: maker(Code.FailedPrecondition, "etcdserver: no inflight downgrade job"),
  canceled: maker(Code.Canceled, "etcdserver: request canceled"),
  deadlineExceeded: maker(Code.DeadlineExceeded, "etcdserver: context deadline exceeded"),
} as const satisfies Record<string, ErrorMaker>;
