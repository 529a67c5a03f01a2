import { parseBoolean, ValueError } from "../go_values.ts";

/** How far a feature has come: what is alpha is off by default, what is beta is on. */
type Stage = "alpha" | "beta";

/** The server features of etcd 3.7 that `--feature-gates` switches. */
const stages: Readonly<Record<string, Stage>> = {
  CompactHashCheck: "alpha",
  FastLeaseKeepAlive: "beta",
  InitialCorruptCheck: "alpha",
  LeaseCheckpoint: "alpha",
  LeaseCheckpointPersist: "alpha",
  PriorityRequest: "alpha",
  SetMemberLocalAddr: "alpha",
  StopGRPCServiceOnDefrag: "alpha",
  TxnModeWriteWithSharedBuffer: "beta",
};

/** Names that switch all features of a stage which are not named themselves. */
const stageSwitches: Readonly<Record<string, Stage>> = { AllAlpha: "alpha", AllBeta: "beta" };

/** The names of all features, in alphabetical order. */
export const featureNames: readonly string[] = Object.keys(stages).sort();

/** Switched features by name, as given; see {@link isFeatureEnabled} for what that makes of each. */
export type FeatureGates = ReadonlyMap<string, boolean>;

/** Reads `Name=true,Other=false`. */
export function parseFeatureGates(text: string): FeatureGates {
  const gates = new Map<string, boolean>();
  for (const pair of text.split(",")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = (at < 0 ? pair : pair.slice(0, at)).trim();
    if (at < 0) throw new ValueError(`misses "=true" or "=false" after "${name}"`);
    if (!Object.hasOwn(stages, name) && !Object.hasOwn(stageSwitches, name)) {
      throw new ValueError(`has no feature "${name}"; features are ${featureNames.join(", ")}`);
    }
    gates.set(name, parseBoolean(pair.slice(at + 1).trim()));
  }
  return gates;
}

/** Whether a feature is on: as given, else as given for all of its stage, else as its stage has it. */
export function isFeatureEnabled(gates: FeatureGates, name: string): boolean {
  const stage = stages[name];
  const forStage = gates.get(stage === "alpha" ? "AllAlpha" : "AllBeta");
  return gates.get(name) ?? forStage ?? stage === "beta";
}
