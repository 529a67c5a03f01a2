import type protobuf from "protobufjs";

/**
 * A field's name in TypeScript: an underscore goes and the letter after it is large, which is protobuf's rule for JSON names:
 * `range_end` is rangeEnd, `remaining_TTL` is remainingTTL.
 */
export function fieldName(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The name of a message or enum: its own; an enum that is just called Type has its message's name in front. */
export function codeName(object: protobuf.Type | protobuf.Enum): string {
  return object.name === "Type" ? `${object.parent!.name}Type` : object.name;
}

/** The module, and the namespace import, of a package: `grpc.health.v1` is grpc_health_v1. */
export function moduleName(pack: protobuf.NamespaceBase): string {
  return pack.fullName.slice(1).replaceAll(".", "_");
}

/** A doc comment's lines, or none. */
export function comment(text: string | null, indent: string): string[] {
  return text ? [`${indent}/** ${text.replaceAll("\n", " ")} */`] : [];
}
