import assert from "node:assert/strict";
import fc from "fast-check";
import protobuf from "protobufjs";
import * as gen from "../../proto/gen/mod.ts";
import type { MessageType } from "../../proto/gen/mod.ts";
import { propertyOptions } from "../support/seed.ts";
import { expectedLines, schemaOfList } from "./list.ts";

const schema = schemaOfList(expectedLines());

/** Fields that are ids, and so bigint; every other 64-bit field is a number. */
const idField = /^(?:\w*ID|\w+_id|lease|leader)$/;

type Plain = Record<string, unknown>;
type Pick = <T>(arbitrary: fc.Arbitrary<T>) => T;

/** A random message, as protobufjs takes it, and as our decoder must give it. */
function randomMessage(type: protobuf.Type, pick: Pick, depth = 0): { theirs: Plain; ours: Plain } {
  const theirs: Plain = {};
  const ours: Plain = {};
  const chosen = new Map<protobuf.OneOf, protobuf.Field | undefined>();
  for (const oneof of type.oneofsArray) {
    if (oneof.fieldsArray.some(isOptional)) continue;
    const field = pick(fc.constantFrom(undefined, ...oneof.fieldsArray));
    chosen.set(oneof, field);
    ours[jsonName(oneof.name)] = field === undefined ? "" : jsonName(field.name);
  }
  for (const field of type.fieldsArray) {
    const name = jsonName(field.name);
    const isMessage = field.resolvedType instanceof protobuf.Type;
    const zero = isMessage || isOptional(field) ? undefined : zeroOf(field);
    const inOneof = chosen.has(field.partOf!);
    const present = inOneof ? chosen.get(field.partOf!) === field : !isMessage || (depth < 4 && pick(fc.boolean()));
    if (field.repeated) {
      const items = present && depth < 4
        ? Array.from({ length: pick(fc.nat(3)) }, () => randomValue(field, pick, depth))
        : [];
      theirs[field.name] = items.map((item) => item.theirs);
      ours[name] = items.map((item) => item.ours);
    } else if (present && (!isOptional(field) || pick(fc.boolean()))) {
      const value = randomValue(field, pick, depth);
      theirs[field.name] = value.theirs;
      ours[name] = value.ours;
    } else ours[name] = zero;
  }
  return { theirs, ours };
}

function randomValue(field: protobuf.Field, pick: Pick, depth: number): { theirs: unknown; ours: unknown } {
  if (field.resolvedType instanceof protobuf.Type) return randomMessage(field.resolvedType, pick, depth + 1);
  if (field.resolvedType instanceof protobuf.Enum) return same(pick(fc.oneof(fc.nat(6), fc.integer())));
  switch (field.type) {
    case "bool":
      return same(pick(fc.boolean()));
    case "string":
      return same(pick(fc.string({ unit: "binary", maxLength: 90 })));
    case "bytes":
      return same(pick(fc.uint8Array({ maxLength: 300 })));
    case "uint32":
      return same(pick(fc.nat(0xffffffff)));
    default:
      return randomInt64(field, pick);
  }
}

function randomInt64(field: protobuf.Field, pick: Pick): { theirs: unknown; ours: unknown } {
  const unsigned = field.type === "uint64";
  const asId = idField.test(field.name);
  const bits = asId ? 64n : 53n;
  const max = asId && !unsigned ? 2n ** 63n - 1n : 2n ** bits - 1n;
  const min = unsigned ? 0n : asId ? -(2n ** 63n) : -max;
  const value = pick(fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, 1n, 127n, 128n)));
  const theirs = { low: Number(BigInt.asIntN(32, value)), high: Number(BigInt.asIntN(32, value >> 32n)), unsigned };
  return { theirs, ours: asId ? value : Number(value) };
}

function same(value: unknown): { theirs: unknown; ours: unknown } {
  return { theirs: value, ours: value };
}

function zeroOf(field: protobuf.Field): unknown {
  if (field.type === "bytes") return new Uint8Array(0);
  if (field.type === "string") return "";
  if (field.type === "bool") return false;
  return field.type.endsWith("int64") && idField.test(field.name) ? 0n : 0;
}

function isOptional(field: protobuf.Field): boolean {
  return field.options?.proto3_optional === true;
}

function jsonName(name: string): string {
  return name.split("_").map((word, i) => (i === 0 ? word : word[0].toUpperCase() + word.slice(1))).join("");
}

function messageTypes(): { type: protobuf.Type; codec: MessageType<unknown> }[] {
  const found = [];
  for (const [pack, module] of Object.entries(gen)) {
    for (const object of Object.values(module)) {
      if (pack === "services" || !("decode" in object)) continue;
      const codec = object as unknown as MessageType<unknown>;
      found.push({ type: schema.lookupType(codec.name), codec });
    }
  }
  return found;
}

Deno.test("proto/gen has every message of the list", () => {
  const names = new Set(expectedLines().map((line) => /^message (\S+)/.exec(line)?.[1]).filter((name) => name));
  assert.deepEqual(messageTypes().map(({ codec }) => codec.name).sort(), [...names].sort());
});

Deno.test("every message is encoded and decoded as protobufjs does with the list's schema", () => {
  const property = fc.property(fc.constantFrom(...messageTypes()), fc.gen(), ({ type, codec }, g) => {
    const pick: Pick = (arbitrary) => g(() => arbitrary);
    const { theirs, ours } = randomMessage(type, pick);
    const bytes = new Uint8Array(type.encode(theirs).finish());
    assert.deepEqual(codec.decode(bytes), ours);
    assert.deepEqual(codec.encode(ours as object), bytes);
  });
  fc.assert(property, propertyOptions({ numRuns: 3000 }));
});

Deno.test("any bytes are decoded or refused, and what is decoded survives another round", () => {
  const codecs = messageTypes().map(({ codec }) => codec);
  const property = fc.property(fc.constantFrom(...codecs), fc.uint8Array({ maxLength: 60 }), (codec, bytes) => {
    let decoded;
    try {
      decoded = codec.decode(bytes);
    } catch (error) {
      assert.ok(error instanceof RangeError || error instanceof TypeError, String(error));
      return;
    }
    assert.deepEqual(codec.decode(codec.encode(decoded as object)), decoded);
  });
  fc.assert(property, propertyOptions({ numRuns: 20_000 }));
});

Deno.test("a message cut short anywhere is refused, or is a shorter message", () => {
  const bytes = gen.etcdserverpb.TxnRequest.encode({
    compare: [{ target: 2, key: new Uint8Array(200), modRevision: 2 ** 40 }],
    success: [{ requestPut: { key: new Uint8Array(3), value: new Uint8Array(20_000), lease: -5n } }],
  });
  const compareEnds = bytes.length - gen.etcdserverpb.TxnRequest.encode({
    success: gen.etcdserverpb.TxnRequest.decode(bytes).success,
  }).length;
  for (let length = 0; length < bytes.length; length++) {
    const decode = () => gen.etcdserverpb.TxnRequest.decode(bytes.subarray(0, length));
    if (length === 0 || length === compareEnds) decode();
    else assert.throws(decode, RangeError, String(length));
  }
});
