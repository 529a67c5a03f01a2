// Made by `deno task proto` from the .proto files: change those.
import { type WireReader } from "../reader.ts";
import { type Init, type MessageType, messageType } from "../wire.ts";
import { type WireWriter } from "../writer.ts";

export const ServingStatus = {
  UNKNOWN: 0,
  SERVING: 1,
  NOT_SERVING: 2,
  /** Only from Watch: nothing of that name is registered. */
  SERVICE_UNKNOWN: 3,
} as const;

export interface HealthCheckRequest {
  /** A service's full name; empty for the server as a whole. */
  service: string;
}

export const HealthCheckRequest: MessageType<HealthCheckRequest> = messageType("grpc.health.v1.HealthCheckRequest", { read: readHealthCheckRequest, write: writeHealthCheckRequest });

function emptyHealthCheckRequest(): HealthCheckRequest {
  return { service: "" };
}

function readHealthCheckRequest(reader: WireReader, into?: HealthCheckRequest): HealthCheckRequest {
  const message = into ?? emptyHealthCheckRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.service = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeHealthCheckRequest(writer: WireWriter, message: Init<HealthCheckRequest>): void {
  if (message.service) { writer.uint32(10).string(message.service); }
}

export interface HealthCheckResponse {
  status: number;
}

export const HealthCheckResponse: MessageType<HealthCheckResponse> = messageType("grpc.health.v1.HealthCheckResponse", { read: readHealthCheckResponse, write: writeHealthCheckResponse });

function emptyHealthCheckResponse(): HealthCheckResponse {
  return { status: 0 };
}

function readHealthCheckResponse(reader: WireReader, into?: HealthCheckResponse): HealthCheckResponse {
  const message = into ?? emptyHealthCheckResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.status = reader.int32(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeHealthCheckResponse(writer: WireWriter, message: Init<HealthCheckResponse>): void {
  if (message.status) { writer.uint32(8).int32(message.status); }
}
