export { type App, type AppParts, type ComponentLogger, startApp } from "./app.ts";
