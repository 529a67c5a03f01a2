/**
 * A protobuf codec for comparisons, independent of detcd's own: driven by the list of etcd's messages, exact in 64 bits,
 * and blind to nothing. Unknown fields and explicit defaults are shown, so that two answers are equal here only if
 * every client would see them equal.
 */

interface Field {
  number: number;
  name: string;
  type: string;
  repeated: boolean;
}

/**
 * Fields of a message by name, as they are written: bytes as text of one character per byte. A field that is an array is
 * repeated; one that is undefined is absent.
 */
export type Message = { [field: string]: Value | undefined };
/** What a field may be given as. */
export type Value = string | number | bigint | boolean | Uint8Array | Message | Value[];

/** A field whose value is appended to the message as it stands: unknown fields, and bytes that are no message. */
export const rawField = "$raw";

const list = Deno.readTextFileSync(new URL("../proto/testdata/api.txt", import.meta.url));
const messages = new Map<string, Field[]>();
const methods = new Map<string, { request: string; response: string }>();
for (const line of list.split("\n")) {
  const [kind, name, number, field, ...type] = line.split(" ");
  if (kind === "message") {
    const fields = messages.get(name) ?? [];
    messages.set(name, fields);
    if (number === "0000") continue;
    const repeated = type[0] === "repeated";
    fields.push({ number: Number(number), name: field, type: repeated ? type[1] : type[0], repeated });
  } else if (kind === "rpc") {
    const [, request, response] = /\((?:stream )?(\S+)\) returns \((?:stream )?(\S+)\)/.exec(line)!;
    methods.set(name, { request, response });
  }
}

/** The names of the messages of an rpc such as "etcdserverpb.KV/Put". */
export function methodTypes(method: string): { request: string; response: string } {
  const types = methods.get(method);
  if (types === undefined) throw new Error(`There is no rpc "${method}"`);
  return types;
}

/** Text to bytes, one per character. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Bytes to text, one character each. */
export function fromLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return text;
}

/** Writes every field that is given, even one with its default, in the order given. */
export function encode(type: string, message: Message): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [name, value] of Object.entries(message)) {
    if (value === undefined) continue;
    if (name === rawField) {
      parts.push(value as Uint8Array);
      continue;
    }
    const field = messages.get(type)?.find((field) => field.name === name);
    if (field === undefined) throw new Error(`There is no field "${name}" in ${type}`);
    for (const each of Array.isArray(value) ? value : [value]) parts.push(...encodeField(field, each));
  }
  return concat(parts);
}

/** One field as bytes: for unknown fields. */
export function rawVarintField(number: number, value: bigint): Uint8Array {
  return concat([varint(BigInt(number << 3)), varint(value)]);
}

/** One field of bytes as bytes: for unknown fields. */
export function rawBytesField(number: number, value: Uint8Array): Uint8Array {
  return concat([varint(BigInt(number << 3 | 2)), varint(BigInt(value.length)), value]);
}

/** Every field that is in `bytes`, by name, or by "#number" when unknown. Numbers are decimal text. */
export function decode(type: string, bytes: Uint8Array): Message {
  const fields = messages.get(type);
  if (fields === undefined) throw new Error(`There is no message "${type}"`);
  const message: Message = {};
  let position = 0;
  const number = () => {
    const [value, next] = readVarint(bytes, position);
    position = next;
    return value;
  };
  while (position < bytes.length) {
    const tag = Number(number());
    const field = fields.find((field) => field.number === tag >> 3);
    const name = field?.name ?? `#${tag >> 3}`;
    let value: Value;
    if ((tag & 7) === 0) value = decodeNumber(field?.type, number());
    else if ((tag & 7) === 2) {
      const length = Number(number());
      const part = bytes.subarray(position, position + length);
      if (part.length !== length) throw new Error(`${type}.${name} is cut off`);
      position += length;
      value = field !== undefined && messages.has(field.type) ? decode(field.type, part) : fromLatin1(part);
    } else throw new Error(`${type}.${name} has wire type ${tag & 7}`);
    if (field?.repeated !== false) {
      const values = message[name] as Value[] | undefined;
      if (values === undefined) message[name] = [value];
      else values.push(value);
    } else message[name] = value;
  }
  return message;
}

function encodeField({ number, type }: Field, value: Value): Uint8Array[] {
  if (messages.has(type)) return [rawBytesField(number, encode(type, value as Message))];
  if (type === "bytes" || type === "string") {
    return [rawBytesField(number, typeof value === "string" ? latin1(value) : value as Uint8Array)];
  }
  return [rawVarintField(number, BigInt.asUintN(64, BigInt(value as number | bigint | boolean)))];
}

function decodeNumber(type: string | undefined, value: bigint): Value {
  if (type === "bool") return value !== 0n;
  return String(type === "uint64" || type === "uint32" ? value : BigInt.asIntN(64, value));
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
  bytes.push(Number(value));
  return Uint8Array.from(bytes);
}

function readVarint(bytes: Uint8Array, position: number): [bigint, number] {
  let value = 0n;
  for (let shift = 0n;; shift += 7n) {
    const byte = bytes[position++];
    if (byte === undefined) throw new Error("A number is cut off");
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return [value, position];
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
