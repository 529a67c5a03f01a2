import type { MethodDefinition } from "@grpc/grpc-js";

/** A message of the test services; it travels as JSON. */
export interface EchoMessage {
  text?: string;
  /** Sizes of the answers that are asked for. */
  sizes?: number[];
  /** A status to end with. */
  code?: number;
  message?: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function serialize(message: EchoMessage): Buffer {
  return Buffer.from(encoder.encode(JSON.stringify(message)));
}

function deserialize(bytes: Uint8Array): EchoMessage {
  return JSON.parse(decoder.decode(bytes));
}

type EchoMethod<RequestStream extends boolean, ResponseStream extends boolean> =
  & MethodDefinition<EchoMessage, EchoMessage>
  & { requestStream: RequestStream; responseStream: ResponseStream };

function method<RequestStream extends boolean, ResponseStream extends boolean>(
  name: string,
  streams: { requestStream: RequestStream; responseStream: ResponseStream },
): EchoMethod<RequestStream, ResponseStream> {
  return {
    path: `/test.Echo/${name}`,
    ...streams,
    requestSerialize: serialize,
    requestDeserialize: deserialize,
    responseSerialize: serialize,
    responseDeserialize: deserialize,
  };
}

/** A service with every kind of call. */
export const echoDefinition = {
  unary: method("Unary", { requestStream: false, responseStream: false }),
  serverStream: method("ServerStream", { requestStream: false, responseStream: true }),
  clientStream: method("ClientStream", { requestStream: true, responseStream: false }),
  bidi: method("Bidi", { requestStream: true, responseStream: true }),
  /** Never answers; tells when it is cancelled. */
  sleep: method("Sleep", { requestStream: false, responseStream: false }),
  /** In the definition, without a handler. */
  unserved: method("Unserved", { requestStream: false, responseStream: false }),
};
