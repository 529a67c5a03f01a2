import * as grpc from "@grpc/grpc-js";
import { echoDefinition, type EchoMessage } from "./echo_service.ts";

/** All that a client can see of a call. */
export interface Outcome {
  messages: EchoMessage[];
  code: number;
  details: string;
  initial: Record<string, unknown>;
  trailing: Record<string, unknown>;
}

/** How to make a call. */
export interface CallPlan {
  method: keyof typeof echoDefinition;
  requests: EchoMessage[];
  metadata?: Record<string, string | Uint8Array>;
  timeoutMs?: number;
  gzip?: boolean;
  /** Cancel when this many answers have come. */
  cancelAfter?: number;
}

/** Calls the echo service through @grpc/grpc-js's client. */
export class EchoClient {
  readonly #client: grpc.Client;

  constructor(address: string, options: grpc.ClientOptions = {}) {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      ...options,
    });
  }

  close(): void {
    this.#client.close();
  }

  /** Makes a call and waits for its end. */
  call(plan: CallPlan): Promise<Outcome> {
    const definition = echoDefinition[plan.method];
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(plan.metadata ?? {})) {
      metadata.set(name, typeof value === "string" ? value : Buffer.from(value));
    }
    const options: grpc.CallOptions = {};
    if (plan.timeoutMs !== undefined) options.deadline = Date.now() + plan.timeoutMs;
    const { path, requestSerialize, responseDeserialize } = definition;
    // A stream in both directions can play every kind of call.
    const call = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, options);
    return new Promise((resolve) => {
      const outcome: Outcome = { messages: [], code: -1, details: "", initial: {}, trailing: {} };
      call.on("metadata", (initial: grpc.Metadata) => outcome.initial = ownMetadata(initial));
      call.on("data", (message: EchoMessage) => {
        outcome.messages.push(message);
        if (outcome.messages.length === plan.cancelAfter) call.cancel();
      });
      call.on("error", () => {});
      call.on("status", (status: grpc.StatusObject) => {
        outcome.code = status.code;
        outcome.details = status.details;
        outcome.trailing = ownMetadata(status.metadata);
        resolve(outcome);
      });
      if (plan.cancelAfter === 0) call.cancel();
      for (const request of plan.requests) call.write(request);
      call.end();
    });
  }
}

/** The tests' own metadata; servers add what they like. */
function ownMetadata(metadata: grpc.Metadata): Record<string, unknown> {
  return Object.fromEntries(Object.entries(metadata.getMap()).filter(([name]) => name.startsWith("x-")));
}
