import assert from "node:assert/strict";
import type { Method } from "../../proto/gen/mod.ts";
import * as gen from "../../proto/gen/mod.ts";
import { generate, loadSchema, staleFiles } from "../../tools/generate_proto.ts";
import { expectedLines, linesOf, schemaOfList } from "./list.ts";

Deno.test("the .proto files say what the list of etcd's wire format says, line by line", () => {
  const expected = expectedLines();
  assert.ok(expected.length > 400, "the list has been read");
  assert.deepEqual(linesOf(loadSchema()), expected);
});

Deno.test("a schema made from the list gives the list again", () => {
  const expected = expectedLines().filter((line) => !line.startsWith("rpc "));
  assert.deepEqual(linesOf(schemaOfList(expected)), expected);
});

Deno.test("a changed number, name, type, label or oneof is noticed", () => {
  const line = "message etcdserverpb.Compare 0005 create_revision int64 oneof:target_union";
  const without = expectedLines().filter((other) => other !== line && !other.startsWith("rpc "));
  for (const changed of ["0005", "create_revision", "int64", "oneof:target_union"]) {
    const other = { "0005": "0055", "create_revision": "created", "int64": "uint64", "oneof:target_union": "optional" };
    const changedLine = line.replace(changed, other[changed as keyof typeof other]);
    const found = linesOf(schemaOfList([...without, changedLine].sort()));
    assert.ok(found.includes(changedLine) && !found.includes(line), changed);
  }
});

Deno.test("services of proto/gen have the list's rpcs, with their messages and kinds", () => {
  const found = Object.values(gen.services).flatMap((service) =>
    Object.entries(service as Record<string, Method<unknown, unknown>>).map(([name, rpc]) => {
      assert.equal(rpc.path.split("/")[2], name);
      const request = `${rpc.requestStream ? "stream " : ""}${rpc.request.name}`;
      const response = `${rpc.responseStream ? "stream " : ""}${rpc.response.name}`;
      return `rpc ${rpc.path.slice(1)} (${request}) returns (${response})`;
    })
  );
  assert.deepEqual(found.sort(), expectedLines().filter((line) => line.startsWith("rpc ")));
});

Deno.test("enums of proto/gen have the list's names and numbers", () => {
  const found: string[] = [];
  for (const [name, members] of Object.entries(enumsOfGen())) {
    for (const [member, number] of Object.entries(members)) found.push(`${name} ${member} ${number}`);
  }
  const expected = expectedLines().map((line) => /^enum (\w[\w.]*)\.(\w+) (\d+) (\w+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, space, name, number, member]) => {
      const owner = space.split(".").at(-1)!;
      const pack = space.replace(/\.[A-Z].*$/, "").replaceAll(".", "_");
      return `${pack}.${name === "Type" ? owner : ""}${name} ${member} ${Number(number)}`;
    });
  assert.deepEqual(found.sort(), expected.sort());
});

function enumsOfGen(): Record<string, Record<string, number>> {
  const found: Record<string, Record<string, number>> = {};
  for (const [pack, module] of Object.entries(gen)) {
    if (pack === "services") continue;
    for (const [name, object] of Object.entries(module)) {
      if (Object.values(object).every((value) => typeof value === "number")) {
        found[`${pack}.${name}`] = object as unknown as Record<string, number>;
      }
    }
  }
  return found;
}

Deno.test("proto/gen is what the generator makes", () => {
  const files = generate(loadSchema());
  assert.deepEqual(staleFiles(files), []);
  const [name, content] = [...files][0];
  assert.deepEqual(staleFiles(new Map([...files, [name, `${content} `], ["extra.ts", ""]])), [name, "extra.ts"].sort());
});
