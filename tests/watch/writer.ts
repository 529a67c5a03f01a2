import * as grpc from "@grpc/grpc-js";
import { type etcdserverpb, type Method, services } from "../../proto/gen/mod.ts";
import type { Write, WriteOp } from "./history.ts";

const utf8 = new TextEncoder();

/** Writes, and keeps what took a revision. */
export class Writer implements Disposable {
  readonly writes: Write[] = [];
  readonly #client: grpc.Client;

  constructor(endpoint: string) {
    this.#client = new grpc.Client(endpoint, grpc.credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /** Makes one write of `ops`: as a Put or DeleteRange where one will do, else as a Txn. The answer is the newest revision. */
  async write(ops: readonly WriteOp[]): Promise<number> {
    const [first] = ops;
    if (ops.length > 1) {
      const { header, responses } = await this.#call(services.KV.Txn, { success: ops.map(requestOp) });
      const hasChanged = responses.some(({ responsePut, responseDeleteRange }) =>
        responsePut !== undefined || Number(responseDeleteRange?.deleted ?? 0) > 0
      );
      return this.#written(header, ops, hasChanged);
    }
    if (first.kind === "put") {
      const { header } = await this.#call(services.KV.Put, {
        key: utf8.encode(first.key),
        value: utf8.encode(first.value),
      });
      return this.#written(header, ops, true);
    }
    const { header, deleted } = await this.#call(services.KV.DeleteRange, deletion(first));
    return this.#written(header, ops, Number(deleted) > 0);
  }

  /** Compacts; says whether it did, which it does not where another compaction has gone further. */
  async compact(revision: number): Promise<boolean> {
    try {
      await this.#call(services.KV.Compact, { revision });
      return true;
    } catch (error) {
      if ((error as grpc.ServiceError).code === grpc.status.OUT_OF_RANGE) return false;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #written(header: etcdserverpb.ResponseHeader | undefined, ops: readonly WriteOp[], hasChanged: boolean): number {
    const { revision } = header!;
    if (hasChanged) this.writes.push({ revision, ops });
    return revision;
  }

  #call<Request, Response>(
    method: Method<Request, Response, false, false>,
    request: Parameters<Method<Request, Response>["requestSerialize"]>[0],
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      const { path, requestSerialize, responseDeserialize } = method;
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        (error, response) => error ? reject(error) : resolve(response!),
      );
    });
  }
}

function requestOp(op: WriteOp): etcdserverpb.RequestOp {
  const request = op.kind === "put"
    ? { requestPut: { key: utf8.encode(op.key), value: utf8.encode(op.value) } }
    : { requestDeleteRange: deletion(op) };
  return request as etcdserverpb.RequestOp;
}

function deletion({ key, rangeEnd = "" }: Extract<WriteOp, { kind: "delete" }>) {
  return { key: utf8.encode(key), rangeEnd: utf8.encode(rangeEnd) };
}
