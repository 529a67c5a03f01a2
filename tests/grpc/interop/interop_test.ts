import assert from "node:assert/strict";
import { GrpcServer } from "../../../src/grpc/mod.ts";
import { gunzip, Listener, systemClock } from "../../../src/runtime/mod.ts";
import { testWithTools } from "../../support/tools.ts";
import { ListLogger } from "../echo_server.ts";
import { addTestService } from "./test_service.ts";

/** All that grpc-go's client offers without TLS, credentials and load reports. */
const cases: Record<string, string[]> = {
  empty_unary: [],
  large_unary: [],
  client_streaming: [],
  server_streaming: [],
  ping_pong: [],
  empty_stream: [],
  timeout_on_sleeping_server: [],
  cancel_after_begin: [],
  cancel_after_first_response: [],
  status_code_and_message: [],
  special_status_message: [],
  custom_metadata: [],
  unimplemented_method: [],
  unimplemented_service: [],
  pick_first_unary: [],
  rpc_soak: ["--soak_iterations=20", "--soak_num_threads=2"],
  channel_soak: ["--soak_iterations=5"],
};

testWithTools("grpc-go's interoperability client passes its cases against the engine", {
  tools: ["interop_client"],
  async run({ interop_client }, t) {
    const logger = new ListLogger();
    const server = new GrpcServer({ clock: systemClock, logger, gunzip, pingMinTimeMs: 5000 });
    addTestService(server, systemClock);
    const listener = new Listener({ server, clock: systemClock, logger });
    const { port } = listener.listen({ transport: "tcp", hostname: "127.0.0.1", port: 0 }) as Deno.NetAddr;
    for (const [name, options] of Object.entries(cases)) {
      await t.step(name, async () => {
        const args = ["--server_host=127.0.0.1", `--server_port=${port}`, `--test_case=${name}`, ...options];
        const { success, stderr } = await new Deno.Command(interop_client, { args }).output();
        assert.ok(success, new TextDecoder().decode(stderr));
      });
    }
    assert.deepEqual(logger.lines.filter((line) => line.startsWith("error")), []);
    await listener.stop({ drainMs: 1000 });
    server.close();
  },
});
