import assert from "node:assert/strict";
import { createLogger, type LogOptions } from "./log.ts";

async function linesOf(options: Partial<LogOptions>, say: (logger: ReturnType<typeof createLogger>) => void) {
  const path = await Deno.makeTempFile();
  try {
    const logger = createLogger({ level: "info", format: "json", outputs: [path], wallMs: () => 0, ...options });
    say(logger);
    await logger.close();
    const text = await Deno.readTextFile(path);
    return text.split("\n").slice(0, -1);
  } finally {
    await Deno.remove(path);
  }
}

function sayAll(logger: ReturnType<typeof createLogger>): void {
  logger.debug("d");
  logger.info("i");
  logger.warn("w");
  logger.error("e", { code: 1 });
}

Deno.test("createLogger() writes lines of its level and above", async () => {
  const counts = { debug: 4, info: 3, warn: 2, error: 1, dpanic: 0, panic: 0, fatal: 0 } as const;
  for (const [level, count] of Object.entries(counts)) {
    assert.equal((await linesOf({ level: level as keyof typeof counts }, sayAll)).length, count, level);
  }
});

Deno.test("createLogger() names the component", async () => {
  const lines = await linesOf({}, (logger) => logger.component("grpc").info("hello", { id: 3n }));
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [{
    level: "info",
    ts: "1970-01-01T00:00:00.000000Z",
    caller: "grpc",
    msg: "hello",
    id: "3",
  }]);
});

Deno.test("createLogger() writes for people when asked to", async () => {
  assert.deepEqual(await linesOf({ format: "console" }, (logger) => logger.warn("x", { a: 1 })), [
    '1970-01-01T00:00:00.000000Z\twarn\tx\t{"a": 1}',
  ]);
});

Deno.test("createLogger() appends to each of several files", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const outputs = [`${directory}/a`, `${directory}/b`];
    for (const message of ["one", "two"]) {
      const logger = createLogger({ level: "info", format: "json", outputs });
      logger.info(message);
      await logger.close();
    }
    for (const path of outputs) {
      const lines = (await Deno.readTextFile(path)).trim().split("\n").map((line) => JSON.parse(line));
      assert.deepEqual(lines.map((line) => line.msg), ["one", "two"]);
      assert.ok(Math.abs(Date.parse(lines[0].ts) - Date.now()) < 60_000);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("createLogger() says which file it cannot open", () => {
  const options: LogOptions = { level: "info", format: "json", outputs: ["/nonexistent/x.log"] };
  assert.throws(() => createLogger(options), {
    name: "LogFileError",
    message: /^Cannot open log file "\/nonexistent\/x\.log"/,
  });
});
