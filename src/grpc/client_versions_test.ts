import assert from "node:assert/strict";
import { ClientVersions } from "./client_versions.ts";

Deno.test("ClientVersions counts versions beyond the 64th as one, so that clients cannot fill memory", () => {
  const versions = new ClientVersions();
  for (let version = 0; version < 1000; version++) versions.countsOf(`v${version}`).unary++;
  const all = new Map(versions.all());
  assert.equal(all.size, 65);
  assert.equal(all.get("v63")?.unary, 1);
  assert.equal(all.get("other")?.unary, 1000 - 64);
});
