import assert from "node:assert/strict";
import { autoCompaction } from "./auto_compaction.ts";
import { ConfigError } from "./config_error.ts";

const read = (mode: string, retention: string) =>
  autoCompaction({ "auto-compaction-mode": mode, "auto-compaction-retention": retention });

Deno.test("autoCompaction() reads hours, durations and revisions as etcd does", () => {
  assert.deepEqual(read("periodic", "2"), { mode: "periodic", retentionMs: 7_200_000 });
  assert.deepEqual(read("periodic", "+1"), { mode: "periodic", retentionMs: 3_600_000 });
  assert.deepEqual(read("periodic", "5m30s"), { mode: "periodic", retentionMs: 330_000 });
  assert.deepEqual(read("revision", "1000"), { mode: "revision", revisions: 1000 });
  assert.deepEqual(read("revision", "2us"), { mode: "revision", revisions: 2000 });
});

Deno.test("autoCompaction() is off at a retention of 0, and refuses what is neither number nor duration", () => {
  for (const mode of ["periodic", "revision"]) {
    for (const nothing of ["", "0", "00", "0s", "0h0m"]) assert.equal(read(mode, nothing), undefined);
    for (const wrong of ["often", "-1", "1.5", "-5m", "99999999999999999999", "1d", " 1"]) {
      assert.throws(
        () => read(mode, wrong),
        (error: ConfigError) =>
          error instanceof ConfigError && error.exitCode === 1 && error.message.includes(`"${wrong}"`),
        `${mode} ${wrong}`,
      );
    }
  }
});
