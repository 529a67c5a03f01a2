import type { MethodDefinition } from "@grpc/grpc-js";
import protobuf from "protobufjs";
import { type Code, EtcdError } from "../../../src/base/mod.ts";
import { type GrpcServer, Metadata, type ResponseStream, type ServerCall } from "../../../src/grpc/mod.ts";
import type { Clock } from "../../../src/ports/mod.ts";

interface EchoStatus {
  code: number;
  message: string;
}
interface SimpleRequest {
  responseSize: number;
  fillServerId: boolean;
  responseStatus: EchoStatus | null;
}
interface OutputRequest {
  responseParameters: { size: number; intervalUs: number }[];
  responseStatus: EchoStatus | null;
}
interface InputRequest {
  payload: { body: Uint8Array } | null;
}
type Payload = { payload: { body: Uint8Array }; serverId?: string };

const proto = protobuf.parse(await Deno.readTextFile(new URL("test.proto", import.meta.url))).root;

function method<Request, Response, RequestStream extends boolean, ResponseStream extends boolean>(
  name: string,
  types: [request: string, response: string],
  streams: { requestStream: RequestStream; responseStream: ResponseStream },
): MethodDefinition<Request, Response> & { requestStream: RequestStream; responseStream: ResponseStream } {
  const [request, response] = types.map((type) => proto.lookupType(`grpc.testing.${type}`));
  const decode = (type: protobuf.Type) => (bytes: Uint8Array) =>
    type.toObject(type.decode(bytes), { defaults: true, arrays: true });
  const encode = (type: protobuf.Type) => (message: unknown) =>
    type.encode(type.fromObject(message as Record<string, unknown>)).finish() as Buffer;
  return {
    path: `/grpc.testing.TestService/${name}`,
    ...streams,
    requestSerialize: encode(request),
    requestDeserialize: decode(request) as unknown as (bytes: Uint8Array) => Request,
    responseSerialize: encode(response),
    responseDeserialize: decode(response) as unknown as (bytes: Uint8Array) => Response,
  };
}

const unary = { requestStream: false, responseStream: false } as const;
const bidi = { requestStream: true, responseStream: true } as const;

const definition = {
  emptyCall: method<object, object, false, false>("EmptyCall", ["Empty", "Empty"], unary),
  unaryCall: method<SimpleRequest, Payload, false, false>("UnaryCall", ["SimpleRequest", "SimpleResponse"], unary),
  streamingOutputCall: method<OutputRequest, Payload, false, true>("StreamingOutputCall", [
    "StreamingOutputCallRequest",
    "StreamingOutputCallResponse",
  ], { requestStream: false, responseStream: true }),
  streamingInputCall: method<InputRequest, { aggregatedPayloadSize: number }, true, false>("StreamingInputCall", [
    "StreamingInputCallRequest",
    "StreamingInputCallResponse",
  ], { requestStream: true, responseStream: false }),
  fullDuplexCall: method<OutputRequest, Payload, true, true>("FullDuplexCall", [
    "StreamingOutputCallRequest",
    "StreamingOutputCallResponse",
  ], bidi),
  unimplementedCall: method<object, object, false, false>("UnimplementedCall", ["Empty", "Empty"], unary),
};

function payload(sizeBytes: number): Payload {
  return { payload: { body: new Uint8Array(sizeBytes) } };
}

/** The specification's "echo metadata" feature. */
function echoMetadata(call: ServerCall): void {
  const initial = call.metadata.get("x-grpc-test-echo-initial");
  if (initial !== undefined) call.leading = new Metadata().add("x-grpc-test-echo-initial", initial);
  const trailing = call.metadata.getBytes("x-grpc-test-echo-trailing-bin");
  if (trailing !== undefined) call.trailing = new Metadata().add("x-grpc-test-echo-trailing-bin", trailing);
}

/** The specification's "echo status" feature: a request may ask for an error. */
function failAsAsked(status: EchoStatus | null): void {
  if (status !== null && status.code !== 0) throw new EtcdError(status.code as Code, status.message);
}

/** Answers that are sent one after the other, each after its pause. */
class AnswerQueue {
  readonly #call: ResponseStream<Payload>;
  readonly #clock: Clock;
  readonly #waiting: { size: number; intervalUs: number }[] = [];
  #isBusy = false;
  #isEnding = false;

  constructor(call: ResponseStream<Payload>, clock: Clock) {
    this.#call = call;
    this.#clock = clock;
    call.onDrain = () => this.#sendOn();
  }

  add(answers: { size: number; intervalUs: number }[]): void {
    this.#waiting.push(...answers);
    this.#sendOn();
  }

  end(): void {
    this.#isEnding = true;
    this.#sendOn();
  }

  #sendOn(): void {
    while (!this.#isBusy) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (next.intervalUs === 0) {
        if (!this.#call.write(payload(next.size))) return;
        continue;
      }
      this.#isBusy = true;
      this.#clock.after(next.intervalUs / 1000, () => {
        this.#isBusy = false;
        this.#call.write(payload(next.size));
        this.#sendOn();
      });
    }
    if (this.#isEnding && !this.#isBusy && this.#waiting.length === 0) this.#call.end();
  }
}

/** Adds gRPC's interoperability test service to a server. */
export function addTestService(server: GrpcServer, clock: Clock): void {
  server.addService(definition, {
    emptyCall: (call) => call.respond({}),
    unaryCall(call) {
      echoMetadata(call);
      failAsAsked(call.request.responseStatus);
      call.respond({ ...payload(call.request.responseSize), ...(call.request.fillServerId && { serverId: "detcd" }) });
    },
    streamingOutputCall(call) {
      const answers = new AnswerQueue(call, clock);
      answers.add(call.request.responseParameters);
      answers.end();
    },
    streamingInputCall(call) {
      let aggregatedPayloadSize = 0;
      call.onMessage = ({ payload }) => aggregatedPayloadSize += payload?.body.length ?? 0;
      call.onHalfClose = () => call.respond({ aggregatedPayloadSize });
    },
    fullDuplexCall(call) {
      echoMetadata(call);
      const answers = new AnswerQueue(call, clock);
      call.onMessage = (request) => {
        failAsAsked(request.responseStatus);
        answers.add(request.responseParameters);
      };
      call.onHalfClose = () => answers.end();
    },
  });
}
