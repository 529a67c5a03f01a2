import assert from "node:assert/strict";
import { formatConsole, formatJson, formatTimestamp, type LogRecord } from "./log_format.ts";

const record: LogRecord = {
  level: "info",
  wallMs: Date.UTC(2026, 0, 2, 3, 4, 5, 6) + 0.789,
  component: "",
  message: 'say "hi"',
  fields: undefined,
};

Deno.test("formatTimestamp() has six digits of a second, in UTC", () => {
  assert.equal(formatTimestamp(record.wallMs), "2026-01-02T03:04:05.006789Z");
  assert.equal(formatTimestamp(0), "1970-01-01T00:00:00.000000Z");
});

Deno.test("formatJson() has etcd's keys in etcd's order", () => {
  const line = formatJson({ ...record, component: "server", fields: { revision: 7, ok: true } });
  assert.equal(
    line,
    '{"level":"info","ts":"2026-01-02T03:04:05.006789Z","caller":"server","msg":"say \\"hi\\"","revision":7,"ok":true}\n',
  );
  assert.equal(formatJson(record).includes("caller"), false);
});

Deno.test("formatJson() writes what JSON cannot say", () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  const line = formatJson({
    ...record,
    fields: {
      id: 2n ** 63n,
      ids: [1n],
      error: new Error("no space"),
      rate: NaN,
      names: new Set(["a"]),
      byName: new Map([["a", 1n]]),
      absent: undefined,
      nothing: null,
      circular,
    },
  });
  const { level: _level, ts: _ts, msg: _msg, circular: said, ...fields } = JSON.parse(line);
  assert.deepEqual(fields, {
    id: "9223372036854775808",
    ids: ["1"],
    error: "no space",
    rate: "NaN",
    names: ["a"],
    byName: { a: "1" },
    nothing: null,
  });
  assert.match(said, /^cannot be written/);
});

Deno.test("formatJson() keeps a line a line", () => {
  const line = formatJson({ ...record, message: "a\nb", fields: { "k\n": "v\n" } });
  assert.equal(line.indexOf("\n"), line.length - 1);
  assert.equal(JSON.parse(line).msg, "a\nb");
});

Deno.test("formatConsole() divides columns by tabs", () => {
  assert.equal(
    formatConsole({ ...record, component: "server", fields: { a: 1, b: "x" } }),
    '2026-01-02T03:04:05.006789Z\tinfo\tserver\tsay "hi"\t{"a": 1, "b": "x"}\n',
  );
  assert.equal(formatConsole(record), '2026-01-02T03:04:05.006789Z\tinfo\tsay "hi"\n');
});
