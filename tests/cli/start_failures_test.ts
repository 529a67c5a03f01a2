import assert from "node:assert/strict";
import { detcdProgram } from "../support/programs.ts";
import { ServerProcess } from "../support/server_process.ts";

/** What a member that cannot start says last, and its exit status. */
async function failureOf(flags: readonly string[]): Promise<{ code: number; line: Record<string, string> }> {
  await using server = ServerProcess.spawn(detcdProgram(), { flags });
  const { code } = await server.exited;
  return { code, line: JSON.parse(server.log.text().trim().split("\n").at(-1)!) };
}

Deno.test("main says in a line of the log that a log file cannot be opened", async () => {
  const directory = await Deno.makeTempDir();
  try {
    // The sandbox allows the data directory only, so the log stands below it.
    const { code, line } = await failureOf([`--data-dir=${directory}`, `--log-outputs=${directory}/none/x.log`]);
    assert.equal(code, 1);
    assert.deepEqual(Object.keys(line), ["level", "ts", "msg"]);
    assert.match(line.msg, /none\/x\.log"/);
    assert.doesNotMatch(line.msg, /\n/);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("main says which address is in use", async () => {
  using holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = `127.0.0.1:${(holder.addr as Deno.NetAddr).port}`;
  const { code, line } = await failureOf([`--listen-client-urls=http://${endpoint}`]);
  assert.equal(code, 1);
  assert.equal(line.error, `Cannot listen on "${endpoint}": address already in use`);
});
