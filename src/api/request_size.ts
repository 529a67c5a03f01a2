import type { MemberIdentity } from "../server/mod.ts";

/**
 * The size of etcd's `InternalRaftRequest` around a request, which is what etcd holds against `--max-request-bytes`: the request
 * as an embedded message, and a header with the request's id. Such ids carry the low 16 bits of the member's id in front, which
 * decides on how many bytes they take as varints.
 */
export function internalRequestBytes(requestBytes: number, identity: MemberIdentity): number {
  const idBytes = varintBytes((BigInt.asUintN(16, identity.memberId) << 48n) | requestTime);
  const headerBytes = 2 + 1 + 1 + idBytes;
  return headerBytes + 1 + varintBytes(requestBytes) + requestBytes;
}

/** The bits below: a time, of which the highest bit is set for years at a stretch. */
const requestTime = 1n << 47n;

function varintBytes(value: number | bigint): number {
  let bytes = 1;
  for (let rest = BigInt(value); rest > 127n; rest >>= 7n) bytes++;
  return bytes;
}
