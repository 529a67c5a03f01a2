export { HostClock, systemClock } from "./clock.ts";
export { ListenError } from "./listen_error.ts";
export {
  type ListenAddress,
  Listener,
  type ListenerLimits,
  type ListenerOptions,
  type ListenOptions,
  type StopOptions,
} from "./listener.ts";
export { gunzip } from "./listener_gunzip.ts";
export { plainAdapter } from "./listener_plain.ts";
export type { RequestHandler, RequestInfo } from "./listener_request.ts";
export type { ByteStream } from "./listener_stream.ts";
export { systemRandom } from "./random.ts";
export * from "./log.ts";
export { formatJson } from "./log_format.ts";
