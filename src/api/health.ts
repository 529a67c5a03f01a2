import type { services } from "../../proto/gen/mod.ts";
import { Code, EtcdError } from "../base/mod.ts";
import type { HandlersFor } from "../grpc/mod.ts";
import type { EndlessCalls } from "./endless_calls.ts";

/** `grpc.health.v1.HealthCheckResponse.ServingStatus`. */
const serving = 1;
const notServing = 2;
const serviceUnknown = 3;

/** What the health service shows. */
export interface ServingState {
  /** Whether requests are served. */
  readonly isServing: boolean;
  /** Calls back at every change until the returned function is called. */
  onChange(callback: () => void): () => void;
}

/**
 * Handlers of `grpc.health.v1.Health` for the server as a whole, whose service name is empty, as etcd registers it. Watches are among
 * `endlessCalls`.
 */
export function healthHandlers(state: ServingState, endlessCalls: EndlessCalls): HandlersFor<typeof services.Health> {
  const status = () => ({ status: state.isServing ? serving : notServing });
  return {
    Check: (call) => {
      if (call.request.service !== "") throw new EtcdError(Code.NotFound, "unknown service");
      call.respond(status());
    },
    Watch: (call) => {
      let stop = () => {};
      endlessCalls.add(call, () => stop());
      // The protocol's answer to a name that is not known: the watch stays, the service may come.
      if (call.request.service !== "") return void call.write({ status: serviceUnknown });
      stop = state.onChange(() => call.write(status()));
      call.write(status());
    },
  };
}
