import { writeInt64Number } from "../../../proto/int64.ts";
import { WireWriter } from "../../../proto/writer.ts";
import type {
  DeleteRangeResult,
  LongRangeResult,
  PutResult,
  RangeChunk,
  RangeResult,
  ResponseOp,
  TxnOutcome,
  TxnResult,
} from "../../mvcc/mod.ts";
import type { CompactResult } from "../../server/mod.ts";
import { type HeaderWriter, writeInnerHeader } from "../header.ts";

/**
 * Encodes the KV service's responses from the keyspace's results. Stored KeyValues are spliced in as they are: they are neither
 * decoded nor encoded.
 */
export class KvResponseEncoder {
  readonly #headers: HeaderWriter;
  readonly #writer = new WireWriter();

  constructor(headers: HeaderWriter) {
    this.#headers = headers;
  }

  /** An `etcdserverpb.PutResponse`. */
  put(result: PutResult): Uint8Array {
    const writer = this.#begin(result.revision);
    writePutFields(writer, result);
    return writer.take();
  }

  /** An `etcdserverpb.RangeResponse`, in pieces. */
  range(result: RangeResult | LongRangeResult): Uint8Array[] {
    const writer = this.#begin(result.revision);
    if ("kvs" in result) {
      writeRangeFields(writer, result);
      return [writer.take()];
    }
    const head = writer.take();
    writeRangeEnd(writer, result);
    return [head, ...result.records.take(), writer.take()];
  }

  /** An `etcdserverpb.DeleteRangeResponse`. */
  deleteRange(result: DeleteRangeResult): Uint8Array {
    const writer = this.#begin(result.revision);
    writeDeleteRangeFields(writer, result);
    return writer.take();
  }

  /** An `etcdserverpb.TxnResponse`. */
  txn(result: TxnResult): Uint8Array {
    const writer = this.#begin(result.revision);
    writeTxnFields(writer, result);
    return writer.take();
  }

  /** An `etcdserverpb.CompactionResponse`. */
  compact(result: CompactResult): Uint8Array {
    return this.#begin(result.revision).take();
  }

  /** An `etcdserverpb.RangeStreamResponse`, in pieces: as etcd has it, only the last one bears header, count and more. */
  rangeChunk({ records, last }: RangeChunk): Uint8Array[] {
    const writer = this.#writer;
    writer.reset();
    if (last !== undefined) this.#headers.write(writer, last.revision);
    const head = writer.take();
    if (last !== undefined) writeRangeEnd(writer, last);
    const tail = writer.take();
    writer.uint32(10).uint32(head.length + records.bytes + tail.length);
    return [writer.take(), head, ...records.take(), tail];
  }

  #begin(revision: number): WireWriter {
    this.#writer.reset();
    this.#headers.write(this.#writer, revision);
    return this.#writer;
  }
}

function writePutFields(writer: WireWriter, result: PutResult): void {
  if (result.prevKv !== undefined) writer.uint32(18).bytes(result.prevKv);
}

function writeRangeFields(writer: WireWriter, result: RangeResult): void {
  for (const kv of result.kvs) writer.uint32(18).bytes(kv);
  writeRangeEnd(writer, result);
}

function writeRangeEnd(writer: WireWriter, result: { count: number; more: boolean }): void {
  if (result.more) writer.uint32(24).bool(true);
  if (result.count !== 0) writeInt64Number(writer.uint32(32), result.count);
}

function writeDeleteRangeFields(writer: WireWriter, result: DeleteRangeResult): void {
  if (result.deleted !== 0) writeInt64Number(writer.uint32(16), result.deleted);
  for (const kv of result.prevKvs) writer.uint32(26).bytes(kv);
}

function writeTxnFields(writer: WireWriter, outcome: TxnOutcome): void {
  if (outcome.succeeded) writer.uint32(16).bool(true);
  for (const response of outcome.responses) {
    writer.uint32(26);
    const entered = writer.enter();
    writeResponseOp(writer, response);
    writer.leave(entered);
  }
}

/** Fields of `etcdserverpb.ResponseOp`, by kind: the tags of its oneof. */
const responseTags = { range: 10, put: 18, deleteRange: 26, txn: 34 } as const;

function writeResponseOp(writer: WireWriter, response: ResponseOp): void {
  writer.uint32(responseTags[response.kind]);
  const entered = writer.enter();
  switch (response.kind) {
    case "range":
      writeInnerHeader(writer, response.range.revision);
      writeRangeFields(writer, response.range);
      break;
    case "put":
      writeInnerHeader(writer, response.put.revision);
      writePutFields(writer, response.put);
      break;
    case "deleteRange":
      writeInnerHeader(writer, response.deleteRange.revision);
      writeDeleteRangeFields(writer, response.deleteRange);
      break;
    case "txn":
      writeInnerHeader(writer, 0);
      writeTxnFields(writer, response.txn);
      break;
    default:
      response satisfies never;
  }
  writer.leave(entered);
}
