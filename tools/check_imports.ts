/**
 * Checks who may import whom, and that the core is deterministic: `deno run --allow-read tools/check_imports.ts`. The rules
 * are in docs/architecture.md; the tables below are what they say about each folder. Names every breach by file and line.
 */
import * as path from "node:path";
import ts from "typescript";

/** A folder, or a file, of which the rule speaks. */
interface Unit {
  /** Imports go to a smaller rank only; so there can be no cycle between units. */
  rank: number;
  /** The files that others may import, where it is not only `mod.ts`. */
  doors?: RegExp;
  /** Whether it may use packages, Node's modules and the platform's globals; or only the types of these packages. */
  platform: boolean | RegExp;
  /** Globals that it may use all the same. */
  globals?: RegExp;
}

const units: Record<string, Unit> = {
  "src/base": { rank: 0, platform: false },
  // Rank 0 as base, of which it uses types.
  "src/ports": { rank: 0.5, platform: false },
  "proto": {
    rank: 0,
    platform: /^@grpc\/grpc-js$|^node:buffer$/,
    doors: /^proto\/(gen\/mod|int64|reader|writer)\.ts$/,
    globals: /^(globalThis|Buffer)$/,
  },
  "src/http2": { rank: 1, platform: false },
  "src/raft": { rank: 1, platform: false },
  "src/mvcc": { rank: 1, platform: false },
  "src/lease": { rank: 1, platform: false },
  "src/watch": { rank: 1.5, platform: false },
  "src/auth": { rank: 1, platform: false },
  "src/membership": { rank: 1, platform: false },
  "storage_adapters": { rank: 1, platform: true, doors: /^storage_adapters\/(\w+\/mod|snapshot_format)\.ts$/ },
  "src/grpc": { rank: 2, platform: /^@grpc\/grpc-js$/ },
  "src/server": { rank: 2, platform: false },
  "src/api": { rank: 3, platform: true },
  "src/peer": { rank: 3, platform: true },
  "src/http": { rank: 3, platform: true },
  "src/runtime": { rank: 3, platform: true },
  "src/config": { rank: 3, platform: true },
  "src/cli": { rank: 3, platform: true },
  "src/app": { rank: 4, platform: true },
  "src/snapshot_command.ts": { rank: 4, platform: true, doors: /^src\/snapshot_command\.ts$/ },
  "src/embed.ts": { rank: 5, platform: true, doors: /^src\/embed\.ts$/ },
  "mod.ts": { rank: 6, platform: true, doors: /^mod\.ts$/ },
  "main.ts": { rank: 7, platform: true, doors: /^main\.ts$/ },
};

/** Where the rule does not hold: what is not part of the product. */
const free = /^(tests|bench|tools|docs)\//;

/** Tests and benchmarks may use what they like of the platform; between folders the rule holds for them too. */
const unitTest = /_(test|bench)\.ts$/;

const platformGlobals = new Set(
  ("Deno Date performance setTimeout setInterval clearTimeout clearInterval setImmediate crypto fetch console globalThis " +
    "process Buffer Worker MessageChannel").split(" "),
);

function unitOf(file: string): string | undefined {
  return Object.keys(units).find((name) => file === name || file.startsWith(`${name}/`));
}

/** The breaches in a set of files, each as `file:line: what`. Keys are paths from the root, with slashes; values are sources. */
export function findBreaches(files: ReadonlyMap<string, string>): string[] {
  const breaches: string[] = [];
  for (const [file, source] of files) {
    if (free.test(file)) continue;
    const name = unitOf(file);
    if (name === undefined) {
      breaches.push(`${file}:1: belongs to no folder that has a rank in tools/check_imports.ts`);
      continue;
    }
    const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      const what = importBreach(node, { file, name }) ?? globalBreach(node, { file, name });
      if (what !== undefined) {
        breaches.push(`${file}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}: ${what}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return breaches;
}

type Place = { file: string; name: string };

function importBreach(node: ts.Node, { file, name }: Place): string | undefined {
  const found = importOf(node);
  if (found === undefined) return undefined;
  const { target, typesOnly } = found;
  if (target === undefined) return "import of what is only known at run time";
  if (!target.startsWith(".")) {
    const { platform } = units[name];
    const allowed = platform === true || unitTest.test(file) ||
      (typesOnly && platform !== false && platform.test(target));
    return allowed ? undefined : `"${target}" is not for ${name}`;
  }
  const other = path.posix.join(path.posix.dirname(file), target);
  const otherName = unitOf(other);
  if (otherName === name) return undefined;
  if (otherName === undefined) {
    return unitTest.test(file) && free.test(other)
      ? undefined
      : `"${target}" is outside of every folder that has a rank`;
  }
  if (units[otherName].rank >= units[name].rank) {
    return `${name} (rank ${units[name].rank}) must not import ${otherName} (rank ${units[otherName].rank})`;
  }
  const isDoor = units[otherName].doors?.test(other) ?? other === `${otherName}/mod.ts`;
  return isDoor ? undefined : `"${target}" is inside ${otherName}: only its mod.ts is for others`;
}

/** What a node imports, if that is what it does. */
function importOf(node: ts.Node): { target: string | undefined; typesOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) {
    return { target: textOf(node.moduleSpecifier), typesOnly: node.importClause?.isTypeOnly ?? false };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { target: textOf(node.moduleSpecifier), typesOnly: node.isTypeOnly };
  }
  if (ts.isImportTypeNode(node)) {
    return { target: ts.isLiteralTypeNode(node.argument) ? textOf(node.argument.literal) : undefined, typesOnly: true };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { target: textOf(node.arguments[0]), typesOnly: false };
  }
  return undefined;
}

function textOf(node: ts.Node): string | undefined {
  return ts.isStringLiteralLike(node) ? node.text : undefined;
}

function globalBreach(node: ts.Node, { file, name }: Place): string | undefined {
  const { platform, rank } = units[name];
  const mayUse = platform === true || rank > 2 || unitTest.test(file);
  if (mayUse || !ts.isIdentifier(node) || units[name].globals?.test(node.text)) return undefined;
  const { parent } = node;
  if (platformGlobals.has(node.text) && isValue(node)) return `${node.text} is not for ${name}: take it as an argument`;
  if (node.text === "Math" && ts.isPropertyAccessExpression(parent) && parent.name.text === "random") {
    return `Math.random is not for ${name}: take a Random as an argument`;
  }
  return undefined;
}

/** Whether an identifier stands for a value of that name: not for a property, a type, or a name that is being given. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isTypeNode(parent) || ts.isQualifiedName(parent)) return ts.isTypeQueryNode(parent);
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isJSDoc(parent)) return false;
  const given = (parent as Partial<ts.NamedDeclaration>).name === node;
  return !given || ts.isShorthandPropertyAssignment(parent);
}

function readTree(root: string): Map<string, string> {
  const files = new Map<string, string>();
  const walk = (dir: string) => {
    for (const entry of Deno.readDirSync(path.join(root, dir))) {
      const name = path.posix.join(dir, entry.name);
      if (entry.isDirectory && !entry.name.startsWith(".") && entry.name !== "node_modules") walk(name);
      else if (entry.isFile && name.endsWith(".ts")) files.set(name, Deno.readTextFileSync(path.join(root, name)));
    }
  };
  walk("");
  return files;
}

if (import.meta.main) {
  const files = readTree(path.join(import.meta.dirname!, ".."));
  const breaches = findBreaches(files);
  for (const breach of breaches) console.error(breach);
  if (breaches.length > 0) Deno.exit(1);
  console.log(`import rule: ${files.size} files keep it`);
}
