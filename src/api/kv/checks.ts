import type { etcdserverpb } from "../../../proto/gen/mod.ts";
import { Code, errors, EtcdError } from "../../base/mod.ts";
import { SortOrder, SortTarget } from "../../mvcc/mod.ts";

/*
 * What etcd refuses before a request reaches the keyspace (its `v3rpc` package), in the order in which it looks.
 */

/** @throws EtcdError `emptyKey`, `invalidSortOption` */
export function checkRange(request: etcdserverpb.RangeRequest): void {
  if (request.key.length === 0) throw errors.emptyKey();
  const { sortOrder, sortTarget } = request;
  if (sortOrder < SortOrder.None || sortOrder > SortOrder.Descend) throw errors.invalidSortOption();
  if (sortTarget < SortTarget.Key || sortTarget > SortTarget.Value) throw errors.invalidSortOption();
}

/** @throws EtcdError as {@link checkRange}, and `Unimplemented` for what etcd does not stream */
export function checkRangeStream(request: etcdserverpb.RangeRequest): void {
  checkRange(request);
  const { sortOrder, sortTarget } = request;
  if (sortOrder !== SortOrder.None && (sortTarget !== SortTarget.Key || sortOrder !== SortOrder.Ascend)) {
    throw new EtcdError(Code.Unimplemented, "RangeStream does not support custom sort orders");
  }
  const { minModRevision, maxModRevision, minCreateRevision, maxCreateRevision } = request;
  if (minModRevision !== 0 || maxModRevision !== 0 || minCreateRevision !== 0 || maxCreateRevision !== 0) {
    throw new EtcdError(Code.Unimplemented, "RangeStream does not support revision filters");
  }
}

/** @throws EtcdError `emptyKey`, `valueProvided`, `leaseProvided` */
export function checkPut(request: etcdserverpb.PutRequest): void {
  if (request.key.length === 0) throw errors.emptyKey();
  if (request.ignoreValue && request.value.length !== 0) throw errors.valueProvided();
  if (request.ignoreLease && request.lease !== 0n) throw errors.leaseProvided();
}

/** @throws EtcdError `emptyKey` */
export function checkDeleteRange(request: etcdserverpb.DeleteRangeRequest): void {
  if (request.key.length === 0) throw errors.emptyKey();
}

/**
 * Checks a transaction and all that is nested in it. `opsMax` bounds each list; what a level uses up is missing on the next.
 *
 * @throws EtcdError `tooManyOps`, `keyNotFound` for an operation without content, and what the single checks throw
 */
export function checkTxn(request: etcdserverpb.TxnRequest, opsMax: number): void {
  const opsCount = Math.max(request.compare.length, request.success.length, request.failure.length);
  if (opsCount > opsMax) throw errors.tooManyOps();
  for (const compare of request.compare) {
    if (compare.key.length === 0) throw errors.emptyKey();
  }
  for (const op of request.success) checkOp(op, opsMax - opsCount);
  for (const op of request.failure) checkOp(op, opsMax - opsCount);
}

function checkOp(op: etcdserverpb.RequestOp, opsMax: number): void {
  switch (op.request) {
    case "requestRange":
      return checkRange(op.requestRange);
    case "requestPut":
      return checkPut(op.requestPut);
    case "requestDeleteRange":
      return checkDeleteRange(op.requestDeleteRange);
    case "requestTxn":
      return checkTxn(op.requestTxn, opsMax);
    case "":
      throw errors.keyNotFound();
  }
}
