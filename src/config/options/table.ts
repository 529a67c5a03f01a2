import type { Kind } from "./kinds.ts";
import type { Option } from "./option.ts";
import { discoveryOptions } from "./discovery.ts";
import { clusteringOptions, memberOptions } from "./member.ts";
import { featureOptions, forgottenOptions, monitoringOptions } from "./operation.ts";
import { authOptions, securityOptions } from "./security.ts";

/**
 * The one table of options. Flags, `ETCD_*` variables, `--help` and the warnings about options without effect all come from
 * it. Names and defaults are etcd 3.7's.
 */
export const options = {
  ...memberOptions,
  ...clusteringOptions,
  ...discoveryOptions,
  ...securityOptions,
  ...authOptions,
  ...monitoringOptions,
  ...featureOptions,
  ...forgottenOptions,
} satisfies Record<string, Option<unknown>>;

/** The name of an option, as in its flag. */
export type OptionName = keyof typeof options;

/** A value for each option, under the option's name. */
export type OptionValues = {
  [Name in OptionName]: typeof options[Name] extends { kind: Kind<infer Value> } ? Value : never;
};

/** All names, in the order of the table. */
export const optionNames = Object.keys(options) as OptionName[];

/** Flags that etcd's help still shows although etcd refuses them, and what to use in their place. */
export const removedFlags: Readonly<Record<string, string>> = {
  "discovery": "--discovery-token and --discovery-endpoints",
  "discovery-proxy": "--discovery-endpoints",
};

/** The row of `name`; undefined where there is none. */
export function findOption(name: string): Option<unknown> | undefined {
  return Object.hasOwn(options, name) ? options[name as OptionName] : undefined;
}

/** The variable of the environment that stands for a flag: `ETCD_` and the name in capitals, with underscores. */
export function environmentName(flag: string): string {
  return `ETCD_${flag.toUpperCase().replaceAll("-", "_")}`;
}
