import { GrpcCaller } from "../compat/grpc_caller.ts";
import { startDetcd } from "../support/programs.ts";
import type { ServerProcess } from "../support/server_process.ts";
import { CrashChecker } from "./crash_checker.ts";
import { runWriter, type WriterReport } from "./crash_writer_process.ts";

const ROUNDS = 20;
const AT_A_TIME = 200;
const ACKNOWLEDGED_MIN = 200;
const ACKNOWLEDGED_MAX = 3000;

Deno.test(`kill -9 during thousands of puts, ${ROUNDS} times over, loses nothing that was acknowledged`, async () => {
  const dataDir = Deno.makeTempDirSync({ prefix: "crash-" });
  try {
    const rounds: { prefix: string; report: WriterReport }[] = [];
    const checker = new CrashChecker();
    for (let round = 0; round < ROUNDS; round++) {
      await using server = await startDetcd({ dataDir });
      const last = rounds[rounds.length - 1];
      if (last !== undefined) await check(checker, server, [last]);
      const prefix = `round${String(round).padStart(2, "0")}/`;
      const count = ACKNOWLEDGED_MIN + round * 997 % (ACKNOWLEDGED_MAX - ACKNOWLEDGED_MIN);
      rounds.push({ prefix, report: await writeUntilKilled(server, prefix, count) });
    }
    await using server = await startDetcd({ dataDir });
    const whole = new CrashChecker();
    await check(checker, server, rounds.slice(-1));
    await check(whole, server, rounds);
    whole.checkRevisions();
  } finally {
    Deno.removeSync(dataDir, { recursive: true });
  }
});

/** Starts a writer and kills the server when `count` of its requests have been acknowledged. */
async function writeUntilKilled(server: ServerProcess, prefix: string, count: number): Promise<WriterReport> {
  let killed: Promise<void> | undefined;
  const reached = () => {
    killed = server.kill();
  };
  const report = await runWriter({ endpoint: server.endpoint, prefix, atATime: AT_A_TIME, count, reached });
  await killed;
  return report;
}

async function check(
  checker: CrashChecker,
  server: ServerProcess,
  rounds: readonly { prefix: string; report: WriterReport }[],
): Promise<void> {
  using caller = new GrpcCaller(server.endpoint);
  for (const { prefix, report } of rounds) await checker.check(caller, prefix, report);
}
