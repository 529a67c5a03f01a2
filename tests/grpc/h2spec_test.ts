import assert from "node:assert/strict";
import { testWithTools } from "../support/tools.ts";
import { startEcho } from "./echo_server.ts";

testWithTools("A port that serves gRPC, HTTP/1.1 and plain HTTP/2 passes h2spec, strict", {
  tools: ["h2spec"],
  async run({ h2spec }) {
    const echo = startEcho({
      async http(request) {
        // An answer before the request's end would make what is wrong with the rest of it irrelevant.
        await request.text().catch(() => {});
        return new Response("x".repeat(1000));
      },
    });
    const args = ["-h", "127.0.0.1", "-p", `${echo.port}`, "-o", "5", "-S"];
    const { stdout } = await new Deno.Command(h2spec, { args }).output();
    await echo.stop();
    const report = new TextDecoder().decode(stdout);
    const summary = /(\d+) tests, (\d+) passed, (\d+) skipped, (\d+) failed/.exec(report);
    assert.ok(summary !== null, report);
    const [tests, passed, , failed] = summary.slice(1).map(Number);
    assert.equal(failed, 0, report);
    assert.ok(passed + Number(summary[3]) === tests && tests >= 140, report);
  },
});
