import assert from "node:assert/strict";
import { findBreaches } from "./check_imports.ts";

function breachesOf(tree: Record<string, string>): string[] {
  return findBreaches(new Map(Object.entries(tree)));
}

/** Asserts that each line of `file` breaks the rule or not as its trailing `// breach` says. */
function assertBreaches(file: string, lines: readonly string[]): void {
  const expected = lines.flatMap((line, i) => (line.endsWith("// breach") ? [`${file}:${i + 1}`] : []));
  const found = breachesOf({ [file]: lines.join("\n") }).map((breach) => /^[^:]+:\d+/.exec(breach)![0]);
  assert.deepEqual(found, expected);
}

Deno.test("findBreaches() lets a file import its own folder and doors of smaller rank", () => {
  assertBreaches("src/server/member.ts", [
    `import { a } from "./other.ts";`,
    `import { b } from "../mvcc/mod.ts";`,
    `import { c } from "../base/mod.ts";`,
    `import { d } from "../../proto/gen/mod.ts";`,
    `import { e } from "../mvcc/key_index.ts"; // breach`,
    `import { f } from "../grpc/mod.ts"; // breach`,
    `import type { g } from "../api/mod.ts"; // breach`,
    `export * from "../app/mod.ts"; // breach`,
    `export { h } from "../../proto/gen/mvccpb.ts"; // breach`,
    `const i = await import("../runtime/mod.ts"); // breach`,
    `type J = import("../config/mod.ts").J; // breach`,
    `const k = await import(name); // breach`,
    `import { l } from "../../tests/support/seed.ts"; // breach`,
    `import { m } from "../unheard_of/mod.ts"; // breach`,
  ]);
});

Deno.test("findBreaches() says file, line, and what is wrong", () => {
  assert.deepEqual(breachesOf({ "src/mvcc/a.ts": `// a comment\n\nimport { x } from "../server/mod.ts";` }), [
    "src/mvcc/a.ts:3: src/mvcc (rank 1) must not import src/server (rank 2)",
  ]);
});

Deno.test("findBreaches() finds no rank for a new folder, and does not ask for one in tests, bench and tools", () => {
  const source = `import "node:fs"; console.log(Date.now());`;
  assert.deepEqual(breachesOf({ "tests/a.ts": source, "bench/b.ts": source, "tools/c.ts": source }), []);
  assert.equal(breachesOf({ "src/new/d.ts": "", "src/stray.ts": "" }).length, 2);
});

Deno.test("findBreaches() keeps packages and Node's modules out of the core", () => {
  const imports = [`import "node:fs";`, `import { x } from "npm:x";`, `import x from "protobufjs";`];
  assertBreaches("src/raft/a.ts", imports.map((line) => `${line} // breach`));
  assertBreaches("src/raft/a_test.ts", imports);
  assertBreaches("src/runtime/a.ts", imports);
  assertBreaches("storage_adapters/sqlite/a.ts", imports);
  assertBreaches("src/grpc/a.ts", [
    `import type { ServiceDefinition } from "@grpc/grpc-js";`,
    `import { Server } from "@grpc/grpc-js"; // breach`,
    `import { type ServiceDefinition } from "@grpc/grpc-js"; // breach`,
    `import type { Root } from "protobufjs"; // breach`,
  ]);
});

Deno.test("findBreaches() keeps time, chance and I/O out of the core", () => {
  const lines = [
    "const a = Date.now(); // breach",
    "const b = new Date(); // breach",
    "setTimeout(() => {}, 1); // breach",
    "const c = Math.random(); // breach",
    "const d = globalThis.Deno; // breach",
    "const e = { fetch }; // breach",
    "const f = crypto; // breach",
    "const g = `${performance.now()}`; // breach",
    "if (console) a.b(); // breach",
  ];
  assertBreaches("src/lease/a.ts", lines);
  assertBreaches("src/lease/a_test.ts", lines.map((line) => line.replace(" // breach", "")));
  assertBreaches("src/api/a.ts", lines.map((line) => line.replace(" // breach", "")));
});

Deno.test("findBreaches() does not take a word for a global where it is something else", () => {
  assertBreaches("src/lease/a.ts", [
    "// Date.now() and Deno in a comment",
    "const text = 'Date.now()' + `setTimeout(${1})` + /fetch(console)/.source;",
    "const object = { fetch: 1, console() {}, performance: 2 };",
    "object.fetch = object.console;",
    "interface Port { fetch(): Date; crypto: number }",
    "class Store { fetch() {} process = 1; }",
    "const { process: p } = new Store();",
    "const half = 4 / 2 / Math.floor(1.5);",
    "enum Kind { Worker }",
  ]);
});

Deno.test("findBreaches() keeps the rule of folders in tests beside the code, which may use tests/support", () => {
  assertBreaches("src/mvcc/a_test.ts", [
    `import { propertyOptions } from "../../tests/support/seed.ts";`,
    `import { x } from "../lease/mod.ts"; // breach`,
  ]);
});
