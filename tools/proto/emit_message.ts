import protobuf from "protobufjs";
import { codeName, comment, fieldName, moduleName } from "./names.ts";

/** What the code of a message depends on beside the message. */
interface Context {
  /** The package that is being written. */
  pack: protobuf.NamespaceBase;
  /** Messages that clients send: 64-bit numbers in them are clamped. */
  clamped: ReadonlySet<protobuf.Type>;
  /** Messages whose reading counts the depth. */
  recursive: ReadonlySet<protobuf.Type>;
}

/** How one field looks in TypeScript and on the wire. */
interface Field {
  source: protobuf.Field;
  name: string;
  /** Type of one element. */
  type: string;
  /** What an element is when the wire has none; undefined for messages and optional scalars. */
  zero: string | undefined;
  wireType: number;
  /** Expression that reads one element; for a message, `into` is what to merge with. */
  read: (into: string) => string;
  /** Statements that write one element to the writer that `to` gives. */
  write: (to: string, value: string) => string;
  isMessage: boolean;
  /** The discriminator, for a member of a oneof. */
  oneof: string | undefined;
}

const varint = 0;
const lengthDelimited = 2;

/** Interface, codec, reader and writer of one message. */
export function emitMessage(type: protobuf.Type, context: Context): string {
  const fields = [...type.fieldsArray].sort((a, b) => a.id - b.id).map((source) => describe(source, context));
  const name = codeName(type);
  const lines = [
    ...emitType(type, fields),
    `export const ${name}: MessageType<${name}> = messageType("${
      type.fullName.slice(1)
    }", { read: read${name}, write: write${name} });`,
    "",
    ...emitRead(type, { fields, context }),
    "",
    ...emitWrite(type, fields),
    "",
  ];
  return lines.join("\n");
}

function describe(source: protobuf.Field, { pack, clamped, recursive }: Context): Field {
  source.resolve();
  const common = {
    source,
    name: fieldName(source.name),
    oneof: realOneof(source),
    isMessage: false,
  };
  const target = source.resolvedType;
  if (target instanceof protobuf.Type) {
    const name = codeName(target);
    const foreign = target.parent !== pack;
    const module = foreign ? `${moduleName(target.parent!)}.` : "";
    const reader = foreign ? `${module}${name}.read` : `read${name}`;
    const writer = foreign ? `${module}${name}.write` : `write${name}`;
    const depth = recursive.has(target) ? ", depth" : "";
    return {
      ...common,
      isMessage: true,
      type: `${module}${name}`,
      zero: undefined,
      wireType: lengthDelimited,
      read: (into) => `${reader}(reader, ${into}${depth})`,
      write: (to, value) => `const start = ${to}.enter(); ${writer}(writer, ${value}); writer.leave(start);`,
    };
  }
  const scalar = scalarCode(target === null ? source.type : "int32", {
    asNumber: source.options?.jstype === "JS_NUMBER",
    clamp: clamped.has(source.parent as protobuf.Type),
  });
  return { ...common, ...scalar, zero: isOptional(source) ? undefined : scalar.zero };
}

/** Code for one element of a scalar type; an enum is read as the number that it is. */
function scalarCode(type: string, options: { asNumber: boolean; clamp: boolean }) {
  const plain = (tsType: string, zero: string, wireType: number) => ({
    type: tsType,
    zero,
    wireType,
    read: () => `reader.${type}()`,
    write: (to: string, value: string) => `${to}.${type}(${value});`,
  });
  switch (type) {
    case "bytes":
      return plain("Uint8Array", "noBytes", lengthDelimited);
    case "string":
      return plain("string", '""', lengthDelimited);
    case "bool":
      return plain("boolean", "false", varint);
    case "int32":
    case "uint32":
      return plain("number", "0", varint);
    case "int64":
    case "uint64": {
      const base = type === "int64" ? "Int64" : "Uint64";
      return {
        type: options.asNumber ? "number" : "bigint",
        zero: options.asNumber ? "0" : "0n",
        wireType: varint,
        read: () => `read${base}${options.asNumber ? (options.clamp ? "Clamped" : "Number") : ""}(reader)`,
        write: (to: string, value: string) => `write${base}${options.asNumber ? "Number" : ""}(${to}, ${value});`,
      };
    }
    default:
      throw new Error(`Cannot generate code for a field of type "${type}"`);
  }
}

