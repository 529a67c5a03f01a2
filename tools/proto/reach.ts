import protobuf from "protobufjs";

function fieldTypes(type: protobuf.Type): protobuf.Type[] {
  return type.fieldsArray.map((field) => field.resolve().resolvedType)
    .filter((inner): inner is protobuf.Type => inner instanceof protobuf.Type);
}

/** `type` and every message that it can contain, added to `into`. */
function reach(type: protobuf.Type, into: Set<protobuf.Type>): Set<protobuf.Type> {
  if (into.has(type)) return into;
  into.add(type);
  for (const inner of fieldTypes(type)) reach(inner, into);
  return into;
}

function* objects(space: protobuf.NamespaceBase): Generator<protobuf.ReflectionObject> {
  for (const object of space.nestedArray) {
    yield object;
    if (object instanceof protobuf.Namespace) yield* objects(object);
  }
}

/** Every message that can be part of an rpc's request. */
export function requestTypes(schema: protobuf.Root): Set<protobuf.Type> {
  const found = new Set<protobuf.Type>();
  for (const object of objects(schema)) {
    if (!(object instanceof protobuf.Service)) continue;
    for (const rpc of object.methodsArray) {
      rpc.resolve();
      reach(rpc.resolvedRequestType!, found);
    }
  }
  return found;
}

/** Every message that can contain a message that can contain itself: reading it must count the depth. */
export function depthAware(schema: protobuf.Root): Set<protobuf.Type> {
  const types = [...objects(schema)].filter((object) => object instanceof protobuf.Type);
  const inner = new Map(types.map((type) => {
    const reached = new Set<protobuf.Type>();
    for (const field of fieldTypes(type)) reach(field, reached);
    return [type, reached];
  }));
  const endless = types.filter((type) => inner.get(type)!.has(type));
  return new Set(types.filter((type) => endless.some((other) => other === type || inner.get(type)!.has(other))));
}
