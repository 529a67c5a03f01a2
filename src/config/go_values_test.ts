import assert from "node:assert/strict";
import fc from "fast-check";
import { propertyOptions } from "../../tests/support/seed.ts";
import {
  formatDurationMs,
  parseBoolean,
  parseDurationMs,
  parseSigned,
  parseUnsigned,
  ValueError,
} from "./go_values.ts";

Deno.test("parseDurationMs() reads Go's notation into milliseconds", () => {
  const durations: [string, number][] = [
    ["0", 0],
    ["100ms", 100],
    ["1m30s", 90_000],
    ["1h", 3_600_000],
    ["1.5h", 5_400_000],
    [".5s", 500],
    ["-2s", -2000],
    ["+2s", 2000],
    ["250us", 0.25],
    ["1000000ns", 1],
    ["10µs", 0.01],
  ];
  for (const [text, expected] of durations) assert.equal(parseDurationMs(text), expected, text);
});

Deno.test("formatDurationMs() and parseDurationMs() are inverse on whole milliseconds", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), (durationMs) => {
      assert.ok(Math.abs(parseDurationMs(formatDurationMs(durationMs)) - durationMs) < 1e-3);
    }),
    propertyOptions({ numRuns: 200 }),
  );
  assert.equal(formatDurationMs(90_000), "1m30s");
  assert.equal(formatDurationMs(7_200_000), "2h0m0s");
  assert.equal(formatDurationMs(300), "300ms");
});

Deno.test("parseUnsigned() reads Go's prefixes and underscores, and holds large numbers at 2^53 - 1", () => {
  assert.equal(parseUnsigned("0x1F", 64), 31);
  assert.equal(parseUnsigned("017", 64), 15);
  assert.equal(parseUnsigned("0o17", 64), 15);
  assert.equal(parseUnsigned("0b101", 64), 5);
  assert.equal(parseUnsigned("1_000", 64), 1000);
  assert.equal(parseUnsigned("18446744073709551615", 64), Number.MAX_SAFE_INTEGER);
  assert.equal(parseUnsigned("4294967295", 32), 4294967295);
  assert.throws(() => parseUnsigned("4294967296", 32), ValueError);
});

Deno.test("parseSigned() reads both signs within 64 bits", () => {
  assert.equal(parseSigned("-0x10"), -16);
  assert.equal(parseSigned("+7"), 7);
  assert.equal(parseSigned("-9223372036854775808"), -Number.MAX_SAFE_INTEGER);
  assert.throws(() => parseSigned("-9223372036854775809"), ValueError);
  assert.throws(() => parseSigned("--1"), ValueError);
});

Deno.test("parseBoolean() takes Go's spellings and no others", () => {
  for (const text of ["1", "t", "T", "true", "TRUE", "True"]) assert.equal(parseBoolean(text), true);
  for (const text of ["0", "f", "F", "false", "FALSE", "False"]) assert.equal(parseBoolean(text), false);
  for (const text of ["", "yes", "tRUE", "on"]) assert.throws(() => parseBoolean(text), ValueError);
});
