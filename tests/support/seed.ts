/**
 * Settings for `fc.assert`. A failing property prints its seed and path; `SEED=n` runs every property from that seed again,
 * and `RUNS=n` tries that many inputs.
 */
export function propertyOptions(defaults: { numRuns: number }): { numRuns: number; seed?: number } {
  const seed = Deno.env.get("SEED");
  const runs = Deno.env.get("RUNS");
  return {
    numRuns: runs === undefined ? defaults.numRuns : Number(runs),
    ...(seed === undefined ? {} : { seed: Number(seed) }),
  };
}
