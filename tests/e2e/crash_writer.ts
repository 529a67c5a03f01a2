/**
 * Puts keys that were never put before, many requests at a time, until the server is gone. Prints a line with number and
 * revision for each request that was acknowledged, and at last how many were made. Arguments: endpoint, prefix, requests
 * at a time.
 */
import { type Answer, GrpcCaller } from "../compat/grpc_caller.ts";
import type { Message } from "../compat/wire.ts";
import { keysOf, valueOf } from "./checked_values.ts";

const [endpoint, prefix, atATime] = Deno.args;
const encoder = new TextEncoder();
let made = 0;

async function write(caller: GrpcCaller): Promise<void> {
  for (;;) {
    const number = made++;
    const { code, details, messages } = await request(caller, number);
    if (isGone(code, details)) return;
    if (code !== 0) throw new Error(`Request ${number} failed with code ${code}: ${details}`);
    const { revision } = messages[0].header as Message;
    Deno.stdout.writeSync(encoder.encode(`${number} ${revision}\n`));
  }
}

/** Whether the connection was lost, in one of the ways in which grpc-js says it. */
function isGone(code: number, details: string): boolean {
  return code === 14 || code === 1 || (code === 13 && details.includes("internal client error"));
}

function request(caller: GrpcCaller, number: number): Promise<Answer> {
  const puts = keysOf(prefix, number).map((key) => ({ key, value: valueOf(key) }));
  if (puts.length === 1) return caller.call("etcdserverpb.KV/Put", puts[0]);
  return caller.call("etcdserverpb.KV/Txn", { success: puts.map((put) => ({ request_put: put })) });
}

using caller = new GrpcCaller(endpoint);
await Promise.all(Array.from({ length: Number(atATime) }, () => write(caller)));
Deno.stdout.writeSync(encoder.encode(`made ${made}\n`));
