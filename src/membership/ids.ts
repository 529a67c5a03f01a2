import { sha1Head } from "./sha1.ts";

/** A member or cluster id as etcd writes it in logs and metrics: hexadecimal without leading zeros. */
export function formatId(id: bigint): string {
  return id.toString(16);
}

/**
 * The id of a member: the first 64 bits of the SHA-1 of its peer URLs in order, the cluster's token and, for a member that
 * is added to a running cluster, the time in whole seconds since 1970.
 */
export function memberId(
  peerUrls: readonly string[],
  options: { clusterToken: string; addedAtSeconds?: number },
): bigint {
  const sorted = [...peerUrls].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
  const added = options.addedAtSeconds === undefined ? "" : String(options.addedAtSeconds);
  return sha1Head(new TextEncoder().encode(sorted.join("") + options.clusterToken + added));
}

/** The id of a cluster: the first 64 bits of the SHA-1 of its founding members' ids, in ascending order. */
export function clusterId(memberIds: readonly bigint[]): bigint {
  const bytes = new DataView(new ArrayBuffer(8 * memberIds.length));
  const sorted = [...memberIds].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
  for (let at = 0; at < sorted.length; at++) bytes.setBigUint64(8 * at, sorted[at]);
  return sha1Head(new Uint8Array(bytes.buffer));
}
