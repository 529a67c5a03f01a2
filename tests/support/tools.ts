import { type GoTool, goToolPath } from "../../tools/go_tools.ts";

export type { GoTool };

/** The path of a program built by `deno task tools`, or undefined where it has not been built. */
export function findTool(name: GoTool): string | undefined {
  const file = goToolPath(name);
  try {
    return Deno.statSync(file).isFile ? file : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * A test that runs programs built by `deno task tools`; `run` gets their paths by name. Where one is missing the test is
 * skipped, and its name says why; where CI=true it fails instead.
 */
export function testWithTools<Name extends GoTool>(
  name: string,
  options: {
    tools: readonly Name[];
    /** False where a library that the test uses leaves something running. */
    sanitize?: false;
    run: (paths: Record<Name, string>, t: Deno.TestContext) => void | Promise<void>;
  },
): void {
  const missing = options.tools.filter((tool) => findTool(tool) === undefined);
  const reason = `needs ${missing.join(", ")}: run \`deno task tools\`, which needs Go`;
  const skip = missing.length > 0 && Deno.env.get("CI") !== "true";
  Deno.test({
    name: skip ? `${name} [skipped: ${reason}]` : name,
    ignore: skip,
    ...(options.sanitize === false ? { sanitizeOps: false, sanitizeResources: false } : {}),
    fn: (t) => {
      if (missing.length > 0) throw new Error(`Cannot run the test: it ${reason}`);
      const paths = Object.fromEntries(options.tools.map((tool) => [tool, findTool(tool)!]));
      return options.run(paths as Record<Name, string>, t);
    },
  });
}
