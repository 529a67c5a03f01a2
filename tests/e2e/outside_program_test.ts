import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../support/programs.ts";

/** The `deno.json` that the README tells authors of other projects to write. */
function readmeImports(): { imports: Record<string, string> } {
  const block = /```json\n([^]*?)\n```/.exec(Deno.readTextFileSync(`${projectRoot}README.md`));
  assert.ok(block !== null, "the README has no JSON block");
  return JSON.parse(block[1]);
}

const program = `import { memory, startServer } from "detcd";
await using etcd = await startServer({ storage: memory(), port: 0 });
const response = await fetch("http://" + etcd.endpoint + "/health");
console.log(await response.text());
`;

Deno.test("a program outside of the project embeds a member as the README says, types checked", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const { imports } = readmeImports();
    const ownImports = JSON.parse(Deno.readTextFileSync(`${projectRoot}deno.json`)).imports;
    assert.equal(imports["@grpc/grpc-js"], ownImports["@grpc/grpc-js"]);
    imports.detcd = pathToFileURL(`${projectRoot}mod.ts`).href;
    await Deno.writeTextFile(`${directory}/deno.json`, JSON.stringify({ imports }));
    await Deno.writeTextFile(`${directory}/main.ts`, program);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--check", "--no-lock", "--allow-net", "main.ts"],
      cwd: directory,
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.equal(new TextDecoder().decode(stdout), '{"health":"true","reason":""}\n');
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
