import assert from "node:assert/strict";
import { parseTimeoutMs } from "./timeout.ts";

Deno.test("parseTimeoutMs() reads every unit", () => {
  assert.deepEqual(["2H", "3M", "4S", "250m", "1500u", "99999999n", "0n"].map(parseTimeoutMs), [
    7_200_000,
    180_000,
    4000,
    250,
    1.5,
    99.999999,
    0,
  ]);
});

Deno.test("parseTimeoutMs() says what is wrong, in grpc-go's words", () => {
  assert.equal(parseTimeoutMs("5"), 'transport: timeout string is too short: "5"');
  assert.equal(parseTimeoutMs("123456789S"), 'transport: timeout string is too long: "123456789S"');
  assert.equal(parseTimeoutMs("5x"), 'transport: timeout unit is not recognized: "5x"');
  assert.equal(parseTimeoutMs("-5S"), 'strconv.ParseUint: parsing "-5": invalid syntax');
});
