import assert from "node:assert/strict";
import { errors, type EtcdError } from "../../base/mod.ts";
import { ManualClock } from "../../../tests/support/manual_clock.ts";
import { type AutoCompaction, AutoCompactor } from "./auto_compactor.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** An auto compactor on a keyspace that is nothing but a revision. */
class Rig {
  readonly clock = new ManualClock();
  revision = 1;
  isLeader = true;
  /** Compactions asked for: minute and revision. */
  readonly asked: [minute: number, revision: number][] = [];
  readonly lines: string[] = [];
  outcome: (done: (error?: EtcdError) => void) => void = (done) => done();
  readonly compactor: AutoCompactor;

  constructor(setting: AutoCompaction) {
    const line = (text: string) => void this.lines.push(text);
    this.compactor = new AutoCompactor(setting, {
      clock: this.clock,
      logger: { debug: line, info: line, warn: line, error: line },
      revision: () => this.revision,
      isLeader: () => this.isLeader,
      compact: (revision, done) => {
        this.asked.push([this.clock.monotonicMs() / minuteMs, revision]);
        this.outcome(done);
      },
    });
  }

  /** Lets minutes pass, each of which brings a revision. */
  pass(minutes: number): void {
    for (let i = 0; i < minutes; i++) {
      this.clock.advance(minuteMs);
      this.revision++;
    }
  }

  /** The compactions asked for since the last call. */
  take(): [minute: number, revision: number][] {
    return this.asked.splice(0);
  }
}

Deno.test("AutoCompactor, periodic: a retention up to an hour is compacted every retention, to the revision of that long ago", () => {
  const rig = new Rig({ mode: "periodic", retentionMs: 10 * minuteMs });
  rig.pass(9);
  assert.deepEqual(rig.take(), []);
  rig.pass(31);
  assert.deepEqual(rig.take(), [[10, 1], [20, 9], [30, 19], [40, 29]]);
  rig.compactor.close();
  rig.pass(30);
  assert.deepEqual(rig.take(), []);
  assert.equal(rig.clock.timerCount, 0);
});

Deno.test("AutoCompactor, periodic: a longer retention is waited for once, then compacted every hour", () => {
  const rig = new Rig({ mode: "periodic", retentionMs: 24 * hourMs });
  rig.pass(24 * 60 - 1);
  assert.deepEqual(rig.take(), []);
  rig.pass(121);
  assert.deepEqual(rig.take(), [[24 * 60, 1], [25 * 60, 54], [26 * 60, 114]]);
});

Deno.test("AutoCompactor, periodic: a revision that was compacted is not compacted again; when it rises, the next look does it", () => {
  const rig = new Rig({ mode: "periodic", retentionMs: 10 * minuteMs });
  rig.clock.advance(45 * minuteMs);
  assert.deepEqual(rig.take(), [[10, 1]]);
  rig.revision = 7;
  rig.clock.advance(30 * minuteMs);
  // Noted at minute 46; as in etcd the list of eleven ends with the look before this one.
  assert.deepEqual(rig.take(), [[57, 7]]);
});

Deno.test("AutoCompactor, periodic: what failed is tried again at the next look, what others have compacted counts as done", () => {
  const rig = new Rig({ mode: "periodic", retentionMs: 10 * minuteMs });
  rig.outcome = (done) => done(errors.timeout());
  rig.pass(12);
  assert.deepEqual(rig.take(), [[10, 1], [11, 1], [12, 1]]);
  assert.ok(rig.lines.includes("failed auto periodic compaction"));
  rig.outcome = (done) => done(errors.compacted());
  rig.pass(12);
  assert.deepEqual(rig.take(), [[13, 2], [23, 12]]);
});

Deno.test("AutoCompactor, periodic: nothing is compacted twice at once, and looks wait for a compaction's end", () => {
  const rig = new Rig({ mode: "periodic", retentionMs: 10 * minuteMs });
  const pending: (() => void)[] = [];
  rig.outcome = (done) => void pending.push(done);
  rig.pass(30);
  assert.deepEqual(rig.take(), [[10, 1]]);
  assert.equal(rig.clock.timerCount, 0);
  pending[0]();
  rig.pass(10);
  // A retention after the success; of the eleven revisions noted the oldest is still from before the compaction.
  assert.deepEqual(rig.take(), [[40, 9]]);
});

Deno.test("AutoCompactor, periodic: a member that does not lead notes revisions and compacts nothing", () => {
  const rig = new Rig({ mode: "periodic", retentionMs: 10 * minuteMs });
  rig.isLeader = false;
  rig.pass(25);
  assert.deepEqual(rig.take(), []);
  rig.isLeader = true;
  rig.pass(1);
  assert.deepEqual(rig.take(), [[26, 15]]);
});

Deno.test("AutoCompactor, revision: every five minutes all but the newest revisions are compacted", () => {
  const rig = new Rig({ mode: "revision", revisions: 10 });
  rig.pass(9);
  assert.deepEqual(rig.take(), []);
  rig.revision = 10;
  rig.pass(1);
  assert.deepEqual(rig.take(), []);
  rig.pass(10);
  assert.deepEqual(rig.take(), [[15, 5], [20, 10]]);
  rig.clock.advance(12 * minuteMs);
  assert.deepEqual(rig.take(), [[25, 11]], "the same revision again");
  rig.isLeader = false;
  rig.pass(8);
  assert.deepEqual(rig.take(), []);
  rig.isLeader = true;
  rig.outcome = (done) => done(errors.timeout());
  rig.clock.advance(10 * minuteMs);
  assert.deepEqual(rig.take(), [[45, 19], [50, 19]], "tried again when it failed");
});
