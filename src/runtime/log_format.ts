import type { LogFields } from "../ports/mod.ts";

/** A line of the log before it has its form. */
export interface LogRecord {
  level: string;
  /** Milliseconds since 1970-01-01 UTC, with a fraction. */
  wallMs: number;
  /** The component that speaks; empty for the program as a whole. */
  component: string;
  message: string;
  fields: LogFields | undefined;
}

/** Makes a line, with its line feed. */
export type LogFormat = (record: LogRecord) => string;

/** The time as etcd's logger writes it: ISO 8601 in UTC with microseconds. */
export function formatTimestamp(wallMs: number): string {
  const microseconds = Math.floor(wallMs * 1000);
  const wholeMs = Math.floor(microseconds / 1000);
  const fraction = String(microseconds - wholeMs * 1000).padStart(3, "0");
  return `${new Date(wholeMs).toISOString().slice(0, -1)}${fraction}Z`;
}

/** What JSON cannot say, in a form that it can. */
function plainValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Error) return value.message;
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return value;
}

function jsonValue(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, plainValue);
  } catch {
    return JSON.stringify(`cannot be written as JSON: ${String(value)}`);
  }
}

function jsonFields(fields: LogFields | undefined, separators: { colon: string; comma: string }): string {
  const parts: string[] = [];
  for (const key in fields) {
    const value = jsonValue(fields[key]);
    if (value !== undefined) parts.push(`${JSON.stringify(key)}${separators.colon}${value}`);
  }
  return parts.join(separators.comma);
}

/** One JSON object a line, with etcd's keys: level, ts, caller (the component), msg, and the fields. */
export function formatJson(record: LogRecord): string {
  const { level, wallMs, component, message, fields } = record;
  const caller = component === "" ? "" : `"caller":${JSON.stringify(component)},`;
  const rest = jsonFields(fields, { colon: ":", comma: "," });
  return `{"level":"${level}","ts":"${formatTimestamp(wallMs)}",${caller}"msg":${JSON.stringify(message)}` +
    `${rest === "" ? "" : `,${rest}`}}\n`;
}

/** Columns divided by tabs for people, the fields as JSON in the last one. */
export function formatConsole(record: LogRecord): string {
  const { level, wallMs, component, message, fields } = record;
  const columns = [formatTimestamp(wallMs), level];
  if (component !== "") columns.push(component);
  columns.push(message);
  const rest = jsonFields(fields, { colon: ": ", comma: ", " });
  if (rest !== "") columns.push(`{${rest}}`);
  return `${columns.join("\t")}\n`;
}
