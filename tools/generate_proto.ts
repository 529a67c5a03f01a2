/**
 * Makes proto/gen from the .proto files: `deno task proto`. The files are parsed by protobufjs; the code that comes out is
 * static, typed, and needs only protobufjs's reader and writer. With `--check` nothing is written: it fails, and names the
 * files, where proto/gen is not what it would make.
 */
import * as path from "node:path";
import protobuf from "protobufjs";
import { emitMod, emitPackage, emitServices } from "./proto/emit.ts";

const root = path.join(import.meta.dirname!, "..");
const protoDir = path.join(root, "proto");
const genDir = path.join(protoDir, "gen");

/** Every .proto file below proto/, by its path from there, sorted. */
export function protoFiles(): string[] {
  const found: string[] = [];
  const walk = (dir: string) => {
    for (const entry of Deno.readDirSync(path.join(protoDir, dir))) {
      const name = path.posix.join(dir, entry.name);
      if (entry.isDirectory) walk(name);
      else if (name.endsWith(".proto")) found.push(name);
    }
  };
  walk("");
  return found.sort();
}

/** The parsed .proto files. */
export function loadSchema(): protobuf.Root {
  const schema = new protobuf.Root();
  schema.resolvePath = (_origin, target) => path.join(protoDir, target);
  schema.loadSync(protoFiles(), { keepCase: true, alternateCommentMode: true });
  schema.resolveAll();
  return schema;
}

/** The content of proto/gen, by file name. */
export function generate(schema: protobuf.Root): Map<string, string> {
  const packages = packagesOf(schema);
  const files = new Map<string, string>();
  for (const pack of packages) files.set(`${fileStem(pack)}.ts`, emitPackage(pack, { schema }));
  files.set("services.ts", emitServices(packages));
  files.set("mod.ts", emitMod(packages));
  return files;
}

/** Namespaces that hold something else than namespaces. */
function packagesOf(space: protobuf.NamespaceBase): protobuf.NamespaceBase[] {
  const inner = space.nestedArray.filter((o): o is protobuf.Namespace => o.constructor === protobuf.Namespace);
  const found = inner.flatMap(packagesOf);
  if (space.nestedArray.length > inner.length) found.push(space);
  return found.sort((a, b) => (a.fullName < b.fullName ? -1 : 1));
}

/** A package's module name: `grpc.health.v1` is in `grpc_health_v1.ts`. */
function fileStem(pack: protobuf.NamespaceBase): string {
  return pack.fullName.slice(1).replaceAll(".", "_");
}

/** Names of files of proto/gen that differ from `files`, are missing, or should not be there. */
export function staleFiles(files: ReadonlyMap<string, string>): string[] {
  const present = new Set([...Deno.readDirSync(genDir)].map((entry) => entry.name));
  const stale = [...present].filter((name) => !files.has(name));
  for (const [name, content] of files) {
    if (!present.has(name) || Deno.readTextFileSync(path.join(genDir, name)) !== content) stale.push(name);
  }
  return stale.sort();
}

if (import.meta.main) {
  const files = generate(loadSchema());
  const stale = staleFiles(files);
  if (Deno.args.includes("--check")) {
    if (stale.length > 0) {
      console.error(`proto/gen is not what \`deno task proto\` makes: ${stale.join(", ")}`);
      Deno.exit(1);
    }
  } else {
    for (const name of stale) {
      const file = path.join(genDir, name);
      const content = files.get(name);
      if (content === undefined) Deno.removeSync(file);
      else Deno.writeTextFileSync(file, content);
    }
    console.log(stale.length > 0 ? `proto/gen: wrote ${stale.join(", ")}` : "proto/gen is up to date");
  }
}
