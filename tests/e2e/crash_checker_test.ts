import assert from "node:assert/strict";
import type { GrpcCaller } from "../compat/grpc_caller.ts";
import type { Message } from "../compat/wire.ts";
import { keysOf, valueOf } from "./checked_values.ts";
import { CrashChecker } from "./crash_checker.ts";

const prefix = "p/";

/** A caller in front of a store that holds these requests, each at the revision given. */
function storeOf(revisions: Record<number, number>, change: (kvs: Message[]) => Message[] = (kvs) => kvs): GrpcCaller {
  const kvs = Object.entries(revisions).flatMap(([number, revision]) =>
    keysOf(prefix, Number(number)).map((key) => ({
      key,
      value: valueOf(key),
      mod_revision: String(revision),
      create_revision: String(revision),
      version: "1",
    }))
  );
  const revision = String(Math.max(...Object.values(revisions)));
  const answer = { code: 0, details: "", messages: [{ header: { revision }, kvs: change(kvs) }] };
  return { call: () => Promise.resolve(answer) } as unknown as GrpcCaller;
}

const acknowledged = new Map([[0, 2], [1, 3]]);
const report = { acknowledged, made: 3 };

Deno.test("CrashChecker accepts what is whole, and requests that were not acknowledged", async () => {
  const checker = new CrashChecker();
  await checker.check(storeOf({ 0: 2, 1: 3, 2: 4 }), prefix, report);
  checker.checkRevisions();
});

Deno.test("CrashChecker finds what is lost, torn, changed, invented or gone back", async () => {
  const finds = async (caller: GrpcCaller, message: RegExp) => {
    await assert.rejects(async () => await new CrashChecker().check(caller, prefix, report), message);
  };
  await finds(storeOf({ 0: 2, 2: 4 }), /request 1 was acknowledged at revision 3, and is lost/);
  await finds(storeOf({ 0: 2, 1: 3 }, (kvs) => kvs.slice(1)), /request 0 is there in part/);
  await finds(storeOf({ 0: 2, 1: 3 }, ([first, ...rest]) => [{ ...first, value: "p/" }, ...rest]), /not whole/);
  await finds(storeOf({ 0: 2, 1: 4 }), /another revision/);
  await finds(storeOf({ 0: 2, 1: 3, 3: 4 }), /request 3 was never made/);
  await finds(storeOf({ 0: 2 }), /revision 2 after the restart, but 3/);
});

Deno.test("CrashChecker finds revisions that are missing or shared", async () => {
  const missing = new CrashChecker();
  await missing.check(storeOf({ 0: 2, 1: 4 }), prefix, { acknowledged: new Map(), made: 3 });
  assert.throws(() => missing.checkRevisions(), /revision 3 of 4 has no keys/);
  const shared = new CrashChecker();
  await shared.check(storeOf({ 0: 2, 1: 2 }), prefix, { acknowledged: new Map(), made: 3 });
  assert.throws(() => shared.checkRevisions(), /several requests/);
});
