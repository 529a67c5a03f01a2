// Made by `deno task proto` from the .proto files: change those.
export { encodeOutgoing, type Method, type Outgoing } from "../method.ts";
export type { Init, MessageType } from "../wire.ts";
export * as authpb from "./authpb.ts";
export * as etcdserverpb from "./etcdserverpb.ts";
export * as grpc_health_v1 from "./grpc_health_v1.ts";
export * as membershippb from "./membershippb.ts";
export * as mvccpb from "./mvccpb.ts";
export * as v3electionpb from "./v3electionpb.ts";
export * as v3lockpb from "./v3lockpb.ts";
export * as services from "./services.ts";
