/** etcd's wire format as a list of facts, one a line: the form of testdata/api.txt. */
import protobuf from "protobufjs";

const testdata = new URL("testdata/", import.meta.url);

/**
 * Package raftpb is left out: its messages travel only between etcd's own members and lie in etcd's own log files. Members of
 * a detcd cluster are all detcd, and have a format of their own for both.
 */
const leftOut = /^(?:message|enum) raftpb\./;

/** The lines of both lists, sorted. */
export function expectedLines(): string[] {
  return ["api.txt", "health.txt"]
    .flatMap((file) => Deno.readTextFileSync(new URL(file, testdata)).split("\n"))
    .filter((line) => line !== "" && !line.startsWith("#") && !leftOut.test(line))
    .sort();
}

/** A schema's facts in the list's form, sorted. */
export function linesOf(space: protobuf.NamespaceBase): string[] {
  return [...facts(space)].sort();
}

function* facts(space: protobuf.NamespaceBase): Generator<string> {
  for (const object of space.nestedArray) {
    if (object instanceof protobuf.Enum) {
      for (const [name, value] of Object.entries(object.values)) yield `enum ${named(object)} ${padded(value)} ${name}`;
    }
    if (object instanceof protobuf.Type) {
      if (object.fieldsArray.length === 0) yield `message ${named(object)} 0000 (no fields)`;
      for (const field of object.fieldsArray) yield fieldLine(object, field);
    }
    if (object instanceof protobuf.Service) {
      for (const rpc of object.methodsArray) {
        rpc.resolve();
        const request = `${rpc.requestStream ? "stream " : ""}${named(rpc.resolvedRequestType!)}`;
        const response = `${rpc.responseStream ? "stream " : ""}${named(rpc.resolvedResponseType!)}`;
        yield `rpc ${named(object)}/${rpc.name} (${request}) returns (${response})`;
      }
    }
    if (object instanceof protobuf.Namespace) yield* facts(object);
  }
}

function fieldLine(type: protobuf.Type, field: protobuf.Field): string {
  field.resolve();
  const optional = field.options?.proto3_optional === true;
  const words = [
    `message ${named(type)} ${padded(field.id)} ${field.name}`,
    field.repeated ? "repeated" : "",
    field.resolvedType ? named(field.resolvedType) : field.type,
    optional ? "optional" : "",
    field.partOf && !optional ? `oneof:${field.partOf.name}` : "",
  ];
  return words.filter((word) => word !== "").join(" ");
}

function named(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

function padded(value: number): string {
  return String(value).padStart(4, "0");
}

/**
 * A schema made from the list alone: protobufjs works with it as another implementation would, knowing nothing of our .proto
 * files.
 */
export function schemaOfList(lines: readonly string[]): protobuf.Root {
  const blocks = new Map<string, Map<string, string[]>>();
  const block = (fullName: string, kind: string) => {
    const dot = fullName.search(/\.[A-Z]/);
    const [pack, name] = [fullName.slice(0, dot), fullName.slice(dot + 1)];
    const inPackage = blocks.getOrInsertComputed(pack, () => new Map());
    return inPackage.getOrInsertComputed(`${kind} ${name}`, () => []);
  };
  for (const line of lines) {
    const [kind, fullName, number, name, ...rest] = line.split(" ");
    if (kind === "rpc") continue;
    const [outer, inner] = fullName.split(/(?<=\.[A-Z]\w*)\./);
    if (kind === "enum" && inner === undefined) block(fullName, "enum").push(`${name} = ${Number(number)};`);
    else if (kind === "enum") block(outer, "message").push(`enum ${inner} { ${name} = ${Number(number)}; }`);
    else block(fullName, "message").push(...(rest[0] === "fields)" ? [] : [fieldText(name, number, rest)]));
  }
  const root = new protobuf.Root();
  for (const [pack, inPackage] of blocks) {
    const text = [...inPackage].map(([head, body]) => `${head} { ${joinEnums(body).join(" ")} }`).join("\n");
    protobuf.parse(`syntax = "proto3"; package ${pack};\n${text}`, root, { keepCase: true });
  }
  root.resolveAll();
  return root;
}

function fieldText(name: string, number: string, rest: string[]): string {
  const repeated = rest[0] === "repeated";
  const [type, label] = repeated ? rest.slice(1) : rest;
  const field = `${type.includes(".") ? "." : ""}${type} ${name} = ${Number(number)};`;
  if (label?.startsWith("oneof:")) return `oneof ${label.slice("oneof:".length)} { ${field} }`;
  return `${repeated ? "repeated " : label === "optional" ? "optional " : ""}${field}`;
}

/** Brings together the pieces of what has a block of its own: an enum, a oneof. */
function joinEnums(body: readonly string[]): string[] {
  const joined = new Map<string, string[]>();
  for (const piece of body) {
    const match = /^(\w+ \w+) \{ (.*) \}$/.exec(piece);
    joined.getOrInsertComputed(match ? match[1] : piece, () => []).push(...(match ? [match[2]] : []));
  }
  return [...joined].map(([head, inner]) => (inner.length > 0 ? `${head} { ${inner.join(" ")} }` : head));
}
