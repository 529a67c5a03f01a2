import assert from "node:assert/strict";
import { detcdVersion, etcdClusterVersion, etcdVersion } from "./version.ts";

Deno.test("detcdVersion is the version in deno.json", async () => {
  const text = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  assert.equal(JSON.parse(text).version, detcdVersion);
});

Deno.test("etcdClusterVersion is etcdVersion without its patch level", () => {
  assert.equal(etcdClusterVersion, etcdVersion.replace(/\.\d+$/, ".0"));
});
