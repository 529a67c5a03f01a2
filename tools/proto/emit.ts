import protobuf from "protobufjs";
import { emitMessage } from "./emit_message.ts";
import { codeName, comment, moduleName } from "./names.ts";
import { depthAware, requestTypes } from "./reach.ts";

const banner = "// Made by `deno task proto` from the .proto files: change those.\n";

/** The module of one package: its enums and messages. */
export function emitPackage(pack: protobuf.NamespaceBase, { schema }: { schema: protobuf.Root }): string {
  const { messages, enums } = contents(pack);
  const clamped = requestTypes(schema);
  const recursive = depthAware(schema);
  const body = [
    ...enums.map(emitEnum),
    ...messages.map((type) => emitMessage(type, { pack, clamped, recursive })),
  ].join("\n");
  const imports = [
    ...[...new Set([...body.matchAll(/\b(\w+pb)\.[A-Z]/g)].map((match) => match[1]))].sort()
      .filter((name) => name !== moduleName(pack))
      .map((name) => `import * as ${name} from "./${name}.ts";`),
    ...importOf(body, "../int64.ts", /\b(?:read|write)U?[Ii]nt64(?:Number|Clamped)?\b/g),
    ...importOf(body, "../reader.ts", /\b(?:noBytes|WireReader)\b/g),
    ...importOf(body, "../wire.ts", /\b(?:deeper|messageType|Init|MessageType)\b(?=[(<])/g),
    ...importOf(body, "../writer.ts", /\bWireWriter\b/g),
  ];
  return `${banner}${imports.join("\n")}\n\n${body}`;
}

const typesOnly = ["Init", "MessageType", "WireReader", "WireWriter"];

/** The import of what `body` uses of `from`, or none. */
function importOf(body: string, from: string, names: RegExp): string[] {
  const used = [...new Set([...body.matchAll(names)].map((match) => match[0]))]
    .sort().map((name) => (typesOnly.includes(name) ? `type ${name}` : name));
  return used.length > 0 ? [`import { ${used.join(", ")} } from "${from}";`] : [];
}

/** Messages and enums of a package, those inside messages included. */
function contents(space: protobuf.NamespaceBase): { messages: protobuf.Type[]; enums: protobuf.Enum[] } {
  const messages: protobuf.Type[] = [];
  const enums: protobuf.Enum[] = [];
  for (const object of space.nestedArray) {
    if (object instanceof protobuf.Enum) enums.push(object);
    if (!(object instanceof protobuf.Type)) continue;
    messages.push(object);
    const inner = contents(object);
    messages.push(...inner.messages);
    enums.push(...inner.enums);
  }
  return { messages, enums };
}

function emitEnum(object: protobuf.Enum): string {
  const lines = [...comment(object.comment, ""), `export const ${codeName(object)} = {`];
  for (const [name, value] of Object.entries(object.values)) {
    lines.push(...comment(object.comments[name], "  "), `  ${name}: ${value},`);
  }
  return [...lines, "} as const;", ""].join("\n");
}

/** The module of all services, in grpc-js's form. */
export function emitServices(packages: readonly protobuf.NamespaceBase[]): string {
  const services = packages.flatMap((pack) =>
    pack.nestedArray.filter((object): object is protobuf.Service => object instanceof protobuf.Service)
  );
  const body = services.map(emitService).join("\n");
  const used = packages.map(moduleName).filter((name) => body.includes(` ${name}.`));
  return [
    `${banner}`.trimEnd(),
    `import { method } from "../method.ts";`,
    ...used.map((name) => `import * as ${name} from "./${name}.ts";`),
    "",
    body,
  ].join("\n");
}

function emitService(service: protobuf.Service): string {
  const lines = [...comment(service.comment, ""), `export const ${service.name} = {`];
  for (const rpc of service.methodsArray) {
    rpc.resolve();
    lines.push(
      ...comment(rpc.comment, "  "),
      `  ${rpc.name}: method("/${service.fullName.slice(1)}/${rpc.name}", {`,
      `    request: ${qualified(rpc.resolvedRequestType!)},`,
      `    requestStream: ${rpc.requestStream === true},`,
      `    response: ${qualified(rpc.resolvedResponseType!)},`,
      `    responseStream: ${rpc.responseStream === true},`,
      "  }),",
    );
  }
  return [...lines, "};", ""].join("\n");
}

function qualified(type: protobuf.Type): string {
  let pack = type.parent!;
  while (pack instanceof protobuf.Type) pack = pack.parent!;
  return `${moduleName(pack)}.${codeName(type)}`;
}

/** The door of proto/gen. */
export function emitMod(packages: readonly protobuf.NamespaceBase[]): string {
  const names = packages.map(moduleName);
  return [
    `${banner}export { encodeOutgoing, type Method, type Outgoing } from "../method.ts";`,
    `export type { Init, MessageType } from "../wire.ts";`,
    ...names.map((name) => `export * as ${name} from "./${name}.ts";`),
    `export * as services from "./services.ts";`,
    "",
  ].join("\n");
}
