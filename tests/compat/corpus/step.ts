import type { Message } from "../wire.ts";

/** One request of a chapter. Its place in the chapter is its number in failures. */
export interface Step {
  /** Such as "etcdserverpb.KV/Put". */
  method: string;
  /** A message, or bytes that may be none. */
  request: Message | Uint8Array;
  /** Whether the rpc's answer is a stream of chunks. */
  stream?: boolean;
}

/** Requests that are made one after the other, to a fresh server. */
export interface Chapter<Request = Step> {
  name: string;
  steps: readonly Request[];
  /** Flags that the servers get. */
  flags?: readonly string[];
}

const kv = (rpc: string) => (request: Message | Uint8Array): Step => ({ method: `etcdserverpb.KV/${rpc}`, request });

export const put = kv("Put");
export const range = kv("Range");
export const deleteRange = kv("DeleteRange");
export const txn = kv("Txn");
export const compact = kv("Compact");

/** A RangeStream of what a Range would be. */
export function rangeStream(request: Message | Uint8Array): Step {
  return { method: "etcdserverpb.KV/RangeStream", request, stream: true };
}

/** Numbers that are likely to be mistaken for others. */
export const oddNumbers: readonly bigint[] = [
  -1n,
  1n,
  2n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 60n,
  2n ** 63n - 1n,
  -(2n ** 31n),
  -(2n ** 53n) - 1n,
  -(2n ** 63n),
];

/** Everything, at the newest revision. */
export const everything: Step = range({ key: "\0", range_end: "\0" });