function isOptional(source: protobuf.Field): boolean {
  return source.options?.proto3_optional === true;
}

function realOneof(source: protobuf.Field): string | undefined {
  return source.partOf && !isOptional(source) ? fieldName(source.partOf.name) : undefined;
}

function oneofsOf(fields: readonly Field[]): Map<string, Field[]> {
  const groups = new Map<string, Field[]>();
  for (const field of fields) {
    if (field.oneof !== undefined) groups.set(field.oneof, [...groups.get(field.oneof) ?? [], field]);
  }
  return groups;
}

function declaredType(field: Field): string {
  if (field.source.repeated) return `${field.type}[]`;
  return field.zero === undefined ? `${field.type} | undefined` : field.type;
}

function fieldZero(field: Field): string {
  return field.source.repeated ? "[]" : field.zero ?? "undefined";
}

/**
 * The message's type. Where all there is in it is one oneof of messages, that is a union over the discriminator, so that a
 * switch narrows and can be checked to be complete; the plain interface then serves the reader.
 */
function emitType(type: protobuf.Type, fields: readonly Field[]): string[] {
  const name = codeName(type);
  const groups = oneofsOf(fields);
  const [oneof] = groups.keys();
  const isUnion = groups.size === 1 && fields.every((field) => field.oneof === oneof && field.isMessage);
  const shape = isUnion ? `${name}Fields` : name;
  const lines = [
    ...(isUnion ? [] : comment(type.comment, "")),
    `${isUnion ? "" : "export "}interface ${shape} {`,
  ];
  for (const [discriminator, members] of groups) {
    const names = members.map((member) => `"${member.name}"`).join(" | ");
    lines.push(`  /** Which one is set; empty for none. */`, `  ${discriminator}: "" | ${names};`);
  }
  for (const field of fields) {
    lines.push(...comment(field.source.comment, "  "), `  ${field.name}: ${declaredType(field)};`);
  }
  lines.push("}");
  if (isUnion) {
    lines.push(...comment(type.comment, ""), `export type ${name} =`);
    const variant = (set: Field | undefined) =>
      `  | { ${oneof}: "${set?.name ?? ""}"; ${
        fields.map((field) => `${field.name}: ${field === set ? field.type : "undefined"}`).join("; ")
      } }`;
    lines.push(variant(undefined), ...fields.map(variant));
    lines[lines.length - 1] += ";";
  }
  return [...lines, ""];
}

function emitRead(type: protobuf.Type, { fields, context }: { fields: readonly Field[]; context: Context }): string[] {
  const name = codeName(type);
  const groups = oneofsOf(fields);
  const hasUnion = groups.size === 1 && fields.every((field) => field.oneof !== undefined && field.isMessage);
  const shape = hasUnion ? `${name}Fields` : name;
  const counts = context.recursive.has(type);
  const zeros = [
    ...[...groups.keys()].map((discriminator) => `${discriminator}: ""`),
    ...fields.map((field) => `${field.name}: ${fieldZero(field)}`),
  ];
  const lines = [
    `function empty${name}(): ${shape} {`,
    `  return { ${zeros.join(", ")} };`,
    "}",
    "",
  ];
  for (const [discriminator, members] of groups) {
    lines.push(
      `function choose${name}(message: ${shape}, choice: ${shape}["${discriminator}"]): void {`,
      `  if (message.${discriminator} === choice) return;`,
      `  message.${discriminator} = choice;`,
      ...members.map((member) => `  message.${member.name} = ${fieldZero(member)};`),
      "}",
      "",
    );
  }
  const parameters = `reader: WireReader, into?: ${name}${counts ? ", outerDepth = 0" : ""}`;
  lines.push(
    `function read${name}(${parameters}): ${name} {`,
    `  const message${hasUnion ? `: ${shape}` : ""} = into ?? empty${name}();`,
    ...(counts ? ["  const depth = deeper(outerDepth);"] : []),
    "  while (reader.pos < reader.end) {",
    "    const tag = reader.tag();",
  );
  if (fields.length === 0) lines.push("    reader.skip(tag);");
  else {
    lines.push(
      "    switch (tag) {",
      ...fields.flatMap((field) => emitReadField(name, field)),
      "      default:",
      "        reader.skip(tag);",
      "    }",
    );
  }
  lines.push("  }", `  return message${hasUnion ? ` as ${name}` : ""};`, "}");
  return lines;
}

