import { ctlFormats } from "../etcdctl_scripts.ts";
import { type CtlOutcome, runCtl } from "../etcdctl_runner.ts";
import { GrpcCaller } from "../grpc_caller.ts";
import { Pair } from "../pair.ts";
import { testWithTools } from "../../support/tools.ts";

/** Leases that both servers are given before: etcdctl lets the server choose ids. */
const given = [{ ID: 0x1234abcdn, TTL: 7200 }, { ID: 0x5678n, TTL: 10_800 }, { ID: 0x9abcn, TTL: 14_400 }];

const lines = [
  "lease list",
  "put a 1 --lease=1234abcd",
  "put b 2 --lease=1234abcd",
  "put b 3 --lease=5678",
  "put a 4 --ignore-lease",
  "put c 5 --lease=dead",
  "get a",
  "lease timetolive 1234abcd",
  "lease timetolive 1234abcd --keys",
  "lease timetolive 5678 --keys",
  "lease timetolive dead",
  "lease timetolive dead --keys",
  "lease timetolive",
  "lease timetolive nothex",
  "lease keep-alive --once 1234abcd",
  "lease keep-alive --once dead",
  "lease keep-alive dead",
  "lease keep-alive",
  "lease keep-alive nothex",
  "lease list",
  "lease revoke 1234abcd",
  "lease revoke 1234abcd",
  "lease revoke",
  "lease revoke nothex",
  'get "" --from-key',
  "lease revoke 5678",
  'get "" --from-key',
  "lease list",
  "lease grant 7200",
  "lease grant 1",
  "lease grant -- -5",
  "lease grant 9000000001",
  "lease grant",
  "lease grant soon",
  "lease",
];

/** An outcome as text that must be equal for both servers: without terms, chosen ids, the last digits of what is left, and the client's own log fields. */
function comparable({ code, stdout, stderr }: CtlOutcome, format: string): string {
  const text = format === "protobuf" ? stdout.toHex() : new TextDecoder().decode(stdout);
  const shown = text
    .replace(/("raft_term":"?|"RaftTerm" : )\d+/g, "$1TERM")
    .replace(/\b[0-9a-f]{15,16}(?= granted)/g, "CHOSEN")
    .replace(/\b(71|107)[89]\d\b/g, "$1xx")
    .replace(/("ID":|"ID" : )\d{10,}/g, "$1CHOSEN");
  const logs = stderr.split("\n").map((line) => {
    if (!line.startsWith('{"level"')) return line;
    const { level, msg, method, error } = JSON.parse(line);
    return JSON.stringify({ level, msg, method, error });
  });
  return `exit code ${code}\n--- stdout\n${shown}\n--- stderr\n${logs.join("\n")}`;
}

// Not protobuf: the term and chosen ids cannot be told from the rest of its bytes; the answers themselves are compared elsewhere.
for (const format of ctlFormats.filter((each) => each !== "protobuf")) {
  testWithTools(`etcdctl lease --write-out=${format} prints with detcd what it prints with etcd`, {
    tools: ["etcd", "etcdctl"],
    run: async ({ etcdctl }) => {
      await using pair = await Pair.start();
      const servers = [pair.etcd, pair.candidate];
      for (const { endpoint } of servers) {
        using caller = new GrpcCaller(endpoint);
        for (const request of given) await caller.call("etcdserverpb.Lease/LeaseGrant", request);
      }
      const failures: string[] = [];
      for (const line of lines) {
        const [expected, found] = await Promise.all(
          servers.map(async ({ endpoint }) =>
            comparable(await runCtl(etcdctl, { endpoint, format, command: { line } }), format)
          ),
        );
        if (found !== expected) failures.push(`etcdctl ${line}\n=== etcd\n${expected}=== detcd\n${found}`);
      }
      if (failures.length > 0) {
        throw new Error(`${failures.length} outcomes differ; the first are\n${failures.slice(0, 5).join("\n\n")}`);
      }
    },
  });
}
