export { type CommandParts, type Refusal, runCommand, type ServerRequest } from "./run.ts";
export { type Platform, versionText } from "./version_text.ts";
export { startFailure, type StartFailureContext } from "./start_failure.ts";
