import { groups, type Option } from "./options/option.ts";
import { featureNames } from "./options/feature_gates.ts";
import { optionNames, options } from "./options/table.ts";

/** How the command is called; shown with every refused command line. */
export const usageText = `Usage:

  detcd [flags]
    Start a member.

  detcd --version
    Show the version.

  detcd -h | --help
    Show the options.
`;

function describe(name: string, option: Option<unknown>): string {
  const shown = option.shownDefault ?? option.kind.format(option.initial);
  const lines = [shown === "" && option.shownDefault !== undefined ? `  --${name}` : `  --${name} '${shown}'`];
  lines.push(`    ${option.help}`);
  if (name === "feature-gates") lines.push(`    Features: ${featureNames.join(", ")}.`);
  if (option.effect === "pending") lines.push("    (accepted, without effect in this version)");
  if (option.effect === "inert") lines.push("    (accepted, without effect)");
  if (option.effect === "deprecated") lines.push("    (deprecated, without effect)");
  return lines.join("\n");
}

/** The text of `--help`: every option under its group, with default and purpose. */
export function helpText(): string {
  const sections: string[] = [];
  for (const group of groups) {
    const rows = optionNames.filter((name) => options[name].group === group && options[name].effect !== "forgotten")
      .map((name) => describe(name, options[name]));
    sections.push(`${group}:\n${rows.join("\n")}`);
  }
  return `${sections.join("\n\n")}

Each option is also a variable: --listen-client-urls is ETCD_LISTEN_CLIENT_URLS.
An unsafe option may break what the cluster guarantees.
`;
}
