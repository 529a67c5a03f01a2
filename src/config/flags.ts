import { ConfigError, type Notice } from "./config_error.ts";
import { ValueError } from "./go_values.ts";
import {
  environmentName,
  findOption,
  type OptionName,
  optionNames,
  options,
  type OptionValues,
  removedFlags,
} from "./options/table.ts";
import { nearestWord } from "./suggestion.ts";

/** The variables of the environment. */
export interface Environment {
  /** The value of a variable; undefined when it is not set. */
  get(name: string): string | undefined;
  /** The names of all variables; undefined when they may not be listed. */
  names(): readonly string[] | undefined;
}

/** Values of options while they are being read. */
export class OptionSet {
  readonly #values: Record<string, unknown>;
  readonly #given = new Set<OptionName>();

  constructor() {
    this.#values = Object.fromEntries(optionNames.map((name) => [name, options[name].initial]));
  }

  /** The values so far. */
  get values(): Readonly<OptionValues> {
    return this.#values as OptionValues;
  }

  /** Whether a flag or a variable has set the option. */
  isGiven(name: OptionName): boolean {
    return this.#given.has(name);
  }

  /** Names of the options that have been set. */
  get given(): ReadonlySet<OptionName> {
    return this.#given;
  }

  /** Sets an option from a text. Throws {@link ValueError}. */
  set(name: OptionName, text: string): void {
    this.#values[name] = options[name].kind.parse(text, this.#values[name] as never);
    this.#given.add(name);
  }
}

function refusedFlag(message: string): ConfigError {
  return new ConfigError(message, { exitCode: 2 });
}

function unknownFlag(name: string): ConfigError {
  const message = `flag provided but not defined: --${name}`;
  if (Object.hasOwn(removedFlags, name)) {
    return refusedFlag(`${message} (etcd 3.7 has removed it; use ${removedFlags[name]})`);
  }
  const shown = optionNames.filter((each) => options[each].effect !== "forgotten");
  const meant = nearestWord(name, [...shown, "help"]);
  return refusedFlag(meant === undefined ? message : `${message}; did you mean --${meant}?`);
}

/** What {@link parseFlags} has found besides the values. */
export interface FlagOutcome {
  /** The user asks for help; the rest of the line was not read. */
  help: boolean;
  /** What stands behind the flags. */
  operands: string[];
}

/**
 * Reads flags into `set`, in the syntax of Go's `flag` package: `-name` and `--name` are the same, `--name=value` or
 * `--name value`, a switch takes a value only behind `=`, the last of several counts, `--` and the first argument that is not
 * a flag end the flags. Throws {@link ConfigError} with exit status 2.
 */
export function parseFlags(args: readonly string[], set: OptionSet): FlagOutcome {
  let at = 0;
  while (at < args.length) {
    const argument = args[at];
    if (argument.length < 2 || !argument.startsWith("-")) break;
    at++;
    if (argument === "--") break;
    const body = argument.slice(argument.startsWith("--") ? 2 : 1);
    if (body.startsWith("-") || body.startsWith("=")) throw refusedFlag(`bad flag syntax: ${argument}`);
    const equals = body.indexOf("=");
    const name = equals < 0 ? body : body.slice(0, equals);
    const option = findOption(name);
    if (option === undefined) {
      if (name === "help" || name === "h") return { help: true, operands: [] };
      throw unknownFlag(name);
    }
    let text = equals < 0 ? undefined : body.slice(equals + 1);
    if (text === undefined && option.kind.isSwitch) text = "true";
    if (text === undefined) {
      if (at === args.length) throw refusedFlag(`flag needs an argument: --${name}`);
      text = args[at++];
    }
    setOption(set, name as OptionName, text);
  }
  return { help: false, operands: args.slice(at) };
}

function setOption(set: OptionSet, name: OptionName, text: string): void {
  try {
    set.set(name, text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw refusedFlag(`invalid value "${text}" for flag --${name}: ${error.message}`);
  }
}

/**
 * Sets what flags have left unset from `ETCD_*` variables. As in etcd, a variable of a flag that is given too is an error,
 * and one that belongs to no flag is a warning. Throws {@link ConfigError} with exit status 1.
 */
export function parseEnvironment(environment: Environment, set: OptionSet): Notice[] {
  const notices: Notice[] = [];
  const known = new Set<string>(["ETCD_VERSION"]);
  const version = environment.get("ETCD_VERSION") ?? "";
  if (version !== "") {
    const fields = { key: "ETCD_VERSION", value: version };
    notices.push({ level: "warn", message: "cannot set special environment variable", fields });
  }
  for (const name of optionNames) {
    const variable = environmentName(name);
    known.add(variable);
    const value = environment.get(variable);
    if (value === undefined || name === "version") continue;
    if (set.isGiven(name)) throw shadowed(name);
    if (value === "") continue;
    try {
      set.set(name, value);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new ConfigError(`invalid value "${value}" for ${variable}: ${error.message}`, { exitCode: 1 });
    }
    notices.push({
      level: "info",
      message: "recognized and used environment variable",
      fields: { "variable-name": variable, "variable-value": isSecret(name) ? "***" : value },
    });
  }
  for (const name of environment.names() ?? []) {
    if (!name.startsWith("ETCD_") || known.has(name)) continue;
    const fields = { "environment-variable": `${name}=${environment.get(name) ?? ""}` };
    notices.push({ level: "warn", message: "unrecognized environment variable", fields });
  }
  return notices;
}

function shadowed(name: OptionName): ConfigError {
  return new ConfigError(
    `conflicting environment variable ${environmentName(name)} is shadowed by the flag --${name}: unset one of them`,
    { exitCode: 1 },
  );
}

function isSecret(name: OptionName): boolean {
  return name === "discovery-password" || name === "discovery-user";
}
