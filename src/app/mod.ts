export { type App, startApp } from "./app.ts";
export type { AppParts, ComponentLogger } from "./parts.ts";
