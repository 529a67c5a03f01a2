/**
 * A server that keeps puts in a map and nothing else: what the transport alone costs under etcd's `benchmark put`.
 * `deno run -A bench/micro/put_server.ts` prints its address, and on SIGINT the CPU time per call.
 */
import { GrpcServer } from "../../src/grpc/mod.ts";
import { gunzip, Listener, systemClock } from "../../src/runtime/mod.ts";
import { putMethod, quietLogger } from "./put_method.ts";

const decoder = new TextDecoder("latin1");
const values = new Map<string, Uint8Array>();
/** A PutResponse with a header of four numbers, as etcd's are. */
const answer = Uint8Array.from([10, 8, 8, 1, 16, 2, 24, 3, 32, 4]);
let calls = 0;

const server = new GrpcServer({ clock: systemClock, logger: quietLogger, gunzip, pingMinTimeMs: 5000 });
server.addService({ put: putMethod }, {
  put(call) {
    calls++;
    const bytes = call.requestBytes;
    const keyEnd = 2 + bytes[1];
    values.set(decoder.decode(bytes.subarray(2, keyEnd)), bytes.slice(keyEnd));
    call.respondBytes(answer);
  },
});
const listener = new Listener({ server, clock: systemClock, logger: quietLogger });
const address = listener.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 }) as Deno.NetAddr;
console.log(`127.0.0.1:${address.port}`);

const startCpu = process.cpuUsage();
Deno.addSignalListener("SIGINT", async () => {
  const cpu = process.cpuUsage(startCpu);
  const rssMiB = Deno.memoryUsage().rss / 2 ** 20;
  console.log(
    `${calls} calls, ${((cpu.user + cpu.system) / calls).toFixed(2)} us CPU per call, ${rssMiB.toFixed(0)} MiB RSS`,
  );
  await listener.stop({ drainMs: 0 });
  server.close();
  Deno.exit(0);
});
