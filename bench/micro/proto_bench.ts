import { etcdserverpb as pb, mvccpb } from "../../proto/gen/mod.ts";

/** The figure that counts is the time per iteration divided by this. */
const messagesPerIteration = 1000;

function repeat(name: string, work: () => unknown): void {
  Deno.bench(`${name}, ${messagesPerIteration} times`, () => {
    for (let i = 0; i < messagesPerIteration; i++) work();
  });
}

const key = new TextEncoder().encode("/registry/pods/default/nginx-12345");
const value = new Uint8Array(256);
const header = { clusterId: 0xcdf818194e3a8c32n, memberId: 0x8e9e05c52164694dn, revision: 123456, raftTerm: 2 };
const keyValue = { key, createRevision: 12345, modRevision: 123456, version: 3, value, lease: 0n };

const put = pb.PutRequest.encode({ key, value, lease: 0x1234567890abcdefn });
const range = pb.RangeRequest.encode({ key });
const txn = pb.TxnRequest.encode({
  compare: [{ target: pb.CompareTarget.MOD, key, modRevision: 123456 }],
  success: [{ requestPut: { key, value, lease: 0x1234567890abcdefn } }],
  failure: [{ requestRange: { key } }],
});

repeat("decode PutRequest", () => pb.PutRequest.decode(put));
repeat("decode RangeRequest", () => pb.RangeRequest.decode(range));
repeat("decode TxnRequest as kube-apiserver sends it", () => pb.TxnRequest.decode(txn));
repeat("encode PutResponse", () => pb.PutResponse.encode({ header }));
repeat("encode RangeResponse of one key", () => pb.RangeResponse.encode({ header, kvs: [keyValue], count: 1 }));
repeat("encode KeyValue", () => mvccpb.KeyValue.encode(keyValue));
