import type { MemberIdentity } from "../../server/mod.ts";

/**
 * Says for a member the size of etcd's `InternalRaftRequest` around a request, which is what etcd holds against `--max-request-bytes`: the
 * request as an embedded message, and a header with the request's id. Such ids carry the low 16 bits of the member's id in front, which
 * decides on how many bytes they take as varints.
 */
export function internalRequestSizer(identity: MemberIdentity): (requestBytes: number) => number {
  const headerBytes = 2 + 1 + 1 + varintBytes(Number(BigInt.asUintN(16, identity.memberId)) * 2 ** 48 + requestTime);
  return (requestBytes) => headerBytes + 1 + varintBytes(requestBytes) + requestBytes;
}

/** The bits below: a time, of which the highest bit is set for years at a stretch. */
const requestTime = 2 ** 47;

/** Of a number below 2^64, which may be rounded. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let bound = 128; value >= bound; bound *= 128) bytes++;
  return bytes;
}
