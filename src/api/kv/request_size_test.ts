import assert from "node:assert/strict";
import { etcdserverpb } from "../../../proto/gen/mod.ts";
import { internalRequestSizer } from "./request_size.ts";

Deno.test("internalRequestSizer() is the size of etcd's InternalRaftRequest", () => {
  for (const memberId of [0x8e9e05c52164694dn, 0x1n, 0x0200n, 0xffffn, 0x70000n]) {
    // etcd's request ids: the member's low bits in front, behind them a time that always needs their low 48 bits.
    const requestId = (BigInt.asUintN(16, memberId) << 48n) | 0x9991_2345_6789n;
    for (const valueBytes of [0, 1, 100, 127, 128, 16_383, 200_000]) {
      const put = { key: new Uint8Array(3), value: new Uint8Array(valueBytes) };
      const size = internalRequestSizer({ memberId, clusterId: 1n })(etcdserverpb.PutRequest.encode(put).length);
      const expected = etcdserverpb.InternalRaftRequest.encode({ header: { ID: requestId }, put }).length;
      assert.equal(size, expected, `member ${memberId.toString(16)}, value of ${valueBytes} bytes`);
    }
  }
});
