import assert from "node:assert/strict";
import { isIpAddress, parseEndpointUrl, parseEndpointUrls, parseInitialCluster } from "./urls.ts";

Deno.test("parseEndpointUrl() takes addresses apart", () => {
  assert.deepEqual(parseEndpointUrl(" HTTP://127.0.0.1:2379 "), {
    text: "http://127.0.0.1:2379",
    scheme: "http",
    host: "127.0.0.1",
    port: "2379",
    socketPath: "",
  });
  assert.equal(parseEndpointUrl("https://[::1]:1").host, "::1");
  assert.equal(parseEndpointUrl("unix:///run/etcd.sock").socketPath, "/run/etcd.sock");
  assert.equal(parseEndpointUrl("unix://relative.sock:1").socketPath, "relative.sock:1");
  assert.equal(parseEndpointUrl("unix:/run/etcd.sock").socketPath, "/run/etcd.sock");
  assert.equal(parseEndpointUrl("unix:etcd.sock").socketPath, "");
});

Deno.test("parseEndpointUrls() sorts, and drops what is there twice", () => {
  const urls = parseEndpointUrls("http://b:1,http://a:1,http://b:1");
  assert.deepEqual(urls.map((url) => url.text), ["http://a:1", "http://b:1"]);
});

Deno.test("parseEndpointUrl() takes of escapes in a host those that Go takes", () => {
  for (const host of ["a%25b", "%e4", "%C3%A4"]) assert.equal(parseEndpointUrl(`http://${host}:1`).host, host);
  for (const host of ["%zz", "%", "%2", "%41", "a%20b", "%eg"]) {
    assert.throws(() => parseEndpointUrl(`http://${host}:1`), /escape in its host/, host);
  }
});

Deno.test("parseInitialCluster() gathers the URLs of a name", () => {
  const cluster = parseInitialCluster("a=http://x:2,b=http://y:1,,a=http://x:1");
  assert.deepEqual(
    [...cluster].map(([name, urls]) => [name, urls.map((url) => url.text)]),
    [["a", ["http://x:1", "http://x:2"]], ["b", ["http://y:1"]]],
  );
  assert.throws(() => parseInitialCluster("a"), /URL scheme/);
});

Deno.test("isIpAddress() takes literal addresses only", () => {
  for (const host of ["0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1", "::ffff:1.2.3.4"]) {
    assert.equal(isIpAddress(host), true, host);
  }
  for (
    const host of ["", "1.2.3", "1.2.3.4.5", "1.2.3.4.", "01.2.3.4", "256.1.1.1", "localhost", "fe80::1%eth0", ":::"]
  ) {
    assert.equal(isIpAddress(host), false, host);
  }
});
