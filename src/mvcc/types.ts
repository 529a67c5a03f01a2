import type { KeyText } from "./key.ts";
import type { RecordList } from "./record_list.ts";

/** Order of a Range's answer, numbered as `etcdserverpb.RangeRequest.SortOrder`. */
export const SortOrder = { None: 0, Ascend: 1, Descend: 2 } as const;
/** One of the values of {@link SortOrder}. */
export type SortOrder = typeof SortOrder[keyof typeof SortOrder];

/** What a Range sorts by, numbered as `etcdserverpb.RangeRequest.SortTarget`. */
export const SortTarget = { Key: 0, Version: 1, Create: 2, Mod: 3, Value: 4 } as const;
/** One of the values of {@link SortTarget}. */
export type SortTarget = typeof SortTarget[keyof typeof SortTarget];

/** How a compare judges, numbered as `etcdserverpb.Compare.CompareResult`. */
export const CompareResult = { Equal: 0, Greater: 1, Less: 2, NotEqual: 3 } as const;
/** One of the values of {@link CompareResult}. */
export type CompareResult = typeof CompareResult[keyof typeof CompareResult];

/** What a compare looks at, numbered as `etcdserverpb.Compare.CompareTarget`. */
export const CompareTarget = { Version: 0, Create: 1, Mod: 2, Value: 3, Lease: 4 } as const;
/** One of the values of {@link CompareTarget}. */
export type CompareTarget = typeof CompareTarget[keyof typeof CompareTarget];

/** A Range, with the meaning of `etcdserverpb.RangeRequest`. The bytes are only read during the call. */
export interface RangeQuery {
  key: Uint8Array;
  /** Exclusive end; empty or absent: the one key; a single zero byte: no end. */
  rangeEnd?: Uint8Array;
  /** Keys at most; 0 or less: all. */
  limit?: number;
  /** Main revision to read at; 0 or less: the newest. */
  revision?: number;
  sortOrder?: SortOrder;
  sortTarget?: SortTarget;
  keysOnly?: boolean;
  countOnly?: boolean;
  /** 0: no filter; so with the next three. */
  minModRevision?: number;
  maxModRevision?: number;
  minCreateRevision?: number;
  maxCreateRevision?: number;
}

/** What the answer to a {@link RangeQuery} says besides its KeyValues. */
export interface RangeSummary {
  /** Keys in the range, whatever limit and filters took away. */
  count: number;
  /** Whether the limit took keys away. */
  more: boolean;
  /** The newest revision when it was answered; within a write transaction that has already changed something, the transaction's own. */
  revision: number;
}

/** The answer to a {@link RangeQuery}. */
export interface RangeResult extends RangeSummary {
  /** Encoded `mvccpb.KeyValue` messages, ready to be sent. They are shared: nobody changes them. */
  kvs: Uint8Array[];
}

/** The answer to a {@link RangeQuery} over many keys. */
export interface LongRangeResult extends RangeSummary {
  records: RecordList;
}

/** A piece of a RangeStream's answer. */
export interface RangeChunk {
  records: RecordList;
  /** Present in the last piece only, as etcd 3.7 fills the fields. */
  last?: {
    /** For the header: the newest revision when the stream began. */
    revision: number;
    /** For `count`: keys in the range. */
    count: number;
    /** Whether the limit took keys away. */
    more: boolean;
  };
}

/** A Put, with the meaning of `etcdserverpb.PutRequest`. The bytes are copied. */
export interface PutOp {
  key: Uint8Array;
  value: Uint8Array;
  /** Signed 64-bit lease id; 0 or absent: none. */
  lease?: bigint;
  prevKv?: boolean;
  ignoreValue?: boolean;
  ignoreLease?: boolean;
}

/** The answer to a {@link PutOp}. */
export interface PutResult {
  /** Revision of the change. */
  revision: number;
  /** The key's encoded KeyValue before, when it was asked for and there was one. */
  prevKv: Uint8Array | undefined;
}

/** A DeleteRange, with the meaning of `etcdserverpb.DeleteRangeRequest`. */
export interface DeleteRangeOp {
  key: Uint8Array;
  rangeEnd?: Uint8Array;
  prevKv?: boolean;
}

/** The answer to a {@link DeleteRangeOp}. */
export interface DeleteRangeResult {
  /** Revision of the change; the one before when nothing was there to delete. */
  revision: number;
  /** Keys deleted. */
  deleted: number;
  /** Encoded KeyValues of what was deleted, in key order, when asked for. */
  prevKvs: Uint8Array[];
}

/** One condition, with the meaning of `etcdserverpb.Compare`. All keys of the range must meet it. */
export interface CompareOp {
  key: Uint8Array;
  rangeEnd?: Uint8Array;
  target: CompareTarget;
  result: CompareResult;
  /** What to compare with: a number for Version, Create and Mod, a bigint for Lease, bytes for Value. */
  operand: number | bigint | Uint8Array;
}

/** One operation of a transaction. */
export type RequestOp =
  | { kind: "range"; range: RangeQuery }
  | { kind: "put"; put: PutOp }
  | { kind: "deleteRange"; deleteRange: DeleteRangeOp }
  | { kind: "txn"; txn: TxnOp };

/** A transaction, with the meaning of `etcdserverpb.TxnRequest`. */
export interface TxnOp {
  compare: readonly CompareOp[];
  success: readonly RequestOp[];
  failure: readonly RequestOp[];
}

/** The answer to one operation of a transaction, at the same place. */
export type ResponseOp =
  | { kind: "range"; range: RangeResult }
  | { kind: "put"; put: PutResult }
  | { kind: "deleteRange"; deleteRange: DeleteRangeResult }
  | { kind: "txn"; txn: TxnOutcome };

/** What a transaction, outer or nested, came to. */
export interface TxnOutcome {
  succeeded: boolean;
  responses: ResponseOp[];
}

/** The answer to a whole transaction. */
export interface TxnResult extends TxnOutcome {
  /** Revision after it: one more than before when it changed anything. */
  revision: number;
}

/** What the keyspace asks of the leases. Ids are signed 64-bit, never 0. */
export interface LeaseBook {
  /** Whether the lease exists. */
  has(lease: bigint): boolean;
  /** The lease that the key is attached to, 0 for none. */
  leaseOf(key: KeyText): bigint;
  /** Attaches the key to an existing lease; it is attached to no other. */
  attach(lease: bigint, key: KeyText): void;
  /** Undoes {@link attach}. */
  detach(lease: bigint, key: KeyText): void;
}

/** A change as it is applied, for who listens. */
export interface AppliedEvent {
  key: KeyText;
  /** The encoded KeyValue; for a deletion it has only the key. Shared: nobody changes it. */
  kv: Uint8Array;
  isTombstone: boolean;
  /** Sequence number of the event in the history. */
  sequence: number;
  /** Sequence number of the key's value before, for KeySpace.recordAt; 0 when it had none. */
  previousSequence: number;
}

/** Called once for each new revision, within the call that makes it, with its changes in sub-revision order. It must not change the keyspace. */
export type AppliedListener = (revision: number, events: readonly AppliedEvent[]) => void;

/** A change as the history tells it. */
export interface HistoryEvent {
  sequence: number;
  revision: number;
  sub: number;
  isTombstone: boolean;
  /** The encoded KeyValue; for a deletion it has only the key. Shared: nobody changes it. */
  kv: Uint8Array;
}
