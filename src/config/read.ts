import { type Config, makeConfig } from "./config.ts";
import { ConfigError, type Notice } from "./config_error.ts";
import { type Environment, OptionSet, parseEnvironment, parseFlags } from "./flags.ts";
import { type OptionName, options, type OptionValues } from "./options/table.ts";
import type { EndpointUrl } from "./urls.ts";
import { autoCompaction } from "./auto_compaction.ts";
import { type Candidate, refuseUnsupported, validateValues } from "./validate.ts";

/** What a command line asks for. */
export type Request =
  | { kind: "help" }
  | { kind: "version" }
  | { kind: "serve"; config: Config; notices: Notice[] };

/** What {@link readArguments} needs besides the arguments. */
export interface ReadOptions {
  /** The variables. */
  environment: Environment;
  /** The host's own address, which stands in for the default advertised one where the member listens on 0.0.0.0. */
  defaultHost?: string;
}

/**
 * Reads the command line and the environment into a validated configuration, as etcd does. Flags win over nothing: an option
 * given by both is refused. Throws {@link ConfigError}; its exit status is etcd's.
 */
export function readArguments(args: readonly string[], readOptions: ReadOptions): Request {
  const set = new OptionSet();
  const { help, operands } = parseFlags(args, set);
  if (help) return { kind: "help" };
  if (operands.length > 0) throw new ConfigError(`"${operands[0]}" is not a valid flag`, { exitCode: 1 });
  if (set.values.version) return { kind: "version" };
  const file = set.values["config-file"] || readOptions.environment.get("ETCD_CONFIG_FILE") || "";
  if (file !== "") {
    throw new ConfigError(
      `cannot read the configuration file "${file}": this version of detcd takes flags and ETCD_ variables only`,
      { exitCode: 1 },
    );
  }
  const notices = parseEnvironment(readOptions.environment, set);
  const candidate = completeValues(set, readOptions.defaultHost);
  validateValues(candidate);
  autoCompaction(set.values);
  refuseUnsupported(candidate);
  notices.push(...effectNotices(set));
  return {
    kind: "serve",
    config: makeConfig({ ...candidate, advertiseClientUrls: candidate.advertiseClientUrls ?? [] }),
    notices,
  };
}

/** Works out the defaults that hang on other options: advertised addresses and the initial cluster. */
function completeValues(set: OptionSet, defaultHost: string | undefined): Candidate {
  const { values } = set;
  let initialAdvertisePeerUrls = values["initial-advertise-peer-urls"];
  let advertiseClientUrls: readonly EndpointUrl[] | undefined = values["advertise-client-urls"];
  if (set.isGiven("listen-client-urls") && !set.isGiven("advertise-client-urls")) advertiseClientUrls = undefined;
  if (defaultHost !== undefined) {
    const listeners = { peer: values["listen-peer-urls"], client: values["listen-client-urls"] };
    initialAdvertisePeerUrls = atHost(initialAdvertisePeerUrls, {
      untouched: options["initial-advertise-peer-urls"].initial,
      listener: listeners.peer[0],
      defaultHost,
    });
    advertiseClientUrls = advertiseClientUrls && atHost(advertiseClientUrls, {
      untouched: options["advertise-client-urls"].initial,
      listener: listeners.client[0],
      defaultHost,
    });
  }
  return {
    values,
    advertiseClientUrls,
    initialAdvertisePeerUrls,
    initialCluster: initialCluster(set, initialAdvertisePeerUrls),
  };
}

function atHost(
  urls: readonly EndpointUrl[],
  { untouched, listener, defaultHost }: {
    untouched: readonly EndpointUrl[];
    listener: EndpointUrl;
    defaultHost: string;
  },
): readonly EndpointUrl[] {
  const isDefault = urls.length === 1 && urls[0].text === untouched[0].text;
  if (!isDefault || listener.host !== "0.0.0.0") return urls;
  const host = defaultHost.includes(":") ? `[${defaultHost}]` : defaultHost;
  return [{ ...urls[0], host: defaultHost, port: listener.port, text: `${urls[0].scheme}://${host}:${listener.port}` }];
}

function initialCluster(set: OptionSet, advertised: readonly EndpointUrl[]): string {
  const { values } = set;
  const discovers = values["discovery-srv"] !== "" || values["discovery-srv-name"] !== "" ||
    values["discovery-endpoints"].length > 0;
  if (discovers && !set.isGiven("initial-cluster")) return "";
  const untouched = values["initial-cluster"] === options["initial-cluster"].initial;
  if (!untouched || values.name === options.name.initial) return values["initial-cluster"];
  const name = values.name === "" ? options.name.initial : values.name;
  return advertised.map((url) => `${name}=${url.text}`).join(",");
}

/** Says which of the given options do nothing, and which are on their way out. */
function effectNotices(set: OptionSet): Notice[] {
  const notices: Notice[] = [];
  for (const name of set.given) {
    const row = options[name];
    const value = row.kind.format(set.values[name] as never);
    if (row.effect === "deprecated") notices.push({ level: "warn", message: noticeOf(name), fields: {} });
    if (row.effect !== "pending" && row.effect !== "inert") continue;
    if (value === row.kind.format(row.initial as never)) continue;
    const message = row.effect === "pending"
      ? "option is accepted but has no effect in this version"
      : "option is accepted but has no effect: it tunes a part of etcd that detcd does not have";
    notices.push({ level: "warn", message, fields: { option: name, value: maskSecret(name, value) } });
  }
  if (set.values.name === options.name.initial) {
    notices.push({
      level: "warn",
      message:
        "it isn't recommended to use the default name: members of one cluster must have different names; set --name",
      fields: { name: options.name.initial },
    });
  }
  return notices;
}

function noticeOf(name: OptionName): string {
  const row = options[name];
  return "notice" in row && row.notice !== undefined ? row.notice : `--${name} is deprecated`;
}

function maskSecret(name: keyof OptionValues, value: string): string {
  return name === "discovery-password" || name === "discovery-user" ? "***" : value;
}
