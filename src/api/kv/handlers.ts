import { etcdserverpb, type services } from "../../../proto/gen/mod.ts";
import { assert, errors, type EtcdError } from "../../base/mod.ts";
import type { HandlersFor, ServerCall, UnaryCall } from "../../grpc/mod.ts";
import { type DeleteRangeResult, isReadOnly, type PutResult, type TxnResult } from "../../mvcc/mod.ts";
import {
  type ClientCommand,
  type Command,
  CommandCode,
  type CommandResult,
  type CompactResult,
  EntryMaker,
  type Member,
  type Reader,
  requestOffset,
} from "../../server/mod.ts";
import { decode } from "../decode.ts";
import { HeaderWriter } from "../header.ts";
import { checkDeleteRange, checkPut, checkRange, checkRangeStream, checkTxn } from "./checks.ts";
import { toRangeQuery, toTxnOp } from "./decode.ts";
import { KvResponseEncoder } from "./encode.ts";
import { internalRequestSizer } from "./request_size.ts";
import { checkOverlaps } from "./txn_overlap.ts";

/** What the KV service works with. */
export interface KvOptions {
  member: Member;
  /** Operations of a transaction; etcd's `--max-txn-ops`. */
  maxTxnOps: number;
  /** Bytes of a request as etcd would put it into its log; etcd's `--max-request-bytes`. */
  maxRequestBytes: number;
}

/** Handlers of `etcdserverpb.KV`. */
export function kvHandlers(options: KvOptions): HandlersFor<typeof services.KV> {
  const { member, maxTxnOps, maxRequestBytes } = options;
  const encoder = new KvResponseEncoder(
    new HeaderWriter(member.identity, { term: () => member.consensus.term }),
  );

  const entries = new EntryMaker();
  const internalRequestBytes = internalRequestSizer(member.identity);

  const checkSize = ({ requestBytes }: UnaryCall<unknown, unknown>): void => {
    if (internalRequestBytes(requestBytes.length) > maxRequestBytes) throw errors.requestTooLarge();
  };

  /** The log entry of a request: the one copy of its bytes. */
  const entryOf = (call: UnaryCall<unknown, unknown>, code: CommandCode): Uint8Array => {
    checkSize(call);
    return entries.make(code, call.requestBytes);
  };

  return {
    Range: (call) => {
      const request = decode(etcdserverpb.RangeRequest, call.requestBytes.slice());
      checkRange(request);
      call.subject = request;
      member.reads.range(toRangeQuery(request), request, new CallReader(call, (result) => encoder.range(result)));
    },

    RangeStream: (call) => {
      const request = decode(
        etcdserverpb.RangeRequest,
        call.requestBytes.slice(),
        "failed to unmarshal the received message",
      );
      checkRangeStream(request);
      const options = { serializable: request.serializable, chunkBytes: maxRequestBytes };
      const resume = member.reads.rangeStream(toRangeQuery(request), options, {
        arrivalMs: call.arrivalMs,
        take: (chunk) => call.writeBytes(...encoder.rangeChunk(chunk)),
        finished: () => call.end(),
        failed: (error) => call.fail(error),
        isGone: () => call.isEnded,
      });
      call.onDrain = resume;
      call.onCancel(resume);
    },

    Put: (call) => {
      const entry = entryOf(call, CommandCode.put);
      const put = decode(etcdserverpb.PutRequest, entry.subarray(requestOffset));
      checkPut(put);
      member.propose(
        new CallCommand<PutResult>(call, { entry, command: { kind: "put", put } }, (result) => encoder.put(result)),
      );
    },

    DeleteRange: (call) => {
      const entry = entryOf(call, CommandCode.deleteRange);
      const deleteRange = decode(etcdserverpb.DeleteRangeRequest, entry.subarray(requestOffset));
      checkDeleteRange(deleteRange);
      member.propose(
        new CallCommand<DeleteRangeResult>(
          call,
          { entry, command: { kind: "deleteRange", deleteRange } },
          (result) => encoder.deleteRange(result),
        ),
      );
    },

    Txn: (call) => {
      const entry = entries.make(CommandCode.txn, call.requestBytes);
      const request = decode(etcdserverpb.TxnRequest, entry.subarray(requestOffset));
      checkTxn(request, maxTxnOps);
      checkOverlaps(request);
      const txn = toTxnOp(request);
      const encode = (result: TxnResult) => encoder.txn(result);
      if (isReadOnly(txn)) {
        call.subject = txn;
        return member.reads.txn(
          txn,
          { serializable: isSerializable(request) },
          new CallReader(call, (result) => [encode(result)]),
        );
      }
      checkSize(call);
      member.propose(new CallCommand<TxnResult>(call, { entry, command: { kind: "txn", txn } }, encode));
    },

    Compact: (call) => {
      const entry = entryOf(call, CommandCode.compact);
      const compact = decode(etcdserverpb.CompactionRequest, entry.subarray(requestOffset));
      member.propose(
        new CallCommand<CompactResult>(
          call,
          { entry, command: { kind: "compact", compact } },
          (result) => encoder.compact(result),
        ),
      );
    },
  };
}

/** Whether every operation is a range that may be answered from the member's own state. */
function isSerializable(txn: etcdserverpb.TxnRequest): boolean {
  return [...txn.success, ...txn.failure].every((op) => op.requestRange?.serializable === true);
}

/** A call that waits for its command. */
class CallCommand<Result extends CommandResult> implements ClientCommand {
  readonly entry: Uint8Array;
  readonly command: Command;
  constructor(
    readonly call: UnaryCall<unknown, unknown>,
    content: { entry: Uint8Array; command: Command },
    readonly encode: (result: Result) => Uint8Array,
  ) {
    this.entry = content.entry;
    this.command = content.command;
    call.subject = content.command;
  }

  get arrivalMs(): number {
    return this.call.arrivalMs;
  }

  answer(result: CommandResult): void {
    assert(!this.call.isEnded || this.call.isCancelled, "a call was answered twice");
    this.call.respondBytes(this.encode(result as Result));
  }

  failed(error: EtcdError): void {
    this.call.fail(error);
  }
}

/** A call that waits for its read. */
class CallReader<Result> implements Reader<Result> {
  constructor(
    readonly call: ServerCall & Pick<UnaryCall<unknown, unknown>, "respondBytes">,
    readonly encode: (result: Result) => Uint8Array[],
  ) {}

  get arrivalMs(): number {
    return this.call.arrivalMs;
  }

  finished(result: Result): void {
    this.call.respondBytes(...this.encode(result));
  }

  failed(error: EtcdError): void {
    this.call.fail(error);
  }

  isGone(): boolean {
    return this.call.isEnded;
  }
}
