import { type FeatureGates, parseFeatureGates } from "./feature_gates.ts";
import {
  formatDurationMs,
  parseBoolean,
  parseDurationMs,
  parseSigned,
  parseUnsigned,
  ValueError,
} from "../go_values.ts";
import { compareTexts, type EndpointUrl, parseEndpointUrls } from "../urls.ts";

/** How the text of an option becomes a value. */
export interface Kind<Value> {
  /** Whether the flag stands for "true" on its own and never takes the next argument. */
  readonly isSwitch: boolean;
  /** The value of `text`; `previous` is the value so far. Throws {@link ValueError}. */
  parse(text: string, previous: Value): Value;
  /** The value as a user would write it. */
  format(value: Value): string;
}

function kind<Value>(parse: (text: string, previous: Value) => Value, format: (value: Value) => string): Kind<Value> {
  return { isSwitch: false, parse, format };
}

/** Any text. */
export const text: Kind<string> = kind((given) => given, (value) => value);

/** A switch: `--flag`, `--flag=false`. */
export const boolean: Kind<boolean> = { isSwitch: true, parse: parseBoolean, format: String };

/** A flag of an earlier etcd that is taken and forgotten. */
export const forgotten: Kind<null> = { isSwitch: true, parse: () => null, format: () => "" };

/** A whole number from 0 to 2^64 - 1, held at 2^53 - 1. */
export const unsigned: Kind<number> = kind((given) => parseUnsigned(given, 64), String);

/** A whole number from 0 to 2^32 - 1. */
export const unsigned32: Kind<number> = kind((given) => parseUnsigned(given, 32), String);

/** A signed 64-bit number, held within ±(2^53 - 1). */
export const signed: Kind<number> = kind(parseSigned, String);

/** A duration; the value is in milliseconds. */
export const durationMs: Kind<number> = kind(parseDurationMs, formatDurationMs);

/** A comma-separated list of texts, in the given order. */
export const texts: Kind<readonly string[]> = kind((given) => given.split(","), (value) => value.join(","));

/** A comma-separated list of texts, sorted, each once. */
export const uniqueTexts: Kind<readonly string[]> = kind(
  (given) => [...new Set(given.split(","))].sort(compareTexts),
  (value) => value.join(","),
);

/** A comma-separated list of addresses, sorted, each once. An empty text leaves the list as it was, as in etcd. */
export const urls: Kind<readonly EndpointUrl[]> = kind(
  (given, previous) => given === "" ? previous : parseEndpointUrls(given),
  (value) => value.map((url) => url.text).join(","),
);

/** A comma-separated list of web origins, or `*` for all. */
export const origins: Kind<readonly string[]> = kind(
  (given) => given === "*" ? ["*"] : parseEndpointUrls(given).map((url) => url.text),
  (value) => value.join(","),
);

/** `Name=true,Other=false`. */
export const featureGates: Kind<FeatureGates> = kind(
  (given, previous) => new Map([...previous, ...parseFeatureGates(given)]),
  (value) => [...value].map(([name, on]) => `${name}=${on}`).join(","),
);

/** One of the given words. */
export function choice<const Word extends string>(...words: Word[]): Kind<Word> {
  return kind((given) => {
    const word = words.find((candidate) => candidate === given);
    if (word === undefined) throw new ValueError(`must be one of ${words.map((each) => `"${each}"`).join(", ")}`);
    return word;
  }, String);
}

/** How weighty a log line is, lightest first. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "dpanic" | "panic" | "fatal";

const logLevels: Readonly<Record<string, LogLevel>> = {
  "": "info",
  debug: "debug",
  info: "info",
  warn: "warn",
  warning: "warn",
  error: "error",
  dpanic: "dpanic",
  panic: "panic",
  fatal: "fatal",
};

/** A log level, in any case; an empty text stands for "info". */
export const logLevel: Kind<LogLevel> = kind((given) => {
  const word = given.toLowerCase();
  if (!Object.hasOwn(logLevels, word)) {
    throw new ValueError('must be one of "debug", "info", "warn", "error", "panic", "fatal"');
  }
  return logLevels[word];
}, String);

/** A comma-separated list of the given words. */
export function choices(...words: string[]): Kind<readonly string[]> {
  const one = choice(...words);
  return kind((given) => given.split(",").map((word) => one.parse(word, words[0])), (value) => value.join(","));
}
