/** What a writer reported. */
export interface WriterReport {
  /** Revisions of the acknowledged requests, by number. */
  acknowledged: Map<number, number>;
  /** How many requests were made, acknowledged or not; they are numbered from 0. */
  made: number;
}

/**
 * Runs crash_writer.ts against `endpoint`; calls `reached` once, when `count` requests have been acknowledged. Resolves when
 * the writer has ended, which it does when the server is gone.
 * @throws when the writer failed, or ended before `count`
 */
export async function runWriter(
  { endpoint, prefix, atATime, count, reached }: {
    endpoint: string;
    prefix: string;
    atATime: number;
    count: number;
    reached: () => void;
  },
): Promise<WriterReport> {
  const script = decodeURIComponent(new URL("./crash_writer.ts", import.meta.url).pathname);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, endpoint, prefix, String(atATime)],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const report: WriterReport = { acknowledged: new Map(), made: 0 };
  const errors = new Response(child.stderr).text();
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const [first, second] = line.split(" ");
      if (first === "made") report.made = Number(second);
      else report.acknowledged.set(Number(first), Number(second));
      if (report.acknowledged.size === count && first !== "made") reached();
    }
  }
  const { success } = await child.status;
  const log = await errors;
  if (!success) throw new Error(`The writer failed:\n${log}`);
  if (report.acknowledged.size < count) {
    throw new Error(`The writer ended after ${report.acknowledged.size} of ${count} acknowledgements:\n${log}`);
  }
  return report;
}
