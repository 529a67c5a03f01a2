import assert from "node:assert/strict";
import { readSnapshotArguments, SnapshotUsageError, statusText } from "./mod.ts";

Deno.test("readSnapshotArguments() reads a restore's flags in either form, and takes etcdutl's defaults", () => {
  assert.deepEqual(
    readSnapshotArguments(["restore", "f", "--name=a", "--data-dir", "d", "--initial-cluster=a=http://x:1"]),
    {
      kind: "restore",
      file: "f",
      dataDir: "d",
      memberFlags: ["--name=a", "--initial-cluster=a=http://x:1"],
      bumpRevision: 0,
    },
  );
  assert.deepEqual(
    readSnapshotArguments(["restore", "--bump-revision", "1000", "--mark-compacted=true", "--name=b", "f"]),
    { kind: "restore", file: "f", dataDir: "b.etcd", memberFlags: ["--name=b"], bumpRevision: 1000 },
  );
  assert.deepEqual(
    readSnapshotArguments(["restore", "f", "--skip-hash-check=false", "--mark-compacted=false", "--bump-revision=0"]),
    { kind: "restore", file: "f", dataDir: "default.etcd", memberFlags: [], bumpRevision: 0 },
  );
});

Deno.test("readSnapshotArguments() refuses with etcdutl's status what it does not understand", () => {
  for (
    const wrong of [
      ["save", "f"],
      ["restore", "f", "--bump-revision=-1", "--mark-compacted"],
      ["restore", "f", "--bump-revision=1e3", "--mark-compacted"],
      ["restore", "f", "--bump-revision=99999999999999999999", "--mark-compacted"],
      ["restore", "f", "g"],
      ["status"],
      ["status", "f", "-w", "yaml"],
      ["status", "f", "--data-dir=d"],
    ]
  ) {
    assert.throws(
      () => readSnapshotArguments(wrong),
      (error) => error instanceof SnapshotUsageError && error.exitCode === 128,
      wrong.join(" "),
    );
  }
  assert.deepEqual(readSnapshotArguments([]), { kind: "help" });
  assert.deepEqual(readSnapshotArguments(["restore", "--help"]), { kind: "help" });
});

Deno.test("statusText() writes what etcdutl writes", () => {
  const status = { hash: 2712234340, revision: 4, totalKey: 1, totalSize: 20480, version: "3.7.0" };
  assert.equal(statusText(status, "simple"), "a1a96964, 4, 1, 20 kB, 3.7.0\n");
  assert.equal(
    statusText(status, "json"),
    '{"hash":2712234340,"revision":4,"totalKey":1,"totalSize":20480,"version":"3.7.0"}\n',
  );
  assert.equal(
    statusText(status, "fields"),
    '"Hash" : 2712234340\n"Revision" : 4\n"Keys" : 1\n"Size" : 20480\n"Version" : 3.7.0\n',
  );
  assert.equal(
    statusText(status, "table"),
    `┌──────────┬──────────┬────────────┬────────────┬─────────┐
│   HASH   │ REVISION │ TOTAL KEYS │ TOTAL SIZE │ VERSION │
├──────────┼──────────┼────────────┼────────────┼─────────┤
│ a1a96964 │        4 │          1 │      20 kB │   3.7.0 │
└──────────┴──────────┴────────────┴────────────┴─────────┘
`,
  );
  const size = (totalSize: number) => statusText({ ...status, totalSize }, "simple").split(", ")[3];
  assert.deepEqual([0, 999, 1000, 1949, 9960, 82854982].map(size), [
    "0 B",
    "999 B",
    "1.0 kB",
    "1.9 kB",
    "10 kB",
    "83 MB",
  ]);
});