function emitReadField(typeName: string, field: Field): string[] {
  const place = `message.${field.name}`;
  const { repeated, id } = field.source;
  const choose = field.oneof === undefined ? "" : `choose${typeName}(message, "${field.name}"); `;
  const store = (value: string) => (repeated ? `${place}.push(${value});` : `${place} = ${value};`);
  const within = (statement: string) => `{ const outer = reader.enter(); ${statement} reader.leave(outer); break; }`;
  const lines = [`      case ${tagOf(id, field.wireType)}:`];
  if (field.isMessage) lines[0] += ` ${choose}${within(store(field.read(repeated ? "undefined" : place)))}`;
  else lines[0] += ` ${choose}${store(field.read(""))} break;`;
  if (repeated && field.wireType === varint) {
    lines.push(
      `      case ${tagOf(id, lengthDelimited)}: ${within(`while (reader.pos < reader.end) ${store(field.read(""))}`)}`,
    );
  }
  return lines;
}

function tagOf(id: number, wireType: number): number {
  return (id << 3) | wireType;
}

function emitWrite(type: protobuf.Type, fields: readonly Field[]): string[] {
  const name = codeName(type);
  if (fields.length === 0) return [`function write${name}(_writer: WireWriter, _message: Init<${name}>): void {}`];
  const groups = oneofsOf(fields);
  const lines = [`function write${name}(writer: WireWriter, message: Init<${name}>): void {`];
  for (const [discriminator, members] of groups) {
    lines.push(`  const ${discriminator} = message.${discriminator} ??`);
    members.forEach((member, i) => {
      lines.push(`    ${i === 0 ? "(" : ""}message.${member.name} !== undefined ? "${member.name}" :`);
    });
    lines.push(`    "");`);
  }
  for (const field of fields) lines.push(...emitWriteField(field));
  return [...lines, "}"];
}

function emitWriteField(field: Field): string[] {
  const place = `message.${field.name}`;
  const { repeated, id } = field.source;
  const write = (value: string) => field.write(`writer.uint32(${tagOf(id, field.wireType)})`, value);
  if (repeated && field.wireType === varint) {
    return [
      `  if (${place}?.length) {`,
      `    const start = writer.uint32(${tagOf(id, lengthDelimited)}).enter();`,
      `    for (const value of ${place}) ${field.write("writer", "value")}`,
      "    writer.leave(start);",
      "  }",
    ];
  }
  if (repeated) return [`  if (${place}) for (const value of ${place}) { ${write("value")} }`];
  if (field.oneof !== undefined) {
    return [`  if (${field.oneof} === "${field.name}") { ${write(`${place} ?? ${field.zero ?? "{}"}`)} }`];
  }
  const present = field.zero === undefined
    ? `${place} !== undefined`
    : field.type === "Uint8Array"
    ? `${place}?.length`
    : place;
  return [`  if (${present}) { ${write(place)} }`];
}
