export {
  readSnapshotArguments,
  type SnapshotRequest,
  SnapshotUsageError,
  snapshotUsageText,
  type StatusFormat,
} from "./snapshot_arguments.ts";
export { type SnapshotStatus, statusText } from "./snapshot_status.ts";
export { type CommandParts, type Refusal, runCommand, type ServerRequest } from "./run.ts";
export { type Platform, versionText } from "./version_text.ts";
export { startFailure, type StartFailureContext } from "./start_failure.ts";
