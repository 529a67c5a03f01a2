import assert from "node:assert/strict";
import { processEnvironment, systemResolver } from "./host.ts";

Deno.test("processEnvironment() reads and lists variables", () => {
  const name = `ETCD_TEST_${crypto.randomUUID().replaceAll("-", "_")}`;
  Deno.env.set(name, "x");
  try {
    assert.equal(processEnvironment().get(name), "x");
    assert.ok(processEnvironment().names()?.includes(name));
  } finally {
    Deno.env.delete(name);
  }
  assert.equal(processEnvironment().get(name), undefined);
});

Deno.test({
  name: "processEnvironment() does not list, nor ask for, variables that it may not read",
  permissions: { env: ["ETCD_NAME"] },
  fn: () => assert.equal(processEnvironment().names(), undefined),
});

Deno.test("systemResolver() knows the hosts file, and rejects a name that there is not", async () => {
  const addresses = await systemResolver("localhost");
  assert.ok(addresses.some((address) => address === "127.0.0.1" || address === "::1"));
  await assert.rejects(systemResolver("no-such-host.invalid"));
});
